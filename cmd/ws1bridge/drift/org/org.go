// Package org reads the management API of an Okta org, as far as it says what should be pushed.
package org

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"ws1bridge/cmd/ws1bridge/drift"
)

// Org is the management API of an Okta org, as far as it says what should be pushed.
type Org struct {
	// URL is that of the org, such as https://acme.okta.com, and AppID the app that pushes.
	URL, AppID string
	// As is who asks. Required.
	As Identity
	// HTTPClient sends the requests. Required.
	HTTPClient *http.Client
}

// oktaGroup is a group of Okta.
type oktaGroup struct {
	Profile struct {
		Name string `json:"name"`
	} `json:"profile"`
}

// appSchema says which attribute a variable becomes.
type appSchema struct {
	Definitions map[string]struct {
		Properties map[string]drift.Property `json:"properties"`
	} `json:"definitions"`
}

// properties are the variables of the profile, by name.
func (s appSchema) properties() map[string]drift.Property {
	all := map[string]drift.Property{}
	for _, definition := range s.Definitions {
		for name, p := range definition.Properties {
			if p.ExternalName != "" {
				all[name] = p
			}
		}
	}
	return all
}

// each reads a list, page by page.
func each[T any](ctx context.Context, o *Org, path string, use func(T) error) error {
	for next := path; next != ""; {
		var page []T
		var err error
		if next, err = o.get(ctx, next, &page); err != nil {
			return err
		}
		if page == nil { // null is no list: believed, it would say that there is nobody
			return errNotDocumented
		}
		for _, one := range page {
			if err := use(one); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *Org) app() string { return "/api/v1/apps/" + url.PathEscape(o.AppID) }

// EachUser gives everybody who is assigned to use.
func (o *Org) EachUser(ctx context.Context, use func(drift.AppUser) error) error {
	return each(ctx, o, o.app()+"/users?limit=500", use)
}

// User reads somebody who is assigned. drift.ErrNotAssigned where nobody of the id is.
func (o *Org) User(ctx context.Context, id string) (u drift.AppUser, _ error) {
	_, err := o.get(ctx, o.app()+"/users/"+url.PathEscape(id), &u)
	return u, err
}

// Mappings reads the groups that are pushed.
func (o *Org) Mappings(ctx context.Context) (all []drift.Mapping, _ error) {
	err := each(ctx, o, o.app()+"/group-push/mappings?limit=1000", func(m drift.Mapping) error {
		all = append(all, m)
		return nil
	})
	return all, err
}

// GroupName is the name of a group. drift.ErrNoGroup where Okta has none of the id.
func (o *Org) GroupName(ctx context.Context, id string) (string, error) {
	var g oktaGroup
	_, err := o.get(ctx, "/api/v1/groups/"+url.PathEscape(id), &g)
	return g.Profile.Name, err
}

// Members reads the ids of a group's members.
func (o *Org) Members(ctx context.Context, id string) (ids []string, _ error) {
	err := each(ctx, o, "/api/v1/groups/"+url.PathEscape(id)+"/users?limit=1000", func(u struct {
		ID string `json:"id"`
	}) error {
		ids = append(ids, u.ID)
		return nil
	})
	return ids, err
}

// App reads the app, and its profile.
func (o *Org) App(ctx context.Context) (app drift.App, _ error) {
	if _, err := o.get(ctx, o.app(), &app); err != nil {
		return drift.App{}, err
	}
	var s appSchema
	_, err := o.get(ctx, "/api/v1/meta/schemas"+strings.TrimPrefix(o.app(), "/api/v1")+"/default", &s)
	app.Properties = s.properties()
	return app, err
}

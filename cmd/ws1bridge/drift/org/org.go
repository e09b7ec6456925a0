// Package org reads the management API of an Okta org, as far as it says what should be pushed.
package org

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ws1bridge/auth/neterr"
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

const (
	// maxAnswer bounds a page, in bytes: 1,000 members have some 2 MB.
	maxAnswer = 32 << 20
	// maxAttempts is how often a request is made that Okta asks to repeat, or fails.
	maxAttempts = 6
	// maxWait bounds how long Okta's limit of requests is waited for: it begins anew each
	// minute.
	maxWait = 90 * time.Second
)

// each reads a list, page by page.
func each[T any](ctx context.Context, o *Org, path string, use func(T) error) error {
	for next := path; next != ""; {
		var page []T
		var err error
		if next, err = o.get(ctx, next, &page); err != nil {
			return err
		}
		for _, one := range page {
			if err := use(one); err != nil {
				return err
			}
		}
	}
	return nil
}

// get reads what is at a path. next is the path of the following page, "" after the last. A token
// may end, or be revoked, before its time: one that Okta does not take is replaced once.
func (o *Org) get(ctx context.Context, path string, into any) (next string, err error) {
	isRenewed := false
	for attempt := 1; ; attempt++ {
		as, wait, err := o.As.authorization(ctx)
		if err == nil {
			next, wait, err = o.try(ctx, path, as, into)
		}
		if errors.Is(err, errUnauthorized) && !isRenewed && o.As.drop(as) {
			isRenewed = true
			continue
		}
		if err == nil || wait == 0 || attempt >= maxAttempts {
			return next, err
		}
		select {
		case <-ctx.Done():
			return "", context.Cause(ctx)
		case <-time.After(wait):
		}
	}
}

// try makes one request, with a header Authorization. wait is how long to wait before another one, 0
// where that is no use.
func (o *Org) try(ctx context.Context, path, as string, into any) (next string, wait time.Duration, _ error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(o.URL, "/")+path, nil)
	if err != nil {
		return "", 0, errors.New("okta.org_url is no URL")
	}
	req.Header.Set("Authorization", as)
	req.Header.Set("Accept", "application/json")
	res, err := o.HTTPClient.Do(req)
	if err != nil {
		return "", time.Second, fmt.Errorf("okta cannot be reached: %w", neterr.Class(ctx, err))
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return "", time.Second, fmt.Errorf("okta cannot be read: %w", neterr.Class(ctx, err))
	case len(body) > maxAnswer:
		return "", 0, fmt.Errorf("okta answers with more than %d bytes", maxAnswer)
	case res.StatusCode == http.StatusTooManyRequests:
		return "", untilReset(res.Header, time.Now()), errors.New("okta asks to slow down")
	case res.StatusCode >= http.StatusInternalServerError:
		return "", time.Second, fmt.Errorf("okta has an error of its own (%d)", res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return "", 0, o.refused(path, res.StatusCode, body)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // as a push is read
	if err := decoder.Decode(into); err != nil {
		return "", 0, errors.New("okta answered with something else than the JSON that it documents")
	}
	next, err = o.nextPage(res.Header)
	return next, 0, err
}

// errUnauthorized says that Okta does not take the header Authorization.
var errUnauthorized = errors.New("okta does not know who asks")

// refused is why Okta refuses a request, with what to do.
func (o *Org) refused(path string, status int, body []byte) error {
	var said struct {
		ErrorCode    string `json:"errorCode"`
		ErrorSummary string `json:"errorSummary"`
	}
	_ = json.Unmarshal(body, &said) // without it the status has to do
	fix := ""
	switch {
	case status == http.StatusUnauthorized:
		return fmt.Errorf("%w: okta answers 401 %s %s: %s", errUnauthorized, said.ErrorCode, said.ErrorSummary,
			o.As.fix(status))
	case status == http.StatusForbidden:
		fix = ": " + o.As.fix(status)
	case status == http.StatusNotFound && strings.HasPrefix(path, "/api/v1/groups/"):
		return drift.ErrNoGroup
	case status == http.StatusNotFound && strings.Contains(path, "/users/"):
		return drift.ErrNotAssigned
	case status/100 == 3:
		fix = ": see that okta.org_url is the address of the org itself"
	case status == http.StatusNotFound:
		fix = ": see that okta.app_id is the id of the app, which its address in Okta's console has"
	}
	return fmt.Errorf("okta answers %d %s %s%s", status, said.ErrorCode, said.ErrorSummary, fix)
}

// untilReset is how long Okta's limit lasts.
func untilReset(h http.Header, now time.Time) time.Duration {
	seconds, err := strconv.ParseInt(h.Get("X-Rate-Limit-Reset"), 10, 64)
	if err != nil {
		return 5 * time.Second
	}
	return min(max(time.Unix(seconds, 0).Sub(now)+time.Second, time.Second), maxWait)
}

var errOtherHost = errors.New("okta's next page is at another host, to which the token is not sent")

// nextPage is the path of the next page (RFC 8288), "" where there is none.
func (o *Org) nextPage(h http.Header) (string, error) {
	for _, value := range h.Values("Link") {
		for link := range strings.SplitSeq(value, ",") {
			target, params, _ := strings.Cut(strings.TrimSpace(link), ">")
			if !strings.Contains(params, `rel="next"`) {
				continue
			}
			u, err := url.Parse(strings.TrimPrefix(target, "<"))
			org, orgErr := url.Parse(o.URL)
			if err != nil || orgErr != nil || u.Host != org.Host {
				return "", errOtherHost
			}
			return u.RequestURI(), nil
		}
	}
	return "", nil
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

// Properties are the variables of the app's profile.
func (o *Org) Properties(ctx context.Context) (map[string]drift.Property, error) {
	var s appSchema
	_, err := o.get(ctx, "/api/v1/meta/schemas"+strings.TrimPrefix(o.app(), "/api/v1")+"/default", &s)
	return s.properties(), err
}

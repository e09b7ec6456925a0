// Package drift compares what Okta says should be in Access with what is there: Okta has no full
// re-sync, so what failed once, or was changed by hand, stays wrong without anybody seeing it.
package drift

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/names"
)

// Kind is what differs.
type Kind string

// The kinds of differences.
const (
	// Missing says that Okta assigned somebody who has no account.
	Missing Kind = "missing"
	// LinkGone says that Okta is linked to an account that is not there.
	LinkGone Kind = "link gone"
	// NotLinked says that there is an account, and Okta is not linked to it, or to another one.
	NotLinked Kind = "not linked"
	// ActiveHere and InactiveHere say that the account is active, or not, and should not be so.
	ActiveHere   Kind = "active here"
	InactiveHere Kind = "inactive here"
	// Attributes says that values differ.
	Attributes Kind = "attributes"
	// Unassigned says that there is an active account of ours that Okta assigned to nobody.
	Unassigned Kind = "unassigned"
	// Twice says that somebody has two accounts of ours.
	Twice Kind = "twice"
	// NotPushable says that what Okta holds would be refused.
	NotPushable Kind = "not pushable"
	// OktaFailed says that Okta itself shows that a push failed.
	OktaFailed Kind = "failed in Okta"
	// GroupMissing, GroupNotLinked, GroupRenamed, MembersMissing and MembersExtra are about groups
	// that are pushed.
	GroupMissing   Kind = "group missing"
	GroupNotLinked Kind = "group not linked"
	GroupRenamed   Kind = "group renamed"
	MembersMissing Kind = "members missing"
	MembersExtra   Kind = "members too many"
)

// Difference is one of them.
type Difference struct {
	Kind Kind `json:"kind"`
	// Name is the userName or the name of the group, as Okta has it where it has one.
	Name string `json:"name"`
	// ID is that in Access, and OktaID that in Okta, both "" where there is none.
	ID     string `json:"id,omitempty"`
	OktaID string `json:"okta_id,omitempty"`
	// Detail says more in words, without values of attributes.
	Detail string `json:"detail,omitempty"`
	// Attributes are those that differ, as Access names them.
	Attributes []string `json:"attributes,omitempty"`
	// Values are what Access holds of them and what it should hold, where values are asked for.
	Values map[string][2]any `json:"values,omitempty"`
}

// Report is what a comparison found.
type Report struct {
	Differences []Difference `json:"differences"`
	// People and Groups count what was compared: who is assigned, and groups that are pushed.
	People int `json:"people"`
	Groups int `json:"groups"`
}

// Comparison compares an org with a tenant.
type Comparison struct {
	Source     Source
	Client     *upstream.Client
	Translator *translate.Translator
	// Values says that values of attributes are reported, too: personal data.
	Values bool
	// Progress is told what is being done. Optional.
	Progress func(string)
}

// Result is a comparison that was made, with what it takes to repair what differs.
type Result struct {
	Report

	people *people
	groups []*group
}

// Run compares. It changes nothing.
func (c *Comparison) Run(ctx context.Context) (*Result, error) {
	p := &people{Comparison: c, byLink: map[string]*person{}, byID: map[string]*person{}, byName: map[string]*person{}}
	if err := p.readOkta(ctx); err != nil {
		return nil, err
	}
	if err := p.readAccess(ctx); err != nil {
		return nil, err
	}
	r := &Result{people: p, Report: Report{Differences: p.conclude(), People: len(p.all)}}
	var err error
	if r.groups, err = p.compareGroups(ctx); err != nil {
		return nil, err
	}
	r.Groups = len(r.groups)
	for _, g := range r.groups {
		r.Differences = append(r.Differences, g.found...)
	}
	slices.SortFunc(r.Differences, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(names.Fold(a.Name), names.Fold(b.Name)), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.ID, b.ID))
	})
	return r, nil
}

func (c *Comparison) tell(format string, args ...any) {
	if c.Progress != nil {
		c.Progress(fmt.Sprintf(format, args...))
	}
}

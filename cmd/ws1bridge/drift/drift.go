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

// Report is what a comparison found.
type Report struct {
	Differences []Difference `json:"differences"`
	// People and Groups count what was compared: who is assigned, and groups that are pushed.
	People int `json:"people"`
	Groups int `json:"groups"`
	// NotCompared is what the app does not push, in words.
	NotCompared []string `json:"not_compared,omitempty"`
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
	p := &people{Comparison: c, index: newIndex(), seen: map[string]bool{}}
	if err := p.readOkta(ctx); err != nil {
		return nil, err
	}
	if err := p.readAccess(ctx); err != nil {
		return nil, err
	}
	r := &Result{people: p, Report: Report{Differences: append([]Difference{}, p.conclude()...), People: len(p.all)}}
	r.NotCompared = p.app.notPushed()
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

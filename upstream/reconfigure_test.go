package upstream_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

const otherDomain = "other.com"

func with(t *testing.T, c *upstream.Client, domains ...string) *upstream.Client {
	t.Helper()
	next, err := c.With(domains)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// Whose the records are follows from the domains, also where it was known before.
func TestWithOtherDomains(t *testing.T) {
	c, access := start(t, accesstest.Config{Domains: []string{domain, otherDomain}})
	grace, err := newClient(t, access, otherDomain).CreateUser(t.Context(), otherDomain, attributes("grace"))
	if err != nil {
		t.Fatal(err)
	}
	ada := create(t, c, "ada")
	if _, err := c.User(t.Context(), grace.ID); !errors.Is(err, upstream.ErrNotFound) {
		t.Fatalf("a user of another domain: %v", err)
	}
	readIt(t, c, ada)
	next := with(t, c, otherDomain)
	if _, err := next.User(t.Context(), grace.ID); err != nil {
		t.Errorf("a user of the domain that came: %v", err)
	}
	if _, err := update(t, next, ada.ID, upstream.Attributes{titlePath: "Countess"}); !errors.Is(err,
		upstream.ErrNotFound) {
		t.Errorf("a user of the domain that went, who was read a moment ago: %v", err)
	}
	if _, err := next.CreateUser(t.Context(), domain, attributes("eve")); !errors.Is(err, upstream.ErrUnmanagedDomain) {
		t.Errorf("a creation in the domain that went: %v", err)
	}
	g, err := next.CreateGroup(t.Context(), otherDomain,
		upstream.Group{DisplayName: "team", Members: []upstream.Member{{ID: ada.ID}, {ID: grace.ID}}})
	if err != nil || len(g.LeftOut) != 1 || g.LeftOut[0] != ada.ID {
		t.Errorf("of the members %v are left out, %v; want the one of the domain that went", g.LeftOut, err)
	}
	if _, err := update(t, c, ada.ID, upstream.Attributes{titlePath: "Countess"}); err != nil {
		t.Errorf("an operation that is under way: %v", err)
	}
}

// What was written lately is known to both, so that neither believes a reading from before.
func TestWithSharesWhatWasWritten(t *testing.T) {
	c, _ := start(t, accesstest.Config{Modes: accesstest.Modes{Lag: time.Hour, LagReads: "ids"}})
	ada := create(t, c, "ada")
	if _, err := with(t, c, domain).User(t.Context(), ada.ID); !errors.Is(err, upstream.ErrLagging) {
		t.Errorf("a user whom Access does not show yet: %v", err)
	}
}

// A change by an operation under way makes what the new client has read too old.
func TestWithForgetsReadingsOfBoth(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	ada := create(t, c, "ada")
	next := with(t, c, domain)
	readIt(t, next, ada)
	if _, err := update(t, c, ada.ID, upstream.Attributes{titlePath: "Countess"}); err != nil {
		t.Fatal(err)
	}
	access.ClearRequests()
	if _, err := update(t, next, ada.ID, upstream.Attributes{titlePath: "Miss"}); err != nil {
		t.Fatal(err)
	}
	if got := requests(access, http.MethodGet); got != 1 {
		t.Errorf("%d reads for a change after a change by the other, want 1", got)
	}
	readIt(t, c, ada) // it serves no change: the other may write meanwhile
	if _, err := update(t, next, ada.ID, upstream.Attributes{titlePath: "Countess"}); err != nil {
		t.Fatal(err)
	}
	if u, err := update(t, c, ada.ID, upstream.Attributes{titlePath: "Miss"}); err != nil ||
		u.Attributes[titlePath] != "Miss" {
		t.Errorf("the change after that came to %v, %v", u.Attributes, err)
	}
}

// A dry run stays one, and goes on with what it has planned.
func TestWithInADryRun(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	dry, err := upstream.NewDryRun(c, upstream.DryRunConfig{Tell: func(upstream.HeldBack) {}})
	if err != nil {
		t.Fatal(err)
	}
	ada := create(t, dry, "ada")
	access.ClearRequests()
	next := with(t, dry, domain)
	create(t, next, "grace")
	if _, err := next.User(t.Context(), ada.ID); err != nil {
		t.Errorf("a user who was planned: %v", err)
	}
	if got := requests(access, http.MethodPost); got != 0 {
		t.Errorf("%d writes were sent", got)
	}
}

func TestWithRefuses(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	for _, domains := range [][]string{nil, {""}, {domain, ""}} {
		if _, err := c.With(domains); err == nil {
			t.Errorf("the domains %q are taken", domains)
		}
	}
}

package doctor_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream/accesstest"
)

// TestWriteLeavesNothing makes the test of writing fail at each of its steps,
// with the change refused and with the change applied and its answer lost.
func TestWriteLeavesNothing(t *testing.T) {
	for _, method := range []string{http.MethodPost, http.MethodPatch} {
		for _, path := range []string{accessAPI + "/scim/Users", accessAPI + "/scim/Groups"} {
			for name, f := range map[string]accesstest.Fault{
				"refused": {Status: http.StatusForbidden}, "lost": {Apply: true, Drop: true},
				"unavailable": {Status: http.StatusBadGateway, Body: "html"},
			} {
				t.Run(method+" "+path+" "+name, func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, accesstest.Config{SeedUsers: 2})
					w.cfg.Write = true
					f.Method, f.Path = method, path
					w.access.AddFault(f)
					if r := w.examine(t)["SCIM write"]; r.Outcome != doctor.Failed {
						t.Errorf("the check says %s: %s", r.Outcome, r.Finding)
					}
					if left := w.access.State(); len(left.Users) != 3 || len(left.Groups) != 1 {
						t.Errorf("%d users and %d groups are left", len(left.Users), len(left.Groups))
					}
				})
			}
		}
	}
}

// TestWriteInEveryDomain also checks that each domain is examined by itself.
func TestWriteInEveryDomain(t *testing.T) {
	w := newWorld(t, accesstest.Config{Domains: []string{domain, "other.com"}})
	w.cfg.Write, w.cfg.Domains = true, []string{domain, "other.com"}
	results := w.examine(t)
	if r := results["SCIM write"]; r.Outcome != doctor.OK || !strings.Contains(r.Finding, "in acme.com, other.com") {
		t.Errorf("the check says %s: %s", r.Outcome, r.Finding)
	}
	if r := results["identity provider of other.com"]; r.Outcome != doctor.Failed {
		t.Errorf("the check of the second domain says %s: %s", r.Outcome, r.Finding)
	}
}

func TestWriteThatCannotBeUndone(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	w.cfg.Write = true
	w.access.AddFault(accesstest.Fault{Method: http.MethodDelete, Status: http.StatusForbidden})
	r := w.examine(t)["SCIM write"]
	if r.Outcome != doctor.Failed || !strings.Contains(r.Fix, "delete ws1bridge-doctor-") ||
		!strings.Contains(r.Fix, "by hand") {
		t.Errorf("the check says %s: %s → %s", r.Outcome, r.Finding, r.Fix)
	}
}

// TestInterruption ends the examination in the middle of writing.
func TestInterruption(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	w.cfg.Write = true
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	tenant := w.access.Handler()
	w.serve(t, tenantHost, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		tenant.ServeHTTP(rw, r)
		if r.Method == http.MethodPost && r.URL.Path == accessAPI+"/scim/Groups" {
			cancel()
		}
	}), w.authority.issue(t, tenantHost, -day, 90*day))
	err := doctor.New(w.cfg).Run(ctx, func(r doctor.Result) {
		if r.Name == "SCIM write" {
			t.Errorf("an interrupted check has a result: %+v", r)
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
	if left := w.access.State(); len(left.Users) != 1 || len(left.Groups) != 1 {
		t.Errorf("%d users and %d groups are left", len(left.Users), len(left.Groups))
	}
}

package doctor_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// keeping is a world whose doctor leaves a test user called Ada.
func keeping(t *testing.T, cfg accesstest.Config) *world {
	t.Helper()
	w := newWorld(t, cfg)
	w.cfg.Write, w.cfg.Keep, w.cfg.KeepUser = true, true, "ada@acme.com"
	return w
}

// TestKeepTroubles says what to do where the test user cannot be created.
func TestKeepTroubles(t *testing.T) {
	post := accesstest.Fault{Method: http.MethodPost, Path: accessAPI + "/scim/Users"}
	conflict, refused, lost := post, post, post
	conflict.Status, refused.Status, lost.Apply, lost.Drop = http.StatusConflict, http.StatusBadRequest, true, true
	for _, tt := range []struct {
		name         string
		fault        accesstest.Fault
		finding, fix string
	}{
		{"taken by somebody whom the bridge does not see", conflict, "cannot be created", "choose another --user-name"},
		{"refused", refused, "Access refuses creating the test user (400)", "User Attributes"},
		{"the answer is lost", lost, "Access does not answer", "ws1bridge doctor --cleanup deletes it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := keeping(t, accesstest.Config{})
			w.access.AddFault(tt.fault)
			r := w.examine(t)["test user"]
			if r.Outcome != doctor.Failed || !strings.Contains(r.Finding, tt.finding) || !strings.Contains(r.Fix, tt.fix) {
				t.Errorf("got %+v", r)
			}
			w.cfg = cleaning(w.cfg)
			if r := w.examine(t)["clean-up"]; r.Outcome != doctor.OK || len(w.userNames()) != 0 {
				t.Errorf("got %+v, and the users %q", r, w.userNames())
			}
		})
	}
}

// TestKeepBesideAnotherDomain takes nobody of another domain for the test user.
func TestKeepBesideAnotherDomain(t *testing.T) {
	w := keeping(t, accesstest.Config{Domains: []string{domain, "other.com"}})
	w.cfg.Domains = []string{domain, "other.com"}
	w.add(t, "other.com", "ada@acme.com", "00u1")
	if r := w.examine(t)["test user"]; !strings.Contains(r.Finding, "ada@acme.com of acme.com was created") {
		t.Errorf("got %+v", r)
	}
	w.cfg = cleaning(w.cfg)
	if r := w.examine(t)["clean-up"]; !strings.HasPrefix(r.Finding, "1 test user(s)") || len(w.userNames()) != 1 {
		t.Errorf("got %+v, and the users %q", r, w.userNames())
	}
}

// add adds a user of a domain.
func (w *world) add(t *testing.T, domain, name, externalID string) {
	t.Helper()
	_, err := w.client(t, domain).CreateUser(t.Context(), domain, upstream.Attributes{
		upstream.CorePath("userName"): name, upstream.CorePath("externalId"): externalID, upstream.CorePath("emails"): name,
		upstream.PathOf("", "name", "givenName"): "Ada", upstream.PathOf("", "name", "familyName"): "ws1bridge-doctor-",
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCleanupInPart says how many were deleted before it failed.
func TestCleanupInPart(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	for _, name := range []string{"a", "b", "c"} {
		w.add(t, domain, name, "ws1bridge-doctor-"+name)
	}
	w.access.AddFault(accesstest.Fault{Method: http.MethodDelete, Status: http.StatusBadRequest, Skip: 2})
	w.cfg = cleaning(w.cfg)
	r := w.examine(t)["clean-up"]
	if r.Outcome != doctor.Failed || !strings.Contains(r.Finding, "2 test user(s) and 0 test group(s) were deleted") {
		t.Errorf("got %+v", r)
	}
}

// TestCleanupOfAPerson leaves whom Okta took over since the list was read.
func TestCleanupOfAPerson(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	w.add(t, domain, "ada@acme.com", "ws1bridge-doctor-a")
	tenant := w.access.Handler()
	take := sync.OnceFunc(func() {
		w.change(t, "ada@acme.com", upstream.Attributes{upstream.CorePath("externalId"): "00u1"})
	})
	w.serve(t, tenantHost, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		tenant.ServeHTTP(rw, r)
		if r.Method == http.MethodGet && r.URL.Path == accessAPI+"/scim/Users" {
			take()
		}
	}), w.authority.issue(t, tenantHost, -day, 90*day))
	w.cfg = cleaning(w.cfg)
	if r := w.examine(t)["clean-up"]; r.Outcome != doctor.OK || !strings.HasPrefix(r.Finding, "0 test user(s)") {
		t.Errorf("got %+v", r)
	}
	if names := w.userNames(); len(names) != 1 {
		t.Errorf("the users are %q", names)
	}
}

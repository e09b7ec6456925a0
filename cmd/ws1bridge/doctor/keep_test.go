package doctor_test

import (
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// userNames are the names of the users of the domain.
func (w *world) userNames() (names []string) {
	for _, u := range w.access.State().Users[1:] {
		names = append(names, u["userName"].(string))
	}
	return names
}

func TestKeepAndCleanUp(t *testing.T) {
	w := newWorld(t, accesstest.Config{SeedUsers: 2})
	w.cfg.Write, w.cfg.Keep = true, true
	r := w.examine(t)["test user"]
	names := w.userNames()
	if r.Outcome != doctor.OK || len(names) != 3 || !strings.HasPrefix(names[2], "ws1bridge-doctor-") ||
		!strings.Contains(r.Fix, "the Name ID "+names[2]+"@example.invalid") ||
		!strings.Contains(r.Fix, "https://"+tenantHost) {
		t.Errorf("got %+v, and the users %q", r, names)
	}
	w.cfg.KeepUser = "ada@acme.com"
	for _, state := range []string{"was created", "is there still"} {
		r := w.examine(t)["test user"]
		if r.Outcome != doctor.OK || !strings.Contains(r.Finding, state) ||
			!strings.Contains(r.Fix, "the Name ID ada@acme.com") {
			t.Errorf("got %+v, want that it %s", r, state)
		}
	}
	// A trial that was killed leaves a group too.
	if _, err := w.client(t, domain).CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "ws1bridge-doctor-x",
		ExternalID: "ws1bridge-doctor-x"}); err != nil {
		t.Fatal(err)
	}
	w.cfg = cleaning(w.cfg)
	for _, want := range []string{"2 test user(s) and 1 test group(s)", "0 test user(s) and 0 test group(s)"} {
		results := w.examine(t)
		if r := results["clean-up"]; r.Outcome != doctor.OK || !strings.HasPrefix(r.Finding, want) {
			t.Errorf("got %+v, want %q", r, want)
		}
		if _, checked := results["SCIM read"]; checked {
			t.Error("more than the clean-up was done")
		}
	}
	if names := w.userNames(); len(names) != 2 {
		t.Errorf("the users %q are left", names)
	}
}

func cleaning(c doctor.Config) doctor.Config {
	c.Write, c.Keep, c.KeepUser, c.Cleanup = false, false, "", true
	return c
}

// TestKeepSomebody does not take somebody for the test user, and deletes nobody.
func TestKeepSomebody(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	w.add(t, domain, "ada@acme.com", "00u1")
	w.cfg.Write, w.cfg.Keep, w.cfg.KeepUser = true, true, "ada@acme.com"
	if r := w.examine(t)["test user"]; r.Outcome != doctor.Failed ||
		!strings.Contains(r.Finding, "was not made by the doctor") {
		t.Errorf("got %+v", r)
	}
	w.cfg = cleaning(w.cfg)
	if r := w.examine(t)["clean-up"]; !strings.HasPrefix(r.Finding, "0 test user(s)") || len(w.userNames()) != 1 {
		t.Errorf("got %+v, and the users %q", r, w.userNames())
	}
}

// TestKeepBeforeTheSetUp leaves a user, and says why nobody can log in as that one.
func TestKeepBeforeTheSetUp(t *testing.T) {
	w := newWorld(t, withMistakes(accesstest.Mistakes{OktaProvider: "none"}))
	w.cfg.Write, w.cfg.Keep = true, true
	if r := w.examine(t)["test user"]; !strings.Contains(r.Fix, "cannot be tried yet") {
		t.Errorf("got %+v", r)
	}
}

// TestKeepFails names why, with a role that may not write.
func TestKeepFails(t *testing.T) {
	w := newWorld(t, withMistakes(accesstest.Mistakes{Role: "read"}))
	w.cfg.Write, w.cfg.Keep = true, true
	if r := w.examine(t)["test user"]; r.Outcome != doctor.Failed || !strings.Contains(r.Fix, "may manage users") {
		t.Errorf("got %+v", r)
	}
	w = newWorld(t, accesstest.Config{})
	w.cfg.Write, w.cfg.Keep = true, true
	w.examine(t)
	if err := w.access.SetModes(accesstest.Modes{Mistakes: accesstest.Mistakes{Role: "read"}}); err != nil {
		t.Fatal(err)
	}
	w.cfg = cleaning(w.cfg)
	if r := w.examine(t)["clean-up"]; r.Outcome != doctor.Failed || !strings.Contains(r.Finding, "deleting test users") {
		t.Errorf("got %+v", r)
	}
}

func TestLogIns(t *testing.T) {
	of := func(domain string, outcomes ...doctor.Outcome) (results []doctor.Result) {
		for _, o := range outcomes {
			results = append(results, doctor.Result{Domain: domain, Outcome: o, Finding: string(o)})
		}
		return results
	}
	all := append(of("", doctor.Failed), of("a", doctor.OK, doctor.OK)...)
	all = append(all, of("b", doctor.OK, doctor.Unknown, doctor.Unknown)...)
	all = append(all, of("c", doctor.Unknown, doctor.Failed, doctor.OK)...)
	want := []doctor.LogIn{{"a", doctor.Verified, ""}, {"b", doctor.Unverified, "unknown"},
		{"c", doctor.Impossible, "failed"}}
	got := doctor.LogIns(all)
	for i := range want {
		if len(got) != len(want) || got[i] != want[i] {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	}
}

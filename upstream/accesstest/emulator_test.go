package accesstest_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

func TestConfig(t *testing.T) {
	valid := accesstest.Config{ClientID: "c", ClientSecret: "s", Domains: []string{"acme.com"}}
	tests := []struct {
		name   string
		change func(*accesstest.Config)
		want   string // part of the error, empty for none
	}{
		{"a complete one is valid", func(*accesstest.Config) {}, ""},
		{"no domains are valid", func(c *accesstest.Config) { c.Domains = nil }, ""},
		{"the id is required", func(c *accesstest.Config) { c.ClientID = "" }, "required"},
		{"the secret is required", func(c *accesstest.Config) { c.ClientSecret = "" }, "required"},
		{"seed users need a domain", func(c *accesstest.Config) { c.Domains, c.SeedUsers = nil, 1 }, "need a domain"},
		{"durations cannot be negative", func(c *accesstest.Config) { c.TokenTTL = -time.Second }, "negative"},
		{"domains cannot repeat", func(c *accesstest.Config) { c.Domains = []string{"a", "A"} }, "taken"},
		{"the system domain is taken", func(c *accesstest.Config) { c.Domains = []string{"System Domain"} }, "taken"},
		{"the synchronized domain must be free", func(c *accesstest.Config) { c.Modes.SyncedDomain = "ACME.com" }, "taken"},
		{"modes are checked", func(c *accesstest.Config) { c.Modes.MediaTypes = "xml" }, "media types"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := valid
			tt.change(&cfg)
			_, err := accesstest.New(cfg)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestSeedUser(t *testing.T) {
	tn := start(t, accesstest.Config{})
	id, err := tn.SeedUser(object{"userName": "local", "title": 7})
	if err != nil {
		t.Fatal(err)
	}
	same(t, len(tn.Requests()), `0`)
	same(t, tn.getUser(id)["title"], `"7"`)
	if _, err := tn.SeedUser(object{"userName": "LOCAL"}); err == nil || !strings.Contains(err.Error(), "409") {
		t.Errorf("got %v, want a 409", err)
	}
	if _, err := tn.SeedUser(object{"nonsense": 1}); err == nil {
		t.Error("an unknown attribute was taken")
	}
	if _, err := tn.SeedUser(object{"userName": func() {}}); err == nil {
		t.Error("a function was taken")
	}
}

func TestStateIsACopy(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tn.State().Users[0]["userName"] = "changed"
	same(t, tn.State().Users[0]["userName"], `"admin"`)
}

func TestVersionsNeverRepeat(t *testing.T) {
	tn := start(t, accesstest.Config{})
	id := tn.user("ada")
	seen := map[string]bool{}
	for range 20 {
		etag := tn.want(http.StatusNoContent, http.MethodPatch, usersPath+"/"+id, `{"title":"x"}`).header.Get("ETag")
		if seen[etag] {
			t.Fatalf("ETag %s came twice", etag)
		}
		seen[etag] = true
	}
}

// TestConcurrency is for the race detector.
func TestConcurrency(t *testing.T) {
	tn := start(t, accesstest.Config{})
	group := tn.group("Sales")
	tn.AddFault(accesstest.Fault{Status: 503, Apply: true, Probability: 0.2, Path: groupsPath})
	var working sync.WaitGroup
	for n := range 8 {
		working.Go(func() {
			for i := range 10 {
				id, err := tn.SeedUser(object{"userName": fmt.Sprintf("u-%d-%d", n, i)})
				if err != nil {
					t.Error(err)
					return
				}
				tn.send(http.MethodPatch, groupsPath+"/"+group, `{"members":[{"value":"`+id+`"}]}`)
				tn.send(http.MethodGet, usersPath+"?count=1000", "")
				tn.State()
				tn.Requests()
			}
		})
	}
	working.Wait()
	tn.ClearFaults()
	same(t, len(displays(tn.getGroup(group))), `80`)
}

// TestNoTestingInPrograms checks that a program with the emulator has no flags of package testing.
func TestNoTestingInPrograms(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	for dep := range strings.Lines(string(out)) {
		switch strings.TrimSpace(dep) {
		case "testing", "net/http/httptest", "ws1bridge/upstream":
			t.Errorf("the package imports %s", dep)
		}
	}
}

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// shownLine matches the lines of the guides that the bridge is said to print: those of
// code blocks that begin with a mark, an arrow or its name.
var shownLine = regexp.MustCompile(`^(✓|✗|\?|→|ws1bridge:|Created |The directory |So that )`)

// root is that of the module.
const root = "../.."

// TestGuides checks that the guides show what the program prints today.
func TestGuides(t *testing.T) {
	printed := map[string]bool{}
	for line := range strings.SplitSeq(rehearsal(t), "\n") {
		printed[plainLine(line)] = true
	}
	files, err := filepath.Glob(filepath.Join(root, "deploy", "guides", "*.md"))
	if err != nil || len(files) < 5 {
		t.Fatalf("the guides are %v, %v", files, err)
	}
	checked := 0
	for _, name := range append(files, filepath.Join(root, "README.md")) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range codeLines(string(b)) {
			if line = plainLine(line); !shownLine.MatchString(line) {
				continue
			}
			checked++
			if !printed[line] {
				t.Errorf("%s shows a line that no run printed:\n%s", filepath.Base(name), line)
			}
		}
	}
	if checked < 40 {
		t.Errorf("only %d lines were checked", checked)
	}
}

// codeLines are the lines within code blocks.
func codeLines(markdown string) (lines []string) {
	code := false
	for line := range strings.Lines(markdown) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
		} else if code {
			lines = append(lines, line)
		}
	}
	return lines
}

var (
	address = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	spaces  = regexp.MustCompile(` +`)
)

// plainLine is a line without what differs from run to run.
func plainLine(line string) string {
	line = address.ReplaceAllString(strings.TrimSpace(line), "127.0.0.1:8443")
	return spaces.ReplaceAllString(line, " ")
}

// rehearsal runs what the guides tell, and returns all that was printed.
func rehearsal(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	play := func(o *operator, commands ...string) {
		for _, c := range commands {
			got := o.run(t, words(c)...)
			all.WriteString(got.stdout + got.stderr)
		}
	}
	wrong := accesstest.Modes{Mistakes: accesstest.Mistakes{PolicyOmitsOkta: true}}
	small := accesstest.Modes{Mistakes: accesstest.Mistakes{Role: "users"}}
	play(guided(t, accesstest.Config{}, "WS1BRIDGE_ACCESS_CLIENT_SECRET=wrong"), "doctor")
	play(guided(t, accesstest.Config{Domains: []string{}}), "doctor", "directory create", "directory create", "doctor")
	play(guided(t, accesstest.Config{SeedUsers: 1}),
		"doctor --write", "user get user-0001@acme.com", "directory show acme.com")
	withAda := guided(t, accesstest.Config{})
	seedUser(t, withAda.access, "ada@acme.com", "acme.com")
	play(withAda, "user get ada@acme.com")
	play(guided(t, accesstest.Config{Modes: wrong}), "doctor")
	play(guided(t, accesstest.Config{Modes: small}), "doctor")
	synced := accesstest.Modes{SyncedDomain: "acme.com"}
	play(guided(t, accesstest.Config{Domains: []string{}, Modes: synced}), "directory create")
	return all.String()
}

// guided is an operator with the OAuth client of the guides.
func guided(t *testing.T, cfg accesstest.Config, changes ...string) *operator {
	t.Helper()
	cfg.ClientID, cfg.ClientSecret = "OktaBridge", testSecret
	if cfg.Domains == nil {
		cfg.Domains = []string{"acme.com"}
	}
	access := accesstest.Start(t, cfg)
	env := append(environ("WS1BRIDGE_ACCESS_URL="+access.URL, "WS1BRIDGE_ACCESS_CLIENT_ID=OktaBridge"), changes...)
	return &operator{access: access, env: env}
}

// TestMoving plays what the guide on moving promises: Okta links a person whom
// another app pushed, and nobody is created twice.
func TestMoving(t *testing.T) {
	s := serve(t, accesstest.Config{SeedUsers: 3})
	before := s.access.State().Users
	found := s.push(t, http.StatusOK, http.MethodGet, okta.Filtered("/Users", "userName", "user-0002@acme.com"), nil)
	list, _ := found.Body["Resources"].([]any)
	if len(list) != 1 {
		t.Fatalf("Okta finds %v", found.Body)
	}
	id, _ := list[0].(okta.Object)["id"].(string)
	s.push(t, http.StatusOK, http.MethodGet, "/Users/"+id, nil)
	s.push(t, http.StatusOK, http.MethodPut, "/Users/"+id, okta.User("user-0002@acme.com", "Two", "Second", "00u2new"))
	after := s.access.State().Users
	if len(after) != len(before) {
		t.Errorf("there are %d users, there were %d", len(after), len(before))
	}
	for _, u := range after {
		if u["id"] == id && (u["externalId"] != "seed-0002" || u["name"].(map[string]any)["familyName"] != "Second") {
			t.Errorf("the person became %v", u)
		}
	}
}

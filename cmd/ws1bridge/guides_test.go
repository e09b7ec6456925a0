package main

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// root is that of the module.
const root = "../.."

// TestGuides checks that the guides show what the program prints today. They may
// break a long line, and leave lines out.
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
		for lines := shownLines(readFile(t, name)); len(lines) > 0; checked++ {
			n := 1
			for n < min(len(lines), 4) && !printed[plainLine(strings.Join(lines[:n], " "))] {
				n++
			}
			if !printed[plainLine(strings.Join(lines[:n], " "))] {
				t.Errorf("%s shows a line that no run printed:\n%s", filepath.Base(name), lines[0])
				n = 1
			}
			lines = lines[n:]
		}
	}
	if checked < 90 {
		t.Errorf("only %d lines were checked", checked)
	}
}

var (
	codeBlock = regexp.MustCompile("(?s)```[a-z]*\n(.*?)```")
	// results matches a code block in which a command was run, or that has results.
	results = regexp.MustCompile(`(?m)^ *(\$ ws1bridge|ws1bridge:|[✓✗?] )`)
)

// shownLines are the lines of a document that the bridge is said to print.
func shownLines(markdown string) (lines []string) {
	for _, block := range codeBlock.FindAllStringSubmatch(markdown, -1) {
		if !results.MatchString(block[1]) {
			continue
		}
		for line := range strings.Lines(block[1]) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "$ ") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

var (
	address = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	id      = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	days    = regexp.MustCompile(`\d{4}-\d\d-\d\d`)
	moment  = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`)
	spaces  = regexp.MustCompile(` +`)
)

// plainLine is a line without what differs from run to run.
func plainLine(line string) string {
	line = address.ReplaceAllString(strings.TrimSpace(line), "ADDRESS")
	line = moment.ReplaceAllString(id.ReplaceAllString(line, "ID"), "MOMENT")
	line = days.ReplaceAllString(line, "DAY")
	return spaces.ReplaceAllString(line, " ")
}

// rehearsal runs what the guides tell, and returns all that was printed.
func rehearsal(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	run := func(o *operator, args ...string) {
		got := o.run(t, args...)
		all.WriteString(got.stdout + got.stderr)
	}
	play := func(o *operator, commands ...string) {
		for _, c := range commands {
			run(o, words(c)...)
		}
	}
	wrong := accesstest.Modes{Mistakes: accesstest.Mistakes{PolicyOmitsOkta: true}}
	small := accesstest.Modes{Mistakes: accesstest.Mistakes{Role: "users"}}
	play(guided(t, accesstest.Config{}, "WS1BRIDGE_ACCESS_CLIENT_SECRET=wrong"), "doctor")
	play(guided(t, accesstest.Config{Domains: []string{}}),
		"doctor", "directory create", "directory create", "directory list", "doctor")
	play(guided(t, accesstest.Config{SeedUsers: 3}),
		"doctor --write", "user get user-0001@acme.com", "directory show acme.com")
	withAda := guided(t, accesstest.Config{})
	seedAda(t, withAda.access)
	play(withAda, "user get ada@acme.com")
	play(guided(t, accesstest.Config{Modes: wrong}), "doctor")
	play(guided(t, accesstest.Config{Modes: small}), "doctor")
	synced := accesstest.Modes{SyncedDomain: "acme.com"}
	play(guided(t, accesstest.Config{Domains: []string{}, Modes: synced}), "directory create")
	rehearseLogin(t, run)
	play(guided(t, accesstest.Config{}), "map --summary "+mapData+"export.csv")
	return all.String()
}

// rehearseLogin sets up log-ins as the guide does.
func rehearseLogin(t *testing.T, play func(o *operator, args ...string)) {
	t.Helper()
	of := func(m accesstest.Mistakes) accesstest.Config {
		return accesstest.Config{SeedUsers: 3, Modes: accesstest.Modes{Mistakes: m}}
	}
	fromNothing := guided(t, of(accesstest.Mistakes{OktaProvider: "none", PolicyFollows: 1}))
	play(fromNothing, "login", "show")
	created, _ := setup(t, "--metadata "+goodMetadata(t))
	play(fromNothing, created...)
	play(guided(t, of(accesstest.Mistakes{OktaProvider: "unassociated", PolicyOmitsOkta: true})), "doctor")
	made := guided(t, of(accesstest.Mistakes{OktaProvider: "none"}))
	later := of(accesstest.Mistakes{PolicyFollows: 3, OktaProvider: "unassociated"}).Modes
	if err := made.access.SetModes(later); err != nil {
		t.Fatal(err)
	}
	attached, _ := setup(t, "--wait")
	play(made, append(attached, "--provider", "Okta SAML")...)
	play(guided(t, of(accesstest.Mistakes{})), words("doctor --write --keep --user-name grace@acme.com")...)
}

// seedAda adds the person of the guides.
func seedAda(t *testing.T, access *accesstest.Running) {
	t.Helper()
	_, err := access.SeedUser(map[string]any{
		"schemas":  []string{"urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:workspace:1.0"},
		"userName": "ada@acme.com", "name": okta.Object{"givenName": "Ada", "familyName": "Lovelace"},
		"emails": []okta.Object{{"value": "ada@acme.com"}}, "externalId": "00u1ada", "title": "Countess",
		"urn:scim:schemas:extension:workspace:1.0": okta.Object{
			"internalUserType": "PROVISIONED", "domain": "acme.com",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// guided is an operator with the OAuth client of the guides.
func guided(t *testing.T, cfg accesstest.Config, changes ...string) *operator {
	t.Helper()
	cfg.ClientID, cfg.ClientSecret = "OktaBridge", cmdtest.Secret
	if cfg.Domains == nil {
		cfg.Domains = []string{"acme.com"}
	}
	access := accesstest.Start(t, cfg)
	env := append(cmdtest.Environ("WS1BRIDGE_ACCESS_URL="+access.URL, "WS1BRIDGE_ACCESS_CLIENT_ID=OktaBridge"), changes...)
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

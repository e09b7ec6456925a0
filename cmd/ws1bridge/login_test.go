package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

// withoutOkta is a tenant that nobody has set up for log-ins yet, with two people.
func withoutOkta(m accesstest.Mistakes) accesstest.Config {
	m.OktaProvider = "none"
	return accesstest.Config{SeedUsers: 2, Modes: accesstest.Modes{Mistakes: m}}
}

// metadataFile holds the metadata of an app of Okta.
func metadataFile(t *testing.T, notAfter time.Time) string {
	t.Helper()
	return cmdtest.WriteFile(t, accesstest.IdentityProviderMetadata("http://www.okta.com/exk1", notAfter))
}

func goodMetadata(t *testing.T) string {
	t.Helper()
	return metadataFile(t, time.Now().AddDate(5, 0, 0))
}

// setup are the arguments of login setup, with a file for the way back.
func setup(t *testing.T, args string) (all []string, backup string) {
	t.Helper()
	backup = filepath.Join(t.TempDir(), "backup.json")
	return append(words("login setup --yes --backup "+backup), words(args)...), backup
}

// TestLoginFromNothing is the whole way: nobody can log in, then somebody can, and back.
func TestLoginFromNothing(t *testing.T) {
	o := newOperator(t, withoutOkta(accesstest.Mistakes{PolicyFollows: 2}))
	o.expect(t, exitFailed, words("login show"), "provider        none", "✗ identity provider of acme.com",
		"https://canonical.access.example/SAAS/auth/saml/response",
		"https://canonical.access.example/SAAS/API/1.0/GET/metadata/sp.xml")
	args, backup := setup(t, "--wait=1m --metadata "+goodMetadata(t))
	o.expect(t, exitOK, args, "is created, for the entity http://www.okta.com/exk1", "Written, read back and compared.",
		backup, "✓ identity provider of acme.com", "✓ access policy for acme.com", "✓ name IDs of acme.com",
		"never writes policies", "default_access_policy_set", "choose: Okta SAML")
	o.expect(t, exitOK, words("login show"), "Okta (enabled), method Okta SAML, stands for http://www.okta.com/exk1",
		"userName, set by the bridge from userName (default pair)",
		"2 of 2 looked at have a value of userName, which is the userName that Okta knows")
	again, never := setup(t, "--metadata "+goodMetadata(t))
	o.expect(t, exitOK, append(again, "--metadata", args[len(args)-1]), "is as it should be: nothing was done")
	if _, err := os.Stat(never); err == nil {
		t.Error("a file was kept although nothing was written")
	}
	o.expect(t, exitOK, []string{"login", "undo", backup, "--yes", "--backup", backup + ".2"}, "is deleted")
	o.expect(t, exitFailed, words("login show"), "provider        none")
	o.expect(t, exitOK, []string{"login", "undo", backup, "--yes"}, "nothing was done")
}

func TestLoginSetupAttaches(t *testing.T) {
	o := newOperator(t, accesstest.Config{Modes: accesstest.Modes{Mistakes: accesstest.Mistakes{OktaProvider: "two"}}})
	o.expect(t, exitFailed, words("login show"), "could have it   Okta SAML (enabled)", "could have it   Okta 2 (enabled)")
	args, _ := setup(t, "")
	o.expect(t, exitOK, append(args, "--provider", "Okta SAML"),
		"people of the directory Okta (acme.com) log in with it", "✓ access policy for acme.com")
}

func TestLoginSetupRefused(t *testing.T) {
	tests := []struct {
		name string
		cfg  accesstest.Config
		args string
		want int
		says []string
	}{
		{name: "no provider and no metadata", want: exitUsage, says: []string{"--provider NAME or --metadata FILE|URL"}},
		{name: "both", args: "--provider x --metadata y", want: exitUsage, says: []string{"either"}},
		{name: "an unknown attribute", args: "--provider x --name-id title", want: exitUsage,
			says: []string{"userName, userPrincipalName or emails"}},
		{name: "an empty name", args: "--metadata x --name=", want: exitUsage, says: []string{"cannot be empty"}},
		{name: "a negative time", args: "--provider x --wait=-1s", want: exitUsage, says: []string{"cannot be negative"}},
		{name: "a domain that is not managed", args: "--provider x --domain other.com", want: exitUsage,
			says: []string{"sends users to acme.com, not to other.com"}},
		{name: "no directory", cfg: accesstest.Config{Domains: []string{}}, args: "--provider x", want: exitFailed,
			says: []string{"directory create --domain acme.com"}},
		{name: "an absent provider", args: "--provider Okto", want: exitFailed, says: []string{"Okto", "Okta SAML"}},
		{name: "an absent file", args: "--metadata absent.xml", want: exitFailed, says: []string{"no such file"}},
		{name: "a role too small to read", cfg: withoutOkta(accesstest.Mistakes{Role: "users"}), args: "--provider x",
			want: exitFailed, says: []string{"too small for reading directories (403)", "Super Admin"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args, backup := setup(t, tt.args)
			newOperator(t, tt.cfg).expect(t, tt.want, args, tt.says...)
			if _, err := os.Stat(backup); err == nil {
				t.Error("a file was kept")
			}
		})
	}
}

func TestLoginSetupMistakes(t *testing.T) {
	tests := []struct {
		name     string
		mistakes accesstest.Mistakes
		notAfter time.Time
		args     string
		want     int
		says     []string
	}{
		{name: "an expired certificate", notAfter: time.Now().AddDate(0, -1, 0), want: exitFailed,
			says: []string{"expired on", "make a new signing certificate active"}},
		{name: "people without a name ID", args: "--name-id userPrincipalName", want: exitFailed,
			says: []string{"none of the 2 people", "--name-id userName"}},
		{name: "a role too small to write", mistakes: accesstest.Mistakes{Role: "auditor"}, want: exitFailed,
			says: []string{"too small for creating the identity provider (403)", "may manage identity providers"}},
		{name: "a role that may not read policies", mistakes: accesstest.Mistakes{Role: "providers"}, args: "--wait",
			want: exitFailed, says: []string{"Written, read back and compared", "? access policy for acme.com",
				"too small for reading access policies"}},
		{name: "a policy without the method", want: exitOK,
			says: []string{"✗ access policy for acme.com", "never writes policies", "choose: Okta SAML"}},
		{name: "a policy that nobody changes", args: "--wait=1ms", want: exitFailed,
			says: []string{"was not seen to have the method Okta SAML"}},
		{name: "a provider that cannot be read back", mistakes: accesstest.Mistakes{ProviderUnreadable: true}, want: exitOK,
			says: []string{"Written, and not verified", "? identity provider of acme.com"}},
		{name: "a provider that forgets", mistakes: accesstest.Mistakes{ProviderForgets: true}, want: exitFailed,
			says: []string{"does not show it", "ws1bridge login undo"}},
		{name: "a lost answer", mistakes: accesstest.Mistakes{LoseProviderAnswers: 1}, want: exitOK,
			says: []string{"Written, read back and compared."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.notAfter.IsZero() {
				tt.notAfter = time.Now().AddDate(5, 0, 0)
			}
			args, _ := setup(t, tt.args+" --metadata "+metadataFile(t, tt.notAfter))
			newOperator(t, withoutOkta(tt.mistakes)).expect(t, tt.want, args, tt.says...)
		})
	}
}

// TestLoginAsks writes nothing before somebody says yes.
func TestLoginAsks(t *testing.T) {
	o := newOperator(t, withoutOkta(accesstest.Mistakes{}))
	file := goodMetadata(t)
	for _, answer := range []string{"", "no\n", "y\n", "yes\n"} {
		args := words("login setup --metadata " + file + " --backup " + filepath.Join(t.TempDir(), "backup.json"))
		got := o.withInput(t, answer, args...)
		code, count := exitFailed, 1
		if answer == "yes\n" {
			code, count = exitOK, 2
		}
		if n := len(o.access.State().Providers); n != count || got.code != code {
			t.Errorf("%q: there are %d providers, want %d; exit code %d, want %d", answer, n, count, got.code, code)
		}
	}
	o.expect(t, exitUsage, words("login setup --json --metadata "+file), "--json needs --yes")
}

func TestLoginJSON(t *testing.T) {
	o := newOperator(t, withoutOkta(accesstest.Mistakes{PolicyFollows: 1}))
	var shown struct {
		Domains []struct {
			Domain, Directory, NameID string
			Providers, Candidates     []map[string]any
			Checks                    []struct{ Name, Outcome string }
		}
		Okta struct {
			EntityID string `json:"entity_id"`
		}
	}
	decode(t, o.expect(t, exitFailed, words("login show --json")), &shown)
	if len(shown.Domains) != 1 || len(shown.Domains[0].Checks) != 4 || shown.Okta.EntityID == "" {
		t.Errorf("got %+v", shown)
	}
	args, backup := setup(t, "--json --metadata "+goodMetadata(t))
	var done loginOutcome
	decode(t, o.expect(t, exitOK, args), &done)
	if done.Provider != "Okta" || done.ID == "" || len(done.Changes) != 6 || done.Backup != backup ||
		len(done.Checks) != 4 {
		t.Errorf("got %+v", done)
	}
	decode(t, o.expect(t, exitOK, words("login show --json")), &shown)
	if len(shown.Domains[0].Providers) != 1 {
		t.Errorf("got %+v", shown)
	}
	var undone loginOutcome
	decode(t, o.expect(t, exitOK, words("login undo --json --yes "+backup+" --backup "+backup+"2")), &undone)
	if len(undone.Changes) != 1 {
		t.Errorf("got %+v", undone)
	}
}

// decode reads the one JSON value that a command printed.
func decode(t *testing.T, got told, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(got.stdout))
	if err := d.Decode(into); err != nil || d.More() {
		t.Fatalf("%v in %s", err, got.stdout)
	}
}

func TestLoginUndoRefused(t *testing.T) {
	o := newOperator(t, withoutOkta(accesstest.Mistakes{}))
	args, backup := setup(t, "--metadata "+goodMetadata(t))
	o.expect(t, exitOK, args)
	o.expect(t, exitUsage, words("login undo"), "login undo --help")
	o.expect(t, exitUsage, words("login undo absent.json"), "no such file")
	o.expect(t, exitUsage, []string{"login", "undo", goodMetadata(t)}, "is not a file that ws1bridge login setup wrote")
	other := newOperator(t, accesstest.Config{})
	other.expect(t, exitUsage, []string{"login", "undo", backup}, "is about the tenant "+o.access.URL)
	empty := newOperator(t, withoutOkta(accesstest.Mistakes{}))
	empty.expect(t, exitUsage, args, "so nothing was written", "file exists", "--backup")
	if n := len(empty.access.State().Providers); n != 1 {
		t.Errorf("there are %d providers", n)
	}
	o.access.AddFault(accesstest.Fault{Method: http.MethodDelete, Path: accessAPI, Status: http.StatusForbidden})
	o.expect(t, exitFailed, []string{"login", "undo", backup, "--yes", "--backup", backup + "2"},
		"too small for deleting the identity provider (403)")
}

// TestLoginShowUnread names what the role may not read, and keeps the rest.
func TestLoginShowUnread(t *testing.T) {
	o := newOperator(t, withoutOkta(accesstest.Mistakes{Role: "users"}))
	o.access.AddFault(accesstest.Fault{Path: "/SAAS/API", Status: http.StatusServiceUnavailable})
	o.expect(t, exitOK, words("login show"),
		"not known       the role of the OAuth client is too small for reading directories",
		"? directory of acme.com", o.access.URL+"/SAAS/auth/saml/response", "those of Access's documentation")
}

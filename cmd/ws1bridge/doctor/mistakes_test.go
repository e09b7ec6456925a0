package doctor_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream/accesstest"
)

func TestHealthy(t *testing.T) {
	for name, modes := range map[string]accesstest.Modes{
		"":                                 {},
		" with old media types":            {MediaTypes: "legacy"},
		" with new media types":            {MediaTypes: "json"},
		" with summaries":                  {Mistakes: accesstest.Mistakes{ProviderListOmitsDirectories: true}},
		" with bad tokens answered by 403": {BadTokenStatus: http.StatusForbidden},
	} {
		t.Run("a healthy set-up"+name, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{SeedUsers: 3, Modes: modes})
			w.cfg.Write = true
			before := len(w.access.State().Users)
			results := w.examine(t)
			if len(results) != 20 {
				t.Errorf("%d checks were made", len(results))
			}
			for _, r := range results {
				if r.Outcome != doctor.OK {
					t.Errorf("%s is %s: %s", r.Name, r.Outcome, r.Finding)
				}
			}
			if got := w.access.State(); len(got.Users) != before || len(got.Groups) != 1 {
				t.Errorf("%d users and %d groups are left", len(got.Users), len(got.Groups))
			}
		})
	}
}

// mistake is something that an administrator does wrong, and how it must be named.
type mistake struct {
	name    string
	access  accesstest.Config
	plant   func(*testing.T, *world)
	check   string
	outcome doctor.Outcome // Failed if empty
	finding string
	fix     string
}

func withMistakes(m accesstest.Mistakes) accesstest.Config {
	return accesstest.Config{Modes: accesstest.Modes{Mistakes: m}}
}

func accessURL(u string) func(*testing.T, *world) {
	return func(_ *testing.T, w *world) { w.cfg.AccessURL = u }
}

// mistakes are those of the tenant's address, its OAuth client and its set-up.
func mistakes() []mistake {
	return []mistake{
		{name: "wrong secret", plant: func(_ *testing.T, w *world) { w.cfg.ClientSecret = "hush-another" },
			check: "token", finding: "refuses the OAuth client OktaBridge (401)", fix: "make a new shared secret"},
		{name: "wrong client id", plant: func(_ *testing.T, w *world) { w.cfg.ClientID = "OktaBirdge" },
			check: "token", finding: "there is no client with this id", fix: "compare access.client_id"},
		{name: "client id that cannot be one", plant: func(_ *testing.T, w *world) { w.cfg.ClientID = "Okta Bridge" },
			check: "token", finding: "its id holds characters that no id of Access has", fix: "copy access.client_id"},
		{name: "wrong client type", access: withMistakes(accesstest.Mistakes{ClientType: "user"}),
			check: "token", finding: "it is of the wrong type", fix: "Service Client Token"},
		{name: "no such host", plant: accessURL("https://acme.workspaceoneacess.com"),
			check: "tenant host", finding: "there is no host acme.workspaceoneacess.com", fix: "correct the host in access.url"},
		{name: "unreachable host", plant: silent(tenantHost), check: "tenant host", finding: "refuses the connection",
			fix: "correct host and port in access.url"},
		{name: "https where plain http is spoken", plant: func(_ *testing.T, w *world) {
			w.hosts[tenantHost+":443"] = strings.TrimPrefix(w.access.URL, "http://")
		}, check: "tenant host", finding: "speaks plain http, and access.url says https",
			fix: "correct the port in access.url"},
		{name: "plain http where https is spoken", plant: func(_ *testing.T, w *world) {
			w.cfg.AccessURL = "http://" + w.hosts[tenantHost+":443"]
		}, check: "tenant host", finding: "speaks https, and access.url says http", fix: "write https:// in access.url"},
		{name: "expired certificate", plant: presents(tenantHost, tenantHost, -10*day, -day), check: "tenant host",
			finding: "expired on", fix: "renew it"},
		{name: "certificate of the future", plant: presents(tenantHost, tenantHost, day, 10*day), check: "tenant host",
			finding: "is valid from", fix: "set the clock of this machine"},
		{name: "certificate of an unknown authority", plant: foreignAuthority, check: "tenant host",
			finding: "an authority that this machine does not know", fix: "SSL_CERT_FILE"},
		{name: "certificate for another name", plant: presents(tenantHost, "other.example", -day, 90*day),
			check: "tenant host", finding: "but for other.example", fix: "correct the host in access.url"},
		{name: "the other spelling answers", plant: accessURL("https://acme.vmwareidentity.com"),
			check: "other spelling of the host", finding: "acme.workspaceoneaccess.com answers as Workspace ONE Access",
			fix: "set access.url to https://acme.workspaceoneaccess.com"},
		{name: "missing directory", access: accesstest.Config{Domains: []string{"other.com"}},
			check: "directory of acme.com", finding: "no directory has the domain acme.com",
			fix: "ws1bridge directory create --domain acme.com"},
		{name: "directory being deleted", access: withMistakes(accesstest.Mistakes{DeletionLists: 100}),
			plant: deleteDirectory,
			check: "directory of acme.com", finding: "is being deleted", fix: "wait until it is gone"},
		{name: "domain in another directory", access: accesstest.Config{Domains: []string{"other.com"},
			Modes: accesstest.Modes{SyncedDomain: domain}},
			check: "directory of acme.com", finding: "belongs to a directory of type ACTIVE_DIRECTORY_LDAP",
			fix: "a domain belongs to one directory"},
		{name: "wrong case of domain", access: accesstest.Config{Domains: []string{"Acme.com"}},
			check: "directory of acme.com", finding: "but one has Acme.com",
			fix: "spell it exactly Acme.com in the configuration"},
		{name: "providers that do not tell their directories",
			access: withMistakes(accesstest.Mistakes{ProviderListOmitsDirectories: true}),
			plant:  failing(accessAPI+"/identityProviders/", http.StatusBadRequest),
			check:  "identity provider of acme.com", outcome: doctor.Unknown, finding: "does not tell which directories",
			fix: "look under Identity Providers"},
		{name: "policies that do not tell their rules", plant: failing("/acs/rulesets", http.StatusNotFound),
			check: "access policy for acme.com", outcome: doctor.Unknown, finding: "does not tell which methods",
			fix: "look under Policies"},
		{name: "policies that may not be read", plant: failing("/acs/rulesets", http.StatusForbidden),
			check: "access policy for acme.com", outcome: doctor.Unknown, finding: "too small for reading access policies",
			fix: "larger admin role"},
		{name: "method not in the policy", access: withMistakes(accesstest.Mistakes{PolicyOmitsOkta: true}),
			check: "access policy for acme.com", finding: "does not have the method Okta SAML", fix: "add the method to a rule"},
		{name: "role too small to read users", access: withMistakes(accesstest.Mistakes{Role: "none"}),
			check: "SCIM read", finding: "the role of the OAuth client is too small for reading users (403)",
			fix: "may manage users and groups"},
		{name: "role too small to write users", access: withMistakes(accesstest.Mistakes{Role: "read"}),
			plant: func(_ *testing.T, w *world) { w.cfg.Write = true },
			check: "SCIM write", finding: "too small for creating a user (403)", fix: "may manage users and groups"},
		{name: "role too small to read directories", access: withMistakes(accesstest.Mistakes{Role: "users"}),
			check: "directory of acme.com", outcome: doctor.Unknown, finding: "too small for reading directories",
			fix: "larger admin role"},
		{name: "clock behind", access: withMistakes(accesstest.Mistakes{ClockSkew: 600}),
			check: "clock", finding: "behind that of the tenant", fix: "NTP"},
		{name: "clock ahead", access: withMistakes(accesstest.Mistakes{ClockSkew: -14400}),
			check: "clock", finding: "ahead of that of the tenant", fix: "NTP"},
		{name: "Access is not well", plant: page200(accessAPI+"/health", `{"AllOk":"false"}`),
			check: "health of Access", finding: "something is wrong", fix: "System Diagnostics"},
		{name: "a token that is none", plant: page200(tokenPath, `<html>`),
			check: "token", finding: "gave no usable token", fix: "set access.url"},
		{name: "a token of another scope", plant: page200(tokenPath,
			`{"access_token":"`+jwt(`{"scp":"user"}`)+`","expires_in":100}`),
			check: "claims of the token", finding: "the scope user, not admin", fix: "tick the scope Admin"},
		{name: "tokens that live shortly", access: accesstest.Config{TokenTTL: 14 * time.Minute}, outcome: doctor.OK,
			check: "claims of the token", finding: "lives 14m", fix: "access token TTL"},
		{name: "Access fails", plant: failing(accessAPI+"/scim", http.StatusServiceUnavailable), check: "SCIM read",
			finding: "an error of its own at reading users (503)", fix: "wait"},
		{name: "configuration with problems", plant: func(_ *testing.T,
			w *world) {
			w.cfg.Problems = []string{"okta.tokens: is required"}
		},
			check: "configuration", finding: "1 problem(s): okta.tokens: is required", fix: "correct the settings"},
	}
}

const accessAPI = "/SAAS/jersey/manager/api"

func TestMistakes(t *testing.T) { diagnose(t, mistakes()) }

// diagnose plants each mistake into a world of its own and reads what the doctor
// says.
func diagnose(t *testing.T, list []mistake) {
	t.Helper()
	for _, tt := range list {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.access)
			if tt.plant != nil {
				tt.plant(t, w)
			}
			r := w.examine(t)[tt.check]
			want := tt.outcome
			if want == "" {
				want = doctor.Failed
			}
			if r.Outcome != want || !strings.Contains(r.Finding, tt.finding) || !strings.Contains(r.Fix, tt.fix) {
				t.Errorf("the check of the %s says %s: %q → %q, want %s: %q → %q", tt.check, r.Outcome, r.Finding, r.Fix, want,
					tt.finding, tt.fix)
			}
		})
	}
}

// failing has Access answer a path with a status.
func failing(path string, status int) func(*testing.T, *world) {
	return func(_ *testing.T, w *world) { w.access.AddFault(accesstest.Fault{Path: path, Status: status}) }
}

// silent closes the port at which a host is.
func silent(host string) func(*testing.T, *world) {
	return func(_ *testing.T, w *world) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		w.hosts[host+":443"] = gone.Listener.Addr().String()
	}
}

// presents makes a host present a certificate for a name and a time.
func presents(host, name string, from, until time.Duration) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		w.serve(t, host, w.access.Handler(), w.authority.issue(t, name, from, until))
	}
}

// foreignAuthority makes the tenant present a certificate of another authority.
func foreignAuthority(t *testing.T, w *world) {
	t.Helper()
	w.serve(t, tenantHost, w.access.Handler(), newAuthority(t).issue(t, tenantHost, -day, day))
}

// deleteDirectory begins to delete the directory that users go to.
func deleteDirectory(t *testing.T, w *world) {
	t.Helper()
	id, _ := w.access.State().Directories[1]["directoryId"].(string)
	path := accessAPI + "/connectormanagement/directoryconfigs/" + id + "?asyncDelete=true"
	req := httptest.NewRequest(http.MethodDelete, path, nil)
	req.Header.Set("Authorization", "Bearer "+w.accessToken(t))
	answer := httptest.NewRecorder()
	w.access.Handler().ServeHTTP(answer, req)
	if answer.Code != http.StatusOK {
		t.Fatalf("the deletion was answered %d", answer.Code)
	}
}

// page200 has a path of the tenant answered by a body.
func page200(path, body string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		tenant := w.access.Handler()
		w.serve(t, tenantHost, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Path == path {
				_, _ = io.WriteString(rw, body)
				return
			}
			tenant.ServeHTTP(rw, r)
		}), w.authority.issue(t, tenantHost, -day, 90*day))
	}
}

// TestDoubtfulConfiguration is well, and tells what is doubtful of it and nothing of
// the tenant's URL but scheme and host.
func TestDoubtfulConfiguration(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	w.cfg.Warnings = []string{"okta.tokens: a token is short enough to be guessed"}
	w.cfg.AccessURL += "/SAAS?key=hush"
	warning := "1 warning(s): okta.tokens: a token is short enough to be guessed"
	want := doctor.Result{Name: "configuration", Outcome: doctor.OK, Fix: warning,
		Finding: "users go to acme.com of https://" + tenantHost}
	if got := w.examine(t)["configuration"]; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	w.cfg.Problems = []string{"log.level: is wrong"}
	if got := w.examine(t)["configuration"].Finding; got != "1 problem(s): log.level: is wrong; "+warning {
		t.Errorf("got %s", got)
	}
}

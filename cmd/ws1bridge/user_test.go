package main

import (
	"net/http"
	"regexp"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// pushed is a tenant to which a bridge has pushed Ada, who is in a group.
func pushed(t *testing.T, cfg accesstest.Config) (o *operator, ada string) {
	t.Helper()
	s := serve(t, cfg)
	person := okta.Object{
		"userName": "ada@acme.com", "externalId": "00u1ada", "active": true, "title": "Countess",
		"name":   okta.Object{"givenName": "Ada", "familyName": "Lovelace"},
		"emails": []okta.Object{{"value": "ada@acme.com", "primary": true}},
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": okta.Object{"department": "Engines",
			"manager": okta.Object{"value": "00u9"}},
	}
	ada = s.push(t, http.StatusCreated, http.MethodPost, "/Users", person).ID()
	s.push(t, http.StatusCreated, http.MethodPost, "/Groups", okta.Object{"displayName": "Engineering",
		"members": []okta.Object{okta.Member(ada, "ada@acme.com")}})
	return &operator{access: s.access, env: cmdtest.Environ("WS1BRIDGE_ACCESS_URL=" + s.access.URL)}, ada
}

func TestUserGet(t *testing.T) {
	o, ada := pushed(t, accesstest.Config{})
	for _, name := range []string{"Ada@acme.com", ada, "00u1ada", "ada"} {
		got := o.expect(t, exitOK, []string{"user", "get", name}, ada, "PROVISIONED", "active (userStatus 1)", "Engineering",
			"OKTA SEES",
			"✓ account", "✓ status", "✓ directory of acme.com", "✓ identity provider of acme.com",
			"✓ access policy for acme.com", "Log-in as this person in acme.com: verified")
		for _, line := range []string{
			`userName +ada@acme\.com +userName +ada@acme\.com\n`,
			`emails +ada@acme\.com +emails +ada@acme\.com \(work\)\n`,
			`enterprise:department +Engines +enterprise:department +Engines\n`,
			`enterprise:manager\.managerId +00u9 +enterprise:manager\.value +00u9\n`,
			`name\.familyName +Lovelace +name\.familyName +Lovelace\n`,
		} {
			if !regexp.MustCompile(line).MatchString(got.stdout) {
				t.Errorf("there is no line %s in\n%s", line, got.stdout)
			}
		}
	}
}

func TestUserGetOfSomebodyWhoCannotLogIn(t *testing.T) {
	o, _ := pushed(t, accesstest.Config{Modes: accesstest.Modes{SyncedDomain: "corp.local",
		Mistakes: accesstest.Mistakes{OktaProvider: "unassociated"}}})
	tests := []struct {
		name string
		want int
		says []string
	}{
		{"ada@acme.com", exitFailed, []string{"✗ identity provider of acme.com", "login setup --provider 'Okta SAML'"}},
		{"admin", exitFailed, []string{"OKTA DOES NOT SEE THIS ACCOUNT", "✗ account", "of type LOCAL"}},
		{"synced-0001", exitFailed, []string{"✗ account", "has the domain corp.local, and the bridge works for acme.com"}},
		{"alan@acme.com", exitFailed, []string{"Access has no user with this userName", "Provision User"}},
	}
	for _, tt := range tests {
		o.expect(t, tt.want, []string{"user", "get", tt.name}, tt.says...)
	}
	o.expect(t, exitUsage, words("user get"), "user get --help")
	o.env = append(o.env, "WS1BRIDGE_DOMAIN=ACME.com")
	o.expect(t, exitFailed, words("user get ada@acme.com"), "OKTA DOES NOT SEE THIS ACCOUNT",
		"which the configuration spells ACME.com")
}

func TestUserGetWithASmallRole(t *testing.T) {
	o, _ := pushed(t, accesstest.Config{Modes: accesstest.Modes{Mistakes: accesstest.Mistakes{Role: "users"}}})
	o.expect(t, exitOK, words("user get ada@acme.com"), "✓ status", "? directory of acme.com")
}

func TestUserGetOfSeveralAccounts(t *testing.T) {
	o, _ := pushed(t, accesstest.Config{Domains: []string{"acme.com", "other.com"}})
	seedUser(t, o.access, "ada@acme.com", "other.com")
	o.expect(t, exitFailed, words("user get ada@acme.com"), "There are 2 accounts that fit.",
		"the person may have two accounts")
}

// seedUser makes a provisioned user in Access.
func seedUser(t *testing.T, access *accesstest.Running, userName, domain string) {
	t.Helper()
	_, err := access.SeedUser(map[string]any{
		"schemas":  []string{"urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:workspace:1.0"},
		"userName": userName, "name": okta.Object{"givenName": "A", "familyName": "L"},
		"emails": []okta.Object{{"value": userName}}, "externalId": "x",
		"urn:scim:schemas:extension:workspace:1.0": okta.Object{"internalUserType": "PROVISIONED", "domain": domain},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestGroupGet(t *testing.T) {
	o, ada := pushed(t, accesstest.Config{Modes: accesstest.Modes{ListOmitsMembers: true, SyncedDomain: "corp.local"}})
	o.expect(t, exitOK, words("group get engineering"), "members        1", ada, "ada@acme.com", "✓ group",
		"✓ directory of acme.com")
	o.expect(t, exitFailed, []string{"group", "get", "Synced Group"}, "nothing: it is not the bridge's", "✗ group",
		"of type EXTERNAL", "members        2")
	o.expect(t, exitFailed, []string{"group", "get", "ALL USERS"}, "of type ALL_USERS")
	o.expect(t, exitFailed, words("group get Nobody"), "Access has no group", "Push Groups")
}

func TestGroupGetOfManyMembers(t *testing.T) {
	s := serve(t, accesstest.Config{SeedUsers: 60})
	var members []okta.Object
	for _, u := range s.access.State().Users {
		if u["externalId"] != nil {
			members = append(members, okta.Member(u["id"].(string), ""))
		}
	}
	s.push(t, http.StatusCreated, http.MethodPost, "/Groups", okta.Object{"displayName": "Everybody", "members": members})
	o := &operator{access: s.access, env: cmdtest.Environ("WS1BRIDGE_ACCESS_URL=" + s.access.URL)}
	o.expect(t, exitOK, words("group get Everybody"), "members        60", "and 10 more")
	got := o.expect(t, exitOK, words("group get Everybody --all"))
	if regexp.MustCompile(`and \d+ more`).MatchString(got.stdout) {
		t.Errorf("--all printed %s", got.stdout)
	}
}

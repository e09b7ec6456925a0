package accesstest_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

func TestCreateUser(t *testing.T) {
	full := provisioned("new@acme.com", "e-new", "acme.com")
	without := func(part string) string { return strings.Replace(full, part, "", 1) }
	tests := []struct {
		name, body string
		modes      accesstest.Modes
		want       int
	}{
		{name: "a complete provisioned user is created", body: full, want: 201},
		{name: "a local user needs a userName alone", body: `{"userName":"local"}`, want: 201},
		{name: "userName is required", body: `{"name":{"givenName":"x"}}`, want: 400},
		{name: "an empty userName is none", body: `{"userName":""}`, want: 400},
		{name: "a provisioned user needs a given name", body: without(`"givenName":"Ada",`), want: 400},
		{name: "a provisioned user needs a family name", body: without(`,"familyName":"L"`), want: 400},
		{name: "a provisioned user needs an e-mail", body: without(`"emails":[{"value":"new@acme.com"}],`), want: 400},
		{name: "a provisioned user has one e-mail only",
			body: strings.Replace(full, `"emails":[`, `"emails":[{"value":"b@acme.com"},`, 1), want: 400},
		{name: "a provisioned user needs an externalId", body: without(`"externalId":"e-new",`), want: 400},
		{name: "a provisioned user needs a domain", body: without(`,"domain":"acme.com"`), want: 400},
		{name: "an unknown domain is refused", body: provisioned("n", "e", "nowhere.example"), want: 400},
		{name: "the domain is compared with case", body: provisioned("n", "e", "ACME.com"), want: 400},
		{name: "the system domain is not for provisioned users", body: provisioned("n", "e", "System Domain"), want: 400},
		{name: "a local user may be in a domain of type Other",
			body: `{` + schemas + `,"userName":"l","` + workspace + `":{"domain":"acme.com"}}`, want: 201},
		{name: "a local user cannot be in an unknown domain",
			body: `{` + schemas + `,"userName":"l","` + workspace + `":{"domain":"nowhere.example"}}`, want: 400},
		{name: "other user types cannot be created",
			body: strings.Replace(full, "PROVISIONED", "JIT", 1), want: 400},
		{name: "a userName is taken without case", body: provisioned("OLD@acme.com", "e-new", "acme.com"), want: 409},
		{name: "another domain may have the same userName", body: provisioned("old@acme.com", "e-new", "Beta.example"),
			want: 201},
		{name: "an externalId is taken within the domain", body: provisioned("n", "ext-old@acme.com", "acme.com"), want: 409},
		{name: "another domain may have the same externalId", body: provisioned("n", "ext-old@acme.com", "Beta.example"),
			want: 201},
		{name: "an externalId may be shared in that mode", body: provisioned("n", "ext-old@acme.com", "acme.com"),
			modes: accesstest.Modes{ShareExternalID: true}, want: 201},
		{name: "a synchronized domain takes no users", body: provisioned("n", "e", "corp.local"),
			modes: accesstest.Modes{SyncedDomain: "corp.local"}, want: 400},
		{name: "text that is no JSON is refused", body: `{"userName":`, want: 400},
		{name: "text after the end is refused", body: `{"userName":"x"} y`, want: 400},
		{name: "a bracket after the end is refused", body: `{"userName":"x"}}`, want: 400},
		{name: "an array is refused", body: `[]`, want: 400},
		{name: "null is refused", body: `null`, want: 400},
		{name: "an empty body is refused", body: ``, want: 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{Modes: tt.modes})
			tn.user("old@acme.com")
			before := len(tn.State().Users)
			got := tn.want(tt.want, http.MethodPost, usersPath+"?sendMail=false", tt.body)
			created := len(tn.State().Users) - before
			if want := map[bool]int{true: 1, false: 0}[tt.want == 201]; created != want {
				t.Errorf("created %d users, want %d", created, want)
			}
			if tt.want >= 400 {
				checkError(t, got)
			}
		})
	}
}

// checkError checks the shape {"errors":[{"code","message","parameters"}]}.
func checkError(t *testing.T, got result) {
	t.Helper()
	first := got.json()["errors"].([]any)[0].(object)
	if _, ok := first["parameters"]; !ok || first["code"] == "" || first["message"] == "" {
		t.Errorf("error has the wrong shape: %s", got.body)
	}
}

func TestUserAsServed(t *testing.T) {
	tn := start(t, accesstest.Config{})
	body := strings.Replace(provisioned("ada@acme.com", "00u1", "acme.com"), `"userName"`,
		`"password":"pw","title":"","userName"`, 1)
	created := tn.want(http.StatusCreated, http.MethodPost, usersPath, body)
	u := created.json()
	id := u["id"].(string)
	meta := u["meta"].(object)

	same(t, u["schemas"], `["urn:scim:schemas:core:1.0","urn:scim:schemas:extension:workspace:1.0",`+
		`"urn:scim:schemas:extension:enterprise:1.0","urn:scim:schemas:extension:workspace:mfa:1.0"]`)
	same(t, u["active"], `true`)
	same(t, u["emails"], `[{"value":"ada@acme.com"}]`)
	same(t, u["roles"].([]any)[0].(object)["display"], `"User"`)
	same(t, u["groups"].([]any)[0].(object)["display"], `"ALL USERS"`)
	ext := u[workspace].(object)
	delete(ext, "userStoreUuid")
	same(t, ext, `{"domain":"acme.com","internalUserType":"PROVISIONED","userStatus":"1"}`)
	for _, name := range []string{"password", "title", enterprise} {
		if _, ok := u[name]; ok {
			t.Errorf("%s is served: %v", name, u[name])
		}
	}
	if want := "https://canonical.access.example" + usersPath + "/" + id; meta["location"] != want ||
		created.header.Get("Location") != want {
		t.Errorf("location %v and %v, want %v", meta["location"], created.header.Get("Location"), want)
	}
	if !regexp.MustCompile(`^W/"\d{13}"$`).MatchString(meta["version"].(string)) ||
		created.header.Get("ETag") != meta["version"] {
		t.Errorf("version %v, ETag %v", meta["version"], created.header.Get("ETag"))
	}
	same(t, tn.getUser(id), text(t, created.json()))
}

func TestUserAttributes(t *testing.T) {
	tn := start(t, accesstest.Config{})
	id := tn.user("ada@acme.com")
	tests := []struct{ name, attributes, want string }{
		{"a bare attribute comes with the minimal set", "active", `["active","id","meta","schemas","userName"]`},
		{"names have no case and may be several", "ACTIVE,Emails", `["active","emails","id","meta","schemas","userName"]`},
		{"a workspace attribute may be bare", "domain", `["id","meta","schemas","` + workspace + `","userName"]`},
		{"and qualified", workspace + ":domain", `["id","meta","schemas","` + workspace + `","userName"]`},
		{"schemas are always there", "schemas", `["id","meta","schemas","userName"]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tn.want(http.StatusOK, http.MethodGet, usersPath+"/"+id+"?attributes="+tt.attributes, "").json()
			same(t, keys(got), tt.want)
		})
	}
	got := tn.want(http.StatusOK, http.MethodGet, usersPath+"/"+id+"?attributes=domain,name.givenName", "").json()
	same(t, got[workspace], `{"domain":"acme.com"}`)
	same(t, got["name"], `{"givenName":"Ada"}`)
	checkError(t, tn.want(http.StatusBadRequest, http.MethodGet, usersPath+"/"+id+"?attributes=nonsense", ""))
}

func TestDeleteUser(t *testing.T) {
	t.Run("a deleted user is gone everywhere, and its name free", func(t *testing.T) {
		tn := start(t, accesstest.Config{})
		id, group := tn.user("ada@acme.com"), tn.group("Sales")
		tn.want(http.StatusNoContent, http.MethodPatch, groupsPath+"/"+group, `{"members":[{"value":"`+id+`"}]}`)
		tn.want(http.StatusNoContent, http.MethodDelete, usersPath+"/"+id, "")
		tn.want(http.StatusNotFound, http.MethodDelete, usersPath+"/"+id, "")
		tn.want(http.StatusNotFound, http.MethodGet, usersPath+"/"+id, "")
		same(t, tn.getGroup(group)["members"], `[]`)
		tn.user("ada@acme.com")
	})
	t.Run("the answer may be 200 and empty", func(t *testing.T) {
		tn := start(t, accesstest.Config{Modes: accesstest.Modes{DeleteOK: true}})
		if got := tn.want(http.StatusOK, http.MethodDelete, usersPath+"/"+tn.user("ada"), ""); got.body != "" {
			t.Errorf("body %q, want none", got.body)
		}
	})
	t.Run("a tombstone keeps the name taken", func(t *testing.T) {
		tn := start(t, accesstest.Config{Modes: accesstest.Modes{TombstoneUserNames: true}})
		tn.want(http.StatusNoContent, http.MethodDelete, usersPath+"/"+tn.user("ada"), "")
		tn.want(http.StatusConflict, http.MethodPost, usersPath, provisioned("Ada", "other", "acme.com"))
	})
	t.Run("users cannot be replaced", func(t *testing.T) {
		tn := start(t, accesstest.Config{})
		checkError(t, tn.want(http.StatusMethodNotAllowed, http.MethodPut, usersPath+"/"+tn.user("ada"), `{}`))
	})
}

func TestSyncedUsers(t *testing.T) {
	tn := start(t, accesstest.Config{Modes: accesstest.Modes{SyncedDomain: "corp.local"}})
	for _, u := range tn.State().Users {
		if u[workspace].(object)["domain"] != "corp.local" {
			continue
		}
		path := usersPath + "/" + u["id"].(string)
		got := tn.want(http.StatusForbidden, http.MethodPatch, path, `{"title":"x"}`)
		same(t, got.json()["errors"].([]any)[0].(object)["message"], `"The user is not a local user and can not be updated"`)
		tn.want(http.StatusForbidden, http.MethodDelete, path, "")
	}
	same(t, tn.found(usersPath, `domain eq "corp.local"`, "userName"), `["synced-0001","synced-0002"]`)
}

func TestMe(t *testing.T) {
	same(t, start(t, accesstest.Config{}).want(http.StatusOK, http.MethodGet, api+"/scim/Me", "").json()["userName"],
		`"admin"`)
}

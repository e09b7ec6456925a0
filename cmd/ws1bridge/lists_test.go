package main

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/inspect"
	"ws1bridge/upstream/accesstest"
)

// peopled is a tenant with people of both kinds.
func peopled(t *testing.T) *operator {
	t.Helper()
	o := newOperator(t, accesstest.Config{SeedUsers: 3, Modes: accesstest.Modes{SyncedDomain: "corp.local"}})
	seedAda(t, o.access)
	_, err := o.access.SeedUser(map[string]any{
		"schemas": []string{"urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:enterprise:1.0",
			"urn:scim:schemas:extension:workspace:1.0"},
		"userName": "bob@acme.com", "name": map[string]any{"givenName": "=Bob", "familyName": "Roe"},
		"emails": []map[string]any{{"value": "bob@acme.com"}}, "externalId": "00u2", "active": false,
		"urn:scim:schemas:extension:enterprise:1.0": map[string]any{"department": "Sales"},
		"urn:scim:schemas:extension:workspace:1.0": map[string]any{"internalUserType": "PROVISIONED",
			"domain": "acme.com", "userPrincipalName": "bob@acme.com"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestUserList(t *testing.T) {
	o := peopled(t)
	const seeded = "user-0001@acme.com user-0002@acme.com user-0003@acme.com"
	for args, want := range map[string]string{
		"":           "ada@acme.com bob@acme.com " + seeded,
		"--active":   "ada@acme.com " + seeded,
		"--inactive": "bob@acme.com",
		"--all": "ada@acme.com admin bob@acme.com synced-0001 synced-0002 user-0001@acme.com user-0002@acme.com " +
			"user-0003@acme.com",
		"--all --domain corp.local": "synced-0001 synced-0002",
		"--filter urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department+eq+\"s\"": "",
		"--filter title+pr": "ada@acme.com",
		"--filter userName+sw+\"USER\"+and+active+eq+true": "user-0001@acme.com user-0002@acme.com user-0003@acme.com",
		"--missing userPrincipalName":                      "ada@acme.com " + seeded,
		"--missing name.givenName":                         "",
	} {
		all := words("user list --csv --columns userName")
		for _, word := range words(args) {
			all = append(all, strings.ReplaceAll(word, "+", " "))
		}
		got := o.expect(t, exitOK, all)
		rows, err := csv.NewReader(strings.NewReader(got.stdout)).ReadAll()
		if err != nil || len(rows) == 0 {
			t.Fatalf("%s: %v in %q", args, err, got.stdout)
		}
		var names []string
		for _, row := range rows[1:] {
			names = append(names, row[0])
		}
		if strings.Join(names, " ") != want {
			t.Errorf("%s: got %q, want %q", args, names, want)
		}
		counted := fmt.Sprintf("%d users\n", len(names))
		if len(names) == 1 {
			counted = "1 user\n"
		}
		if !strings.HasSuffix(got.stderr, counted) {
			t.Errorf("%s: it said %q", args, got.stderr)
		}
	}
}

func TestUserListColumns(t *testing.T) {
	o := peopled(t)
	got := o.expect(t, exitOK, words("user list --inactive --json --columns userName,active,department,emails,"+
		"name.givenName,id,type,status,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"))
	var list []map[string]any
	decode(t, got, &list)
	if len(list) != 1 || list[0]["active"] != false || list[0]["department"] != "Sales" ||
		list[0]["type"] != "PROVISIONED" ||
		list[0]["emails"].([]any)[0] != "bob@acme.com" || list[0]["name.givenName"] != "=Bob" || list[0]["id"] == "" ||
		list[0]["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"] != "Sales" {
		t.Errorf("got %v", list)
	}
	o.expect(t, exitOK, words("user list --inactive --csv --columns name.givenName"), "'=Bob")
	o.expect(t, exitOK, words("user list"), "USERNAME", "ada@acme.com", "00u1ada", "5 users")
	decode(t, o.expect(t, exitOK, append(words("user list --json --filter"), `userName eq "nobody"`), "0 users"), &list)
	if list == nil || len(list) != 0 {
		t.Errorf("nobody is %v", list)
	}
}

func TestListsRefused(t *testing.T) {
	o := newOperator(t, accesstest.Config{})
	for args, says := range map[string]string{
		"user list --csv --json":          "exclude each other",
		"user list --active --inactive":   "exclude each other",
		"user list --columns userName,up": "there is no attribute up",
		"user list --columns name":        "name one of them, such as name.familyName",
		"user list --columns=":            "there is no attribute",
		"user list --missing up":          "there is no attribute up",
		"user list --filter userName":     "filter",
		"user list --filter up+pr":        "up",
		"user list --domain other.com":    "add --all",
		"group list --columns up":         "groups have no column up",
		"group list --filter up+pr":       "up",
		"group list --csv --json":         "exclude each other",
	} {
		var all []string
		for _, word := range words(args) {
			all = append(all, strings.ReplaceAll(word, "+", " "))
		}
		o.expect(t, exitUsage, all, says)
	}
	o.access.AddFault(accesstest.Fault{Path: accessAPI + "/scim", Status: http.StatusForbidden})
	o.expect(t, exitFailed, words("user list"), "too small for reading users")
	o.expect(t, exitFailed, words("group list"), "too small for reading groups")
	o.env = append(o.env, "WS1BRIDGE_DOMAIN=")
	o.expect(t, exitUsage, words("user list"), "set WS1BRIDGE_DOMAIN")
}

func TestGroupList(t *testing.T) {
	o, _ := pushed(t, accesstest.Config{Modes: accesstest.Modes{SyncedDomain: "corp.local"}})
	for args, want := range map[string]int{"": 1, "--all": 3, "--filter displayName+eq+\"nobody\"": 0} {
		all := words("group list --json")
		for _, word := range words(args) {
			all = append(all, strings.ReplaceAll(word, "+", " "))
		}
		var list []map[string]any
		decode(t, o.expect(t, exitOK, all), &list)
		if len(list) != want {
			t.Errorf("%s: got %v, want %d", args, list, want)
		}
	}
	o.expect(t, exitOK, words("group list"), "DISPLAYNAME", "MEMBERS", "1 group\n")
	if err := o.access.SetModes(accesstest.Modes{SyncedDomain: "corp.local", ListOmitsMembers: true}); err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	decode(t, o.expect(t, exitOK, words("group list --json")), &list)
	if list[0]["members"] != nil {
		t.Errorf("the members are %v, though lists leave them out", list[0]["members"])
	}
}

func TestShownAsJSON(t *testing.T) {
	o, _ := pushed(t, accesstest.Config{})
	var user struct {
		Accounts []inspect.User
		Checks   []any
		Login    []any
		OK       int
	}
	decode(t, o.expect(t, exitOK, words("user get --json ada@acme.com")), &user)
	if len(user.Accounts) != 1 || user.Accounts[0].Okta["userName"] != "ada@acme.com" || !user.Accounts[0].Active ||
		user.Accounts[0].Access["userName"] != "ada@acme.com" || len(user.Checks) != 6 || len(user.Login) != 1 {
		t.Errorf("got %+v", user)
	}
	decode(t, o.expect(t, exitFailed, words("user get --json admin")), &user)
	if user.Accounts[0].Okta != nil {
		t.Errorf("Okta sees %v", user.Accounts[0].Okta)
	}
	var group struct {
		Groups []inspect.Group
		Checks []any
	}
	name := o.access.State().Groups[1]["displayName"].(string)
	decode(t, o.expect(t, exitOK, []string{"group", "get", "--json", name}), &group)
	if len(group.Groups) != 1 || group.Groups[0].Name != name || !group.Groups[0].OktaSees {
		t.Errorf("got %+v", group)
	}
	var directories []shownDirectory
	decode(t, o.expect(t, exitOK, words("directory list --json")), &directories)
	if len(directories) != 2 || !directories[1].Own || directories[0].Own {
		t.Errorf("got %+v", directories)
	}
	var directory struct {
		shownDirectory

		Users  *int
		Checks []any
	}
	decode(t, o.expect(t, exitOK, words("directory show --json Okta")), &directory)
	if directory.Name != "Okta" || directory.Users == nil || len(directory.Checks) != 4 {
		t.Errorf("got %+v", directory)
	}
	var created createdDirectory
	decode(t, o.expect(t, exitOK, words("directory create --json --domain new.com")), &created)
	if !created.Created || created.Domains[0] != "new.com" {
		t.Errorf("got %+v", created)
	}
	o.expect(t, exitUsage, words("directory delete --json new.com"), "--json needs --confirm")
	var deleted deletedDirectory
	deletion := append(words("directory delete --json new.com --confirm"), created.Name)
	decode(t, o.expect(t, exitOK, deletion), &deleted)
	if !deleted.Deleted || deleted.Name != created.Name {
		t.Errorf("got %+v", deleted)
	}
}

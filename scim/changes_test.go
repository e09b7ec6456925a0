package scim_test

import (
	"maps"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/upstream/accesstest"
)

// TestNothingSucceedsSilently checks that a request that names an attribute that
// is not changed as asked is refused, with its name, or has it in the log.
func TestNothingSucceedsSilently(t *testing.T) {
	patched := func(op, path string, value any) map[string]any {
		return operations(map[string]any{"op": op, "path": path, "value": value})
	}
	pathless := func(name string, value any) map[string]any {
		return operations(map[string]any{"op": "replace", "value": map[string]any{name: value}})
	}
	pushed := func(name string, value any) map[string]any {
		u := user("jane@acme.com", "00u1")
		u[name] = value
		return u
	}
	leaving := func(name string, value any) map[string]any {
		u := pushed(name, value)
		u["active"] = false
		return u
	}
	deactivated := map[string]any{"op": "replace", "path": "active", "value": false}
	phones := []any{map[string]any{"value": "1", "type": "work"}, map[string]any{"value": "1", "type": "mobile"}}
	tests := []struct {
		name, method string
		body         map[string]any
		refused      string // what the answer says, "" for a success
		noted        string // what the log names
	}{
		{"PUT of another externalId", "PUT", pushed("externalId", "00u2"), "", `"externalId"`},
		{"PATCH of another externalId", "PATCH", replace("externalId", "00u2"), "externalId was set", ""},
		{"PATCH without a path of another externalId", "PATCH", pathless("externalId", "00u2"), "externalId was set", ""},
		{"PATCH of the same externalId", "PATCH", replace("externalId", "00u1"), "", ""},
		{"PATCH of another externalId that shuts a person out", "PATCH", operations(map[string]any{"op": "replace",
			"value": map[string]any{"externalId": "00u2", "active": false}}), "", `"externalId"`},
		{"removal of the externalId", "PATCH", remove("externalId"), "externalId was set", ""},
		{"removal of the externalId that shuts a person out", "PATCH", operations(deactivated,
			map[string]any{"op": "remove", "path": "externalId"}), "", `"externalId"`},
		{"a userName with a line end that shuts a person out", "PUT", leaving("userName", "ja\nne@acme.com"), "",
			`"userName"`},
		{"a title of a wrong type that shuts a person out", "PUT", leaving("title", map[string]any{"a": 1}), "", `"title"`},
		{"a name of a wrong type that shuts a person out", "PUT", leaving("name", "Jane"), "", `"name"`},
		{"e-mails of a wrong type that shut a person out", "PUT", leaving("emails", true), "", `"emails"`},
		{"PATCH of a wrong type that shuts a person out", "PATCH", operations(map[string]any{"op": "replace",
			"value": map[string]any{"active": false, "title": map[string]any{"a": 1}}}), "", `"title"`},
		{"PATCH of an empty name that shuts a person out", "PATCH", operations(deactivated,
			map[string]any{"op": "replace", "path": "userName", "value": ""}), "", `"userName"`},
		{"another domain that shuts a person out", "PUT", leaving("domain", "beta.example"), "", `"domain"`},
		{"PATCH of another domain", "PATCH", replace("domain", "beta.example"), "domain", ""},
		{"another id", "PUT", pushed("id", "other"), "", `"id"`},
		{"a formatted name", "PUT", pushed("name", map[string]any{"givenName": "G", "familyName": "F", "formatted": "G F"}),
			"", `"name.formatted"`},
		{"PATCH of a formatted name", "PATCH", replace("name.formatted", "G F"), "", `"name.formatted"`},
		{"a sub-attribute that nobody knows", "PUT",
			pushed("name", map[string]any{"givenName": "G", "familyName": "F", "nom": "N"}), "", `"name.nom"`},
		{"PATCH of one within a value", "PATCH", replace("name", map[string]any{"nom": "N"}), "", `"name.nom"`},
		{"PATCH of one by its path", "PATCH", replace("name.nom", "N"), "", `"name.nom"`},
		{"a second e-mail", "PUT", pushed("emails", []any{map[string]any{"value": "jane@acme.com", "primary": true},
			map[string]any{"value": "home@acme.com"}}), "", `"emails"`},
		{"a type of e-mail", "PUT", pushed("emails", []any{map[string]any{"value": "jane@acme.com", "type": "home"}}),
			"", `"emails.type"`},
		{"one phone number under two types", "PUT", pushed("phoneNumbers", phones), "", `"phoneNumbers.type"`},
		{"an attribute of an extension that nobody knows", "PUT",
			pushed(schema.Enterprise, map[string]any{"floor": "3"}), "", schema.Enterprise + `:floor"`},
		{"an extension spelled with a dot", "PATCH", replace(schema.Enterprise+".department", "d"), "",
			schema.Enterprise + `.department"`},
		{"roles", "PUT", pushed("roles", []any{map[string]any{"value": "r"}}), "", `"roles"`},
		{"PATCH of meta", "PATCH", replace("meta.version", "1"), "meta is read-only", ""},
		{"what a whole user has", "PUT", fullUser(), "", ""},
		{"white space that is left out", "PUT", pushed("userName", " jane@acme.com"), "", ""},
		{"a number", "PUT", pushed("title", 7), "", ""},
		{"a flag in quotes", "PUT", pushed("active", "True"), "", ""},
		{"a null", "PATCH", patched("add", "title", nil), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{})
			path := usersPath + "/" + w.Want(http.StatusCreated, http.MethodPost, usersPath, user("jane@acme.com", "00u1")).ID()
			if tt.refused != "" {
				r := w.Want(http.StatusBadRequest, tt.method, path, tt.body)
				if !strings.Contains(r.Detail(), tt.refused) {
					t.Errorf("answered %q, want %q in it", r.Detail(), tt.refused)
				}
				return
			}
			w.Want(http.StatusOK, tt.method, path, tt.body)
			shutOut := strings.Contains(tt.name, "person out")
			if held := w.HeldUser(strings.TrimPrefix(path, usersPath+"/")); shutOut && held["active"] != false {
				t.Errorf("Access holds %v, want it inactive", held)
			}
			log := w.Log.String()
			if tt.noted == "" == strings.Contains(log, "dropped_attributes") || !strings.Contains(log, tt.noted) {
				t.Errorf("want %q in the log:\n%s", tt.noted, log)
			}
		})
	}
}

// TestInactiveUserIsNotLeaving checks that who is inactive already is refused what
// anybody is refused.
func TestInactiveUserIsNotLeaving(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	path := usersPath + "/" + w.CreateUser("jane@acme.com")
	w.Want(http.StatusOK, http.MethodPatch, path, set("active", false))
	for name, value := range map[string]any{"domain": "beta.example", "title": map[string]any{"a": 1}, "userName": ""} {
		r := w.Want(http.StatusBadRequest, http.MethodPatch, path, replace(name, value))
		if !strings.Contains(r.Detail(), name) {
			t.Errorf("answered %q, want %s in it", r.Detail(), name)
		}
	}
}

// TestRequiredStays checks that no form of a PATCH takes away what has to be there.
func TestRequiredStays(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	jane := w.CreateUser("jane@acme.com")
	before := withoutMeta(w.HeldUser(jane))
	for name, tt := range map[string]struct {
		change map[string]any
		says   string
	}{
		"the values of e-mails":       {remove("emails.value"), "emails.value"},
		"the value of one":            {remove(`emails[type eq "work"].value`), "emails.value"},
		"those that have one":         {remove("emails[value pr].value"), "emails.value"},
		"an empty value":              {replace(`emails[type eq "work"].value`, ""), "emails.value"},
		"an address of white space":   {replace("emails", []any{map[string]any{"value": " "}}), "emails.value"},
		"a userName of white space":   {replace("userName", "  "), "userName"},
		"a given name of white space": {replace("name.givenName", "\u00a0"), "name.givenName"},
		"active":                      {remove("active"), "active"},
		"the whole name":              {remove("name"), "name.givenName"},
		"all e-mails":                 {remove("emails"), "emails.value"},
	} {
		t.Run(name, func(t *testing.T) {
			r := w.Want(http.StatusBadRequest, http.MethodPatch, usersPath+"/"+jane, tt.change)
			if want := tt.says + " can be replaced, not removed"; !strings.Contains(r.Detail(), want) {
				t.Errorf("answered %q, want %q in it", r.Detail(), want)
			}
		})
	}
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+jane, replace("emails", []any{map[string]any{"value": nil}}))
	if after := withoutMeta(w.HeldUser(jane)); !reflect.DeepEqual(before, after) {
		t.Errorf("Access holds %v, want %v", after, before)
	}
}

// TestPathsInPUTAndPATCH checks that a name that is a path does the same wherever
// it is.
func TestPathsInPUTAndPATCH(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	jane := user("jane@acme.com", "00u1")
	path := usersPath + "/" + w.Want(http.StatusCreated, http.MethodPost, usersPath, jane).ID()
	for i, values := range []map[string]any{
		{"name.middleName": "0"},
		{schema.User + ":name.middleName": "1"},
		{schema.User: map[string]any{"name": map[string]any{"middleName": "2"}}},
		{schema.User: map[string]any{"name.middleName": "3"}},
	} {
		whole := maps.Clone(jane)
		maps.Copy(whole, values)
		for method, body := range map[string]map[string]any{
			"PUT": whole, "PATCH": operations(map[string]any{"op": "replace", "value": values}),
		} {
			w.Want(http.StatusOK, http.MethodPut, path, jane)
			name, _ := w.Want(http.StatusOK, method, path, body).Body["name"].(map[string]any)
			if want := strconv.Itoa(i); name["middleName"] != want {
				t.Errorf("%s of %v: middleName is %v, want %s", method, values, name["middleName"], want)
			}
		}
	}
	w.Want(http.StatusOK, http.MethodPatch, path, replace(schema.User, map[string]any{"title": "Dr"}))
	if got := w.Want(http.StatusOK, http.MethodGet, path, nil).Body["title"]; got != "Dr" {
		t.Errorf("the URN of the core schema as a path: title is %v", got)
	}
}

// TestLostTypeIsSentOnce checks that what Access merges away is not sent again
// with every push, and is told once.
func TestLostTypeIsSentOnce(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	jane := user("jane@acme.com", "00u1")
	jane["phoneNumbers"] = []any{map[string]any{"value": "1", "type": "work", "primary": true},
		map[string]any{"value": "1", "type": "mobile"}, map[string]any{"value": "2", "type": "home"}}
	path := usersPath + "/" + w.Want(http.StatusCreated, http.MethodPost, usersPath, jane).ID()
	w.Access.ClearRequests()
	for range 3 {
		w.Want(http.StatusOK, http.MethodPut, path, jane)
	}
	if _, writes := w.UpstreamRequests(); writes != 0 {
		t.Errorf("the same push three times made %d writes", writes)
	}
	if log := w.Log.String(); strings.Count(log, "phoneNumbers") != 1 {
		t.Errorf("want phoneNumbers in the log once:\n%s", log)
	}
}

func TestRemovalFromAGroup(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	sales := map[string]any{"displayName": "Sales", "externalId": "00g1", "members": []any{map[string]any{"value": ada},
		map[string]any{"value": "g", "type": "Group"}}}
	path := groupsPath + "/" + w.Want(http.StatusCreated, http.MethodPost, groupsPath, sales).ID()
	if log := w.Log.String(); !strings.Contains(log, `"members.type"`) {
		t.Errorf("a group within the group is not in the log:\n%s", log)
	}
	r := w.Want(http.StatusBadRequest, http.MethodPatch, path, remove("externalId"))
	if !strings.Contains(r.Detail(), "externalId can be replaced, not removed") {
		t.Errorf("answered %q", r.Detail())
	}
}

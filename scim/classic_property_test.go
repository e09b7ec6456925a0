package scim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ws1bridge/scim"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/scimtest"
	"ws1bridge/upstream/accesstest"
)

const enterprise20 = schema.Enterprise

// generatedUser is a user as SCIM 2.0 has one, of which most are taken.
func generatedUser(rt *rapid.T, label string) object {
	text := rapid.SampledFrom([]string{"Ada", "Zoë ", "O'Brien", "\"quoted\"", "李", "x\ty", "", "  ", "a\\b"})
	u := object{"schemas": []any{schema.User, enterprise20, schema.Workspace}, "userName": "ada@acme.com",
		"externalId": "00u1", "name": object{"givenName": "Ada", "familyName": "Lovelace"},
		"emails": []any{object{"value": "ada@acme.com", "primary": true, "type": "work"}}}
	maybe := func(name string, value func() any) {
		if rapid.Bool().Draw(rt, label+name) {
			u[name] = value()
		}
	}
	some := func(name string) func() any { return func() any { return text.Draw(rt, label+"of "+name) } }
	for _, name := range []string{"title", "displayName", "nickName", "locale", "userType", "timezone"} {
		maybe(name, some(name))
	}
	maybe("active", func() any {
		return rapid.SampledFrom([]any{true, false, "true", "False"}).Draw(rt, label+"activity")
	})
	maybe("phoneNumbers", func() any {
		list := []any{}
		for i := range rapid.IntRange(0, 3).Draw(rt, label+"phones") {
			list = append(list, object{"value": fmt.Sprint("+44 ", i),
				"type": rapid.SampledFrom([]string{"work", "mobile", "home"}).Draw(rt, label+"kind")})
		}
		return list
	})
	maybe("addresses", func() any {
		return []any{object{"type": "work", "primary": true, "locality": text.Draw(rt, label+"city")}}
	})
	maybe(enterprise20, func() any {
		e := object{"department": text.Draw(rt, label+"department")}
		if rapid.Bool().Draw(rt, label+"manager") {
			e["manager"] = object{"value": rapid.SampledFrom([]any{"00u9", json.Number("7")}).Draw(rt, label+"boss"),
				"displayName": text.Draw(rt, label+"boss's name")}
		}
		return e
	})
	maybe(tenantURN, func() any {
		return object{"costCode": text.Draw(rt, label+"costs"), "badge": rapid.SampledFrom([]any{nil, true, json.Number("8"),
			"8"}).Draw(rt, label+"badge")}
	})
	maybe(schema.Workspace, func() any { return object{"userPrincipalName": text.Draw(rt, label+"principal")} })
	return u
}

// TestClassicIsTheSame sends users of SCIM 2.0 by both fronts: what the one takes, the other
// takes, and Access holds the same.
func TestClassicIsTheSame(t *testing.T) {
	worlds := [2]*world{newWorld(t, accesstest.Config{}), newWorld(t, accesstest.Config{})}
	send := func(i int, method, path string, body object) (status int, id string) {
		base := scim.BasePath
		if i == 1 {
			base = scim.ClassicPath
			if body != nil {
				body = scimtest.InOld(schema.Copy(body).(object))
			}
		}
		r := worlds[i].SendAnyhow(method, base+path, body)
		return r.Status, r.ID()
	}
	held := func(i int) string {
		users := worlds[i].Access.State().Users
		if len(users) < 2 {
			return "nobody"
		}
		u := maps.Clone(users[1])
		for _, name := range []string{"id", "meta", "groups", "roles"} {
			delete(u, name)
		}
		extension := maps.Clone(u[workspace11].(map[string]any))
		delete(extension, "userStoreUuid")
		u[workspace11] = extension
		b, _ := json.Marshal(u)
		return string(b)
	}
	rapid.Check(t, func(rt *rapid.T) {
		first, second := generatedUser(rt, "first "), generatedUser(rt, "second ")
		var created, changed [2]int
		for i := range worlds {
			var id string
			created[i], id = send(i, http.MethodPost, "/Users", first)
			if id == "" {
				continue
			}
			changed[i], _ = send(i, http.MethodPut, "/Users/"+id, second)
		}
		states := []string{held(0), held(1)}
		for _, w := range worlds {
			for _, u := range slices.Clone(w.Access.State().Users[1:]) {
				w.SendAnyhow(http.MethodDelete, usersPath+"/"+u["id"].(string), nil)
			}
		}
		if created[0] != created[1] || changed[0] != changed[1] || states[0] != states[1] {
			rt.Fatalf("SCIM 2.0: %d, %d, and Access holds\n%s\nSCIM 1.1: %d, %d, and Access holds\n%s",
				created[0], changed[0], states[0], created[1], changed[1], states[1])
		}
	})
}

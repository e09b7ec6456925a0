package invariants

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"ws1bridge/scim/schema"
	"ws1bridge/upstream/accesstest"
)

// ledger is what Okta was told: the outcome of every push that was answered
// with success, and nothing else.
type ledger struct {
	users  map[string]toldUser  // by externalId
	groups map[string]toldGroup // by a name of the test's own
	before accesstest.State     // what was there before Okta came
}

// toldUser is a user as Okta knows it.
type toldUser struct {
	id, userName, title string
	active              bool
}

// toldGroup is a group as Okta knows it.
type toldGroup struct {
	id, name string
	members  map[string]bool // ids
}

func newLedger(before accesstest.State) *ledger {
	return &ledger{users: map[string]toldUser{}, groups: map[string]toldGroup{}, before: before}
}

// id is that of the user with that externalId.
func (l *ledger) id(externalID string) string { return l.users[externalID].id }

// forgetUser takes a deleted user out of its groups too, as Access does.
func (l *ledger) forgetUser(externalID string) {
	for _, g := range l.groups {
		delete(g.members, l.id(externalID))
	}
	delete(l.users, externalID)
}

// resource is the user as Okta sends it.
func (u toldUser) resource(externalID string) map[string]any {
	r := map[string]any{
		"schemas": []string{schema.User}, "externalId": externalID, "userName": u.userName, "active": u.active,
		"name":        map[string]any{"givenName": "Given", "familyName": "Family"},
		"emails":      []any{map[string]any{"primary": true, "value": externalID + "@acme.com", "type": "work"}},
		"displayName": "Given Family", "groups": []any{}, "password": "hunter2-placeholder",
	}
	if u.title != "" {
		r["title"] = u.title
	}
	return r
}

// resource is the group as Okta sends it, with more members than it is known to
// have.
func (g toldGroup) resource(more ...string) map[string]any {
	ids := append(slices.Sorted(maps.Keys(g.members)), more...)
	return map[string]any{"schemas": []string{schema.Group}, "displayName": g.name, "members": values(ids)}
}

// pending is the record that an unanswered push is about: nothing is known of
// it for now. The zero value is none.
type pending struct {
	externalID string // of a user
	group      string // the id of a group, or the name of one to be created
}

// problems are the differences between what Okta was told and what Access
// holds, p aside.
func (l *ledger) problems(held accesstest.State, p pending) []string {
	out := append(l.userProblems(held, p), l.groupProblems(held, p)...)
	out = append(out, duplicates("userName", held.Users)...)
	out = append(out, duplicates("externalId", held.Users)...)
	return append(out, duplicates("displayName", held.Groups)...)
}

func (l *ledger) userProblems(held accesstest.State, p pending) (out []string) {
	strangers := byID(l.before.Users)
	missing := maps.Clone(l.users)
	delete(missing, p.externalID)
	for _, u := range held.Users {
		id := text(u, "id")
		if was, ok := strangers[id]; ok {
			delete(strangers, id)
			if !reflect.DeepEqual(without(u, "groups"), without(was, "groups")) {
				out = append(out, fmt.Sprintf("the user %s is not Okta's and was changed from %v to %v", id, was, u))
			}
			continue
		}
		externalID := text(u, "externalId")
		if externalID == p.externalID {
			continue
		}
		delete(missing, externalID)
		out = append(out, l.users[externalID].problems(externalID, u)...)
	}
	for externalID, told := range missing {
		out = append(out, fmt.Sprintf("the user %s (%v) is lost", externalID, told))
	}
	for id := range strangers {
		out = append(out, fmt.Sprintf("the user %s is not Okta's and was deleted", id))
	}
	return out
}

// problems compares one user; u is the zero value where Okta knows of none.
func (u toldUser) problems(externalID string, held map[string]any) (out []string) {
	got := toldUser{text(held, "id"), text(held, "userName"), text(held, "title"), held["active"] == true}
	if got != u {
		out = append(out, fmt.Sprintf("the user %s is %+v, and Okta was told %+v", externalID, got, u))
	}
	workspace, _ := held["urn:scim:schemas:extension:workspace:1.0"].(map[string]any)
	if workspace["domain"] != domain || workspace["internalUserType"] != "PROVISIONED" {
		out = append(out, fmt.Sprintf("the user %s is of %v", externalID, workspace))
	}
	emails, _ := held["emails"].([]any)
	if len(emails) != 1 || text(emails[0].(map[string]any), "value") != externalID+"@acme.com" {
		out = append(out, fmt.Sprintf("the user %s has the e-mails %v", externalID, emails))
	}
	return out
}

func (l *ledger) groupProblems(held accesstest.State, p pending) (out []string) {
	strangers := byID(l.before.Groups)
	told := map[string]toldGroup{}
	for _, g := range l.groups {
		if g.id != p.group {
			told[g.id] = g
		}
	}
	for _, g := range held.Groups {
		id, name := text(g, "id"), text(g, "displayName")
		was, strange := strangers[id]
		delete(strangers, id)
		known, ok := told[id]
		delete(told, id)
		switch {
		case name == "ALL USERS":
			out = append(out, sameMembers(g, allIDs(held.Users), "")...)
		case strange && !reflect.DeepEqual(g, was):
			out = append(out, fmt.Sprintf("the group %s is not Okta's and was changed from %v to %v", name, was, g))
		case strange, id == p.group, name == p.group:
		case !ok || name != known.name:
			out = append(out, fmt.Sprintf("there is the group %s (%s), and Okta was told %+v", name, id, known))
		default:
			out = append(out, sameMembers(g, known.members, l.id(p.externalID))...)
		}
	}
	for _, g := range told {
		out = append(out, fmt.Sprintf("the group %s (%s) is lost", g.name, g.id))
	}
	for _, g := range strangers {
		out = append(out, fmt.Sprintf("the group %v is not Okta's and was deleted", g["displayName"]))
	}
	return out
}

// sameMembers compares the members of a group, except one id.
func sameMembers(held map[string]any, want map[string]bool, except string) (out []string) {
	got := map[string]bool{}
	list, _ := held["members"].([]any)
	for _, m := range list {
		got[text(m.(map[string]any), "value")] = true
	}
	if len(got) != len(list) {
		out = append(out, fmt.Sprintf("%s has a member twice: %v", text(held, "displayName"), list))
	}
	want = maps.Clone(want)
	delete(got, except)
	delete(want, except)
	if !maps.Equal(got, want) {
		lost, extra := minus(want, got), minus(got, want)
		out = append(out, fmt.Sprintf("%s has %d members and should have %d; it lacks %v and has %v beside them",
			text(held, "displayName"), len(got), len(want), lost, extra))
	}
	return out
}

func minus(a, b map[string]bool) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(a)), func(k string) bool { return b[k] })
}

// duplicates finds values of an attribute that two records of a domain share.
func duplicates(attribute string, records []map[string]any) (out []string) {
	seen := map[string]bool{}
	for _, r := range records {
		workspace, _ := r["urn:scim:schemas:extension:workspace:1.0"].(map[string]any)
		value := strings.ToLower(text(r, attribute))
		if attribute != "displayName" { // group names are unique in the whole tenant
			value += " of " + text(workspace, "domain")
		}
		if seen[value] && text(r, attribute) != "" {
			out = append(out, fmt.Sprintf("the %s %s is there twice", attribute, value))
		}
		seen[value] = true
	}
	return out
}

func byID(records []map[string]any) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, r := range records {
		out[text(r, "id")] = r
	}
	return out
}

func allIDs(records []map[string]any) map[string]bool {
	out := map[string]bool{}
	for _, r := range records {
		out[text(r, "id")] = true
	}
	return out
}

func without(r map[string]any, name string) map[string]any {
	r = maps.Clone(r)
	delete(r, name)
	return r
}

func text(r map[string]any, name string) string { s, _ := r[name].(string); return s }

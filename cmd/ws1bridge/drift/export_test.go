package drift_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/drift/export"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
)

// allColumns are those that an export of the world may have, with their values.
var allColumns = map[string]func(w *world, u oktatest.User) string{
	"Login":       func(_ *world, u oktatest.User) string { return u.UserName },
	"Okta ID":     func(_ *world, u oktatest.User) string { return u.ID },
	"External ID": func(_ *world, u oktatest.User) string { return u.Link },
	"User Status": func(_ *world, u oktatest.User) string { return u.Status },
	"First name":  func(_ *world, u oktatest.User) string { return text(u.Profile["givenName"]) },
	"lastName":    func(_ *world, u oktatest.User) string { return text(u.Profile["familyName"]) },
	"email":       func(_ *world, u oktatest.User) string { return text(u.Profile["email"]) },
	"title":       func(_ *world, u oktatest.User) string { return text(u.Profile["title"]) },
	"displayName": func(_ *world, u oktatest.User) string { return text(u.Profile["displayName"]) },
	"mobilePhone": func(_ *world, u oktatest.User) string { return text(u.Profile["mobilePhone"]) },
	"department":  func(_ *world, u oktatest.User) string { return text(u.Profile["department"]) },
	"User principal name": func(*world, oktatest.User) string {
		return "" // nobody has one: it is of Access's own schema
	},
	"groups": func(w *world, u oktatest.User) string {
		var in []string
		for _, g := range w.groups {
			if slices.Contains(g.Members, u.ID) {
				in = append(in, g.Name)
			}
		}
		return strings.Join(in, "; ")
	},
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// everything are the names of all columns.
func everything() (names []string) {
	for name := range allColumns {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// without are all columns but some.
func without(some ...string) []string {
	return slices.DeleteFunc(everything(), func(name string) bool { return slices.Contains(some, name) })
}

// export has the comparison read an export with these columns.
func (w *world) export(t *testing.T, columns []string) {
	t.Helper()
	var table bytes.Buffer
	out := csv.NewWriter(&table)
	must(t, out.Write(columns))
	for _, u := range w.users {
		var row []string
		for _, name := range columns {
			row = append(row, allColumns[name](w, u))
		}
		must(t, out.Write(row))
	}
	out.Flush()
	file, err := export.Read(&table, w.Translator.SchemaAttributes())
	must(t, err)
	if ignored := file.Ignored(); len(ignored) > 0 {
		t.Errorf("not compared are %q", ignored)
	}
	w.Source = file
}

// TestHealthyByExport finds nothing where nothing differs, whichever columns there are.
func TestHealthyByExport(t *testing.T) {
	for name, columns := range map[string][]string{
		"all columns":           everything(),
		"userNames alone":       {"Login"},
		"no ids":                without("Okta ID"),
		"no links":              without("External ID"),
		"neither ids nor links": without("Okta ID", "External ID"),
		"no statuses":           without("User Status"),
		"no groups":             without("groups"),
		"no attributes":         {"Login", "Okta ID", "External ID", "User Status", "groups"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 30, 3)
			w.export(t, columns)
			groups := 3
			if !slices.Contains(columns, "groups") {
				groups = 0
			}
			if words, r := w.run(t); len(words) != 0 || r.People != 30 || r.Groups != groups {
				t.Errorf("of %d people and %d groups, %q differ", r.People, r.Groups, r.Differences)
			}
			if n := w.org.Requests(); n != 0 {
				t.Errorf("Okta was asked %d times", n)
			}
		})
	}
}

// TestPlantedByExport finds each kind of difference that an export can show, and nothing beside it.
func TestPlantedByExport(t *testing.T) {
	set := func(name string, value any) func(map[string]any) { return func(u map[string]any) { u[name] = value } }
	newcomer := oktatest.User{ID: "00unew", Status: "ACTIVE", UserName: "new@acme.com",
		Profile: oktatest.Profile("New", "One", "new@acme.com")}
	nameless := oktatest.User{ID: "00unew", Status: "ACTIVE", UserName: "new@acme.com"}
	for name, tt := range map[string]struct {
		plant   func(*world)
		columns []string
		want    []string
		says    string
	}{
		"assigned, and no account": {func(w *world) { w.users = append(w.users, newcomer) }, everything(),
			[]string{"missing: new@acme.com"}, "Okta says ACTIVE"},
		"assigned, and no account, without links": {func(w *world) { w.users = append(w.users, newcomer) },
			without("External ID", "Okta ID"), []string{"missing: new@acme.com"}, "Okta says ACTIVE"},
		"assigned, and nothing but the name": {func(w *world) { w.users = append(w.users, newcomer) }, []string{"Login"},
			[]string{"missing: new@acme.com"}, "Okta says ACTIVE"},
		"assigned, and nothing to push": {func(w *world) { w.users = append(w.users, nameless) }, everything(),
			[]string{"not pushable: new@acme.com"}, ""},
		"assigned, and what is pushed is not known": {func(w *world) { w.users = append(w.users, nameless) },
			without("lastName"), []string{"missing: new@acme.com"}, ""},
		"linked to what is gone": {func(w *world) {
			w.users = append(w.users, oktatest.User{ID: "00ugone", Link: "gone", UserName: "gone@acme.com",
				Profile: newcomer.Profile})
		}, everything(), []string{"link gone: gone@acme.com"}, "gone"},
		"not linked": {func(w *world) { w.users[0].Link = "" }, everything(),
			[]string{"not linked: user-00000@acme.com"}, "Provision User"},
		"not linked, which the export does not say": {func(w *world) { w.users[0].Link = "" }, without("External ID"),
			nil, ""},
		"active here": {func(w *world) { w.users[0].Status = "Deactivated" }, without("External ID"),
			[]string{"active here: user-00000@acme.com"}, "Okta says DEPROVISIONED"},
		"inactive here": {func(w *world) { w.change(1, set("active", false)) }, without("Okta ID"),
			[]string{"inactive here: user-00001@acme.com"}, "Okta says PROVISIONED"},
		"a value was changed here": {func(w *world) { w.change(1, set("title", "Boss")) }, everything(),
			[]string{"attributes: user-00001@acme.com"}, "title"},
		"a value was changed here, of which there is no column": {func(w *world) { w.change(1, set("title", "Boss")) },
			without("title"), nil, ""},
		"values were changed in Okta": {func(w *world) {
			w.users[1].Profile["department"], w.users[1].Profile["mobilePhone"] = "Motors", "+2"
		}, without("Okta ID"), []string{"attributes: user-00001@acme.com"}, "phoneNumbers"},
		"a value was taken out in Okta": {func(w *world) { w.users[1].Profile["department"] = nil }, everything(),
			[]string{"attributes: user-00001@acme.com"}, "department"},
		"the Okta id is another": {func(w *world) { w.users[1].ID = "00uother" }, without("groups"), nil, ""},
		"nobody is assigned": {func(w *world) { w.users = w.users[:len(w.users)-1] }, without("groups"),
			[]string{"unassigned: user-00004@acme.com"}, ""},
		"twice": {func(w *world) {
			w.change(2, set("externalId", "by-hand"))
			again := account(2)
			again["userName"], again["emails"] = "second@acme.com", []any{map[string]any{"value": "second@acme.com"}}
			_, err := w.access.SeedUser(again)
			must(w.t, err)
		}, without("displayName", "email"), []string{"twice: user-00002@acme.com"}, "beside the account"},
		"a group is not there": {func(w *world) {
			w.groups = append(w.groups, oktatest.Group{Name: "Crew", Members: []string{w.users[0].ID}})
		}, everything(), []string{"group missing: Crew"}, ""},
		"members are too many": {func(w *world) { w.groups[0].Members = w.groups[0].Members[1:] }, without("Okta ID"),
			[]string{"members too many: Team 0"}, "1: user-00000@acme.com"},
		"members are missing": {func(w *world) {
			w.assign(w.t, 77)
			w.groups[0].Members = append(w.groups[0].Members, oktaID(77))
		}, without("Okta ID"), []string{"members missing: Team 0"}, "1: user-00077@acme.com"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 5, 1)
			tt.plant(w)
			w.export(t, tt.columns)
			words, r := w.run(t)
			if !slices.Equal(words, tt.want) {
				t.Fatalf("got %q, want %q", words, tt.want)
			}
			for _, d := range r.Differences {
				if !strings.Contains(fmt.Sprint(d), tt.says) {
					t.Errorf("it says %+v, want %q", d, tt.says)
				}
				if !slices.Contains(tt.columns, "Okta ID") && d.OktaID != "" || d.OktaID == d.Name {
					t.Errorf("the id in Okta is %q, of which there is no column", d.OktaID)
				}
			}
		})
	}
}

// TestExportOfThreePeople reads the export in testdata.
func TestExportOfThreePeople(t *testing.T) {
	f, err := os.Open("../../../testdata/okta/assigned.csv")
	must(t, err)
	defer func() { _ = f.Close() }()
	w := newWorld(t, 0, 0)
	file, err := export.Read(f, w.Translator.SchemaAttributes())
	must(t, err)
	if got, want := file.Ignored(), []string{"Assigned by", "Last sign-in"}; !slices.Equal(got, want) {
		t.Errorf("not compared are %q, want %q", got, want)
	}
	w.Source = file
	words, r := w.run(t)
	want := []string{"missing: ada@acme.com", "group missing: Engineering", "missing: grace@acme.com",
		"group missing: Portal users"}
	if !slices.Equal(words, want) || r.People != 4 {
		t.Errorf("of %d people, got %q, want %q", r.People, words, want)
	}
}

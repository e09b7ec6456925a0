package upstream_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

var titlePath = upstream.CorePath("title")

// told are the requests about single records since the history was emptied: the method,
// with a ? where the request asks for attributes.
func told(access *accesstest.Running) string {
	var list []string
	for _, r := range access.Requests() {
		query, _ := url.ParseQuery(r.Query)
		switch {
		case !strings.HasPrefix(r.Path, scimPath):
		case query.Has("attributes"):
			list = append(list, r.Method+"?")
		default:
			list = append(list, r.Method)
		}
	}
	return strings.Join(list, " ")
}

// asking is a fault of changes that ask for attributes.
func asking(status int) accesstest.Fault {
	return accesstest.Fault{Method: http.MethodPatch, Path: scimPath + "/Users/", Query: "attributes=", Status: status}
}

// TestChangesAreConfirmedByTheirAnswer has what a user is changed by, again and again, and
// which requests the changes take.
func TestChangesAreConfirmedByTheirAnswer(t *testing.T) {
	department := upstream.PathOf(upstream.EnterpriseSchema, "department", "")
	const once, silently = "GET PATCH?", "GET PATCH? GET"
	tests := []struct {
		name  string
		modes accesstest.Modes
		fault accesstest.Fault // the zero Fault for none
		paths []upstream.Path
		want  []string
	}{
		{"Access shows what it is asked for", accesstest.Modes{}, accesstest.Fault{}, []upstream.Path{titlePath},
			[]string{once, once, once, once, once}},
		{"and attributes of extensions", accesstest.Modes{}, accesstest.Fault{},
			[]upstream.Path{titlePath, department, upstream.PathOf("", "name", "givenName"),
				upstream.CorePath("userName"), upstream.CorePath("emails")},
			[]string{once, once}},
		{"though it does not when it is read", accesstest.Modes{IgnoreAttributes: true, RefuseAttributes: true},
			accesstest.Fault{}, []upstream.Path{titlePath}, []string{once, once}},
		{"Access shows nothing, and is asked no more", accesstest.Modes{PatchIgnoresAttributes: true}, accesstest.Fault{},
			[]upstream.Path{titlePath}, []string{silently, silently, silently, "GET PATCH GET", "GET PATCH GET"}},
		{"Access leaves out what it was asked for", accesstest.Modes{AttributesOmitExtensions: true}, accesstest.Fault{},
			[]upstream.Path{titlePath, department}, []string{silently, silently, silently, silently}},
		{"Access refuses to be asked, and is asked no more", accesstest.Modes{}, asking(http.StatusBadRequest),
			[]upstream.Path{titlePath}, []string{"GET PATCH? PATCH GET", "GET PATCH GET", "GET PATCH GET"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, access := start(t, accesstest.Config{Modes: tt.modes})
			ada := create(t, c, "ada")
			if tt.fault.Status != 0 {
				access.AddFault(tt.fault)
			}
			for i, want := range tt.want {
				access.ClearRequests()
				changed := upstream.Attributes{}
				for _, p := range tt.paths {
					changed[p] = fmt.Sprint("value", i)
				}
				u, err := update(t, c, ada.ID, changed)
				if got := told(access); err != nil || got != want {
					t.Errorf("change %d took %s, %v; want %s", i+1, got, err, want)
				}
				for p, v := range changed {
					if u.Attributes[p] != v {
						t.Errorf("change %d: %s is %v, want %v", i+1, p, u.Attributes[p], v)
					}
				}
				read, err := c.User(t.Context(), ada.ID)
				if err != nil || want == once && (read.Meta != u.Meta || u.Meta.Version == "" || u.Meta.Unsettled) {
					t.Errorf("change %d is answered with %+v; read is %+v, %v", i+1, u.Meta, read.Meta, err)
				}
				access.ClearRequests()
				// It uses up the reading.
				if _, err := update(t, c, ada.ID, changed); err != nil || told(access) != "" {
					t.Errorf("the same change took %s, %v", told(access), err)
				}
			}
		})
	}
}

// What answers show in between counts: only silence without a break ends the asking.
func TestSilentAnswersInARow(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	ada := create(t, c, "ada")
	for i := range 10 {
		if err := access.SetModes(accesstest.Modes{PatchIgnoresAttributes: i%3 > 0}); err != nil {
			t.Fatal(err)
		}
		access.ClearRequests()
		_, err := update(t, c, ada.ID, upstream.Attributes{titlePath: fmt.Sprint(i)})
		if got := told(access); err != nil || !strings.HasPrefix(got, "GET PATCH?") {
			t.Errorf("change %d took %s, %v; want one that asks", i, got, err)
		}
	}
}

// A change that Access refuses is sent again to know whether it is the question that it
// refuses, until it is known to take that.
func TestRefusedChanges(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	ada := create(t, c, "ada")
	refused := asking(http.StatusBadRequest)
	refused.Query = ""
	change := func(title, want string, kind error) {
		t.Helper()
		access.ClearRequests()
		_, err := update(t, c, ada.ID, upstream.Attributes{titlePath: title})
		if got := told(access); !errors.Is(err, kind) || got != want {
			t.Errorf("it took %s, %v; want %s, %v", got, err, want, kind)
		}
	}
	access.AddFault(refused)
	change("a", "GET PATCH? PATCH", upstream.ErrRefused)
	change("a", "GET PATCH? PATCH", upstream.ErrRefused) // nothing is learnt from that
	access.ClearFaults()
	change("a", "GET PATCH?", nil)
	access.AddFault(refused)
	change("b", "GET PATCH?", upstream.ErrRefused)
	access.ClearFaults()
	access.AddFault(asking(http.StatusConflict))
	change("b", "GET PATCH?", upstream.ErrConflict)
	access.ClearFaults()
	change("b", "GET PATCH?", nil)
}

// What is cleared proves nothing by being absent from an answer.
func TestClearedAttributesAreReadAfterwards(t *testing.T) {
	for name, change := range map[string]upstream.Attributes{
		"alone":               {titlePath: nil},
		"beside what is set":  {titlePath: nil, upstream.CorePath("nickName"): "x"},
		"beside who logs in":  {titlePath: "", upstream.CorePath("active"): false},
		"within an object":    {upstream.PathOf("", "name", "middleName"): nil},
		"within an extension": {upstream.PathOf(upstream.EnterpriseSchema, "department", ""): nil},
	} {
		t.Run(name, func(t *testing.T) {
			c, access := start(t, accesstest.Config{})
			sent := attributes("ada")
			sent[titlePath], sent[upstream.PathOf("", "name", "middleName")] = "Countess", "King"
			sent[upstream.PathOf(upstream.EnterpriseSchema, "department", "")] = "Engines"
			ada, err := c.CreateUser(t.Context(), domain, sent)
			if err != nil {
				t.Fatal(err)
			}
			access.ClearRequests()
			u, err := update(t, c, ada.ID, change)
			if got := told(access); err != nil || got != "GET PATCH GET" {
				t.Errorf("it took %s, %v; want a read afterwards", got, err)
			}
			for p, v := range change {
				if got := u.Attributes[p]; v != "" && got != v {
					t.Errorf("%s is %v, want %v", p, got, v)
				}
			}
		})
	}
}

// Where reads are late, an answer that shows the change says all that is needed.
func TestAnswersAreNotLate(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	ada := create(t, c, "ada")
	if err := access.SetModes(accesstest.Modes{Lag: time.Hour}); err != nil {
		t.Fatal(err)
	}
	for i, a := range []upstream.Attributes{
		{upstream.CorePath("active"): false}, {upstream.CorePath("active"): true},
		{upstream.CorePath("userName"): "countess"}, {upstream.CorePath("userName"): "ada"},
		{upstream.CorePath("active"): false, upstream.CorePath("userName"): "countess", titlePath: "x"},
	} {
		if _, err := c.User(t.Context(), ada.ID); err != nil {
			t.Fatal(err)
		}
		access.ClearRequests()
		u, err := update(t, c, ada.ID, a)
		if got := told(access); err != nil || got != "PATCH?" {
			t.Errorf("change %d took %s, %v", i, got, err)
		}
		read, err := c.User(t.Context(), ada.ID)
		if err != nil {
			t.Fatal(err)
		}
		for p, v := range a {
			if u.Attributes[p] != v || read.Attributes[p] != v {
				t.Errorf("change %d: %s is %v, then read as %v; want %v", i, p, u.Attributes[p], read.Attributes[p], v)
			}
		}
	}
}

// What is asked for are the attributes that change, those within an object by its name.
func TestWhatAChangeAsksFor(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	ada := create(t, c, "ada")
	access.ClearRequests()
	_, err := update(t, c, ada.ID, upstream.Attributes{
		upstream.PathOf("", "name", "givenName"): "A", upstream.PathOf("", "name", "familyName"): "L",
		upstream.CorePath("emails"):                                        "a@b",
		upstream.PathOf(upstream.EnterpriseSchema, "manager", "managerId"): "m", upstream.CorePath("externalId"): "ext-ada",
	})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(access.Requests(), func(r accesstest.Request) bool { return r.Method == http.MethodPatch })
	query, _ := url.ParseQuery(access.Requests()[i].Query)
	if got, want := query.Get("attributes"), "emails,name,"+upstream.EnterpriseSchema+":manager"; got != want {
		t.Errorf("asked for was %s, want %s", got, want)
	}
}

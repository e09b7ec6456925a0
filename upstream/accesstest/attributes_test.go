package accesstest_test

import (
	"net/http"
	"testing"

	"ws1bridge/upstream/accesstest"
)

func TestAttributesModes(t *testing.T) {
	const (
		named = `["active","id","meta","schemas","` + workspace + `","userName"]`
		core  = `["active","id","meta","schemas","userName"]`
		whole = `["active","emails","externalId","groups","id","meta","name","roles","schemas","` + workspace +
			`","userName"]`
		nothing = `` // the answer has no body
		refused = `["errors"]`
	)
	tests := []struct {
		name                       string
		modes                      accesstest.Modes
		get, list, search, changed string
	}{
		{"without them, what is named is shown", accesstest.Modes{}, named, named, named, named},
		{"reads may ignore it", accesstest.Modes{IgnoreAttributes: true}, whole, whole, whole, named},
		{"reads by id may refuse it", accesstest.Modes{RefuseAttributes: true}, refused, named, named, named},
		{"and lists ignore it", accesstest.Modes{RefuseAttributes: true, IgnoreAttributes: true},
			refused, whole, whole, named},
		{"a PATCH may ignore it", accesstest.Modes{PatchIgnoresAttributes: true}, named, named, named, nothing},
		{"extensions may be left out", accesstest.Modes{AttributesOmitExtensions: true}, core, core, core, core},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{Modes: tt.modes})
			path := usersPath + "/" + tn.user("ada")
			shown := func(got result) string {
				if got.body == "" {
					return nothing
				}
				body := got.json()
				if list, ok := body["Resources"].([]any); ok {
					body = list[len(list)-1].(object)
				}
				return text(t, keys(body))
			}
			for _, attributes := range []string{"active," + workspace + ":domain", "active," + workspace, "active,domain"} {
				query := "?attributes=" + attributes
				for request, checked := range map[string]struct {
					got  result
					want string
				}{
					"a read by id": {tn.send(http.MethodGet, path+query, ""), tt.get},
					"a list":       {tn.send(http.MethodGet, usersPath+query, ""), tt.list},
					"a search": {tn.send(http.MethodPost, usersPath+"/.search", `{"attributes":"`+attributes+`"}`),
						tt.search},
					"a change": {tn.send(http.MethodPatch, path+query, `{"active":true}`), tt.changed},
				} {
					if got := shown(checked.got); got != checked.want {
						t.Errorf("%s of %s shows %s, want %s", request, attributes, got, checked.want)
					}
				}
			}
			same(t, keys(tn.want(http.StatusOK, http.MethodGet, path, "").json()), whole)
		})
	}
}

func TestRefusedAttributes(t *testing.T) {
	tn := start(t, accesstest.Config{Modes: accesstest.Modes{RefuseAttributes: true}})
	for _, path := range []string{usersPath + "/" + tn.user("ada"), groupsPath + "/" + tn.group("Sales")} {
		got := tn.want(http.StatusBadRequest, http.MethodGet, path+"?attributes=id", "")
		checkError(t, got)
		same(t, got.json()["errors"].([]any)[0].(object)["message"], `"The specified attributes are invalid"`)
		tn.want(http.StatusOK, http.MethodGet, path+"?attributes=", "") // asks for nothing
	}
}

// What is ignored is not read: names that do not exist are refused elsewhere alone.
func TestIgnoredAttributes(t *testing.T) {
	tn := start(t, accesstest.Config{Modes: accesstest.Modes{IgnoreAttributes: true, PatchIgnoresAttributes: true}})
	path := groupsPath + "/" + tn.group("Sales")
	tn.want(http.StatusOK, http.MethodGet, path+"?attributes=nonsense", "")
	tn.want(http.StatusOK, http.MethodGet, groupsPath+"?attributes=nonsense", "")
	tn.want(http.StatusNoContent, http.MethodPatch, path+"?attributes=nonsense", `{}`)
	tn.want(http.StatusBadRequest, http.MethodPost, groupsPath+"?attributes=nonsense", `{"displayName":"New"}`)
}

package scim_test

import (
	"net/http"
	"testing"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream/accesstest"
)

// A group that somebody made by hand is nobody's to take over by its name, also where
// answers leave out to which domain it belongs.
func TestGroupsMadeByHandAreNotTakenOver(t *testing.T) {
	for name, modes := range map[string]accesstest.Modes{
		"Access tells domains":    {},
		"Access leaves them out":  {GroupOmitsExtension: true},
		"lists leave out members": {ListOmitsMembers: true},
	} {
		for _, domain := range []string{"acme.com", "other.com"} {
			t.Run(name+", a group of "+domain, func(t *testing.T) {
				w := newWorld(t, accesstest.Config{Domains: []string{"acme.com", "other.com"}, Modes: modes})
				ids := w.People(2)
				_, err := w.Access.SeedGroup(map[string]any{
					"schemas":     []string{"urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:workspace:1.0"},
					"displayName": "Sales",
					"urn:scim:schemas:extension:workspace:1.0": map[string]any{"internalGroupType": "INTERNAL", "domain": domain},
				})
				must(t, err)
				w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales"))
				w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales", ids...))
				w.loseOnce(http.MethodPost, accessAPI) // the answer that it is taken
				if r := w.Send(http.MethodPost, groupsPath, group("Sales", ids...)); r.Status/100 == 2 {
					t.Errorf("answered %d %s", r.Status, r.Raw)
				}
				w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales", ids...))
				w.WantHeld("Sales")
			})
		}
	}
}

// What a bridge made that ended in between is finished by the next one, for it shows
// who made it. It shows that to nobody else.
func TestGroupOfABridgeThatEnded(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(2)
	w.Access.AddFault(accesstest.Fault{Method: http.MethodPatch, Path: accessAPI, Status: http.StatusServiceUnavailable})
	w.Want(http.StatusTooManyRequests, http.MethodPost, groupsPath, group("Sales", ids...))
	w.Access.ClearFaults()
	w.reconfigure(translate.Config{DefaultDomain: "acme.com"})
	r := w.Want(http.StatusCreated, http.MethodPost, groupsPath, group("Sales", ids...))
	w.WantHeld("Sales", ids...)
	if shown, ok := r.Body["externalId"]; ok {
		t.Errorf("the answer shows the externalId %v", shown)
	}
	w.Want(http.StatusOK, http.MethodGet, groupsPath+"/"+r.ID(), nil)
	w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales", ids...))
}

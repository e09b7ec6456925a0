package scim_test

import (
	"net/http"
	"slices"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/upstream/accesstest"
)

func TestDiscovery(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	t.Run("the configuration says what is supported", func(t *testing.T) {
		body := w.Want(http.StatusOK, http.MethodGet, "/scim/v2/ServiceProviderConfig", nil).Body
		for feature, want := range map[string]bool{
			"patch": true, "filter": true, "bulk": true, "sort": true, "etag": true, "changePassword": false,
		} {
			if got := body[feature].(map[string]any)["supported"]; got != want {
				t.Errorf("%s is %v, want %t", feature, got, want)
			}
		}
	})
	t.Run("the limits of bulk are announced", func(t *testing.T) {
		bulk := w.Want(http.StatusOK, http.MethodGet, "/scim/v2/ServiceProviderConfig", nil).Body["bulk"].(map[string]any)
		if bulk["maxOperations"] != 1000.0 || bulk["maxPayloadSize"] != float64(10<<20) {
			t.Errorf("bulk is %v", bulk)
		}
	})
	t.Run("the rest of a query is ignored", func(t *testing.T) {
		path := query("/scim/v2/Schemas", "startIndex", "3", "count", "1", "sortBy", "shoeSize", "attributes", "name")
		body := w.Want(http.StatusOK, http.MethodGet, path, nil).Body
		first := body["Resources"].([]any)[0].(map[string]any)
		if body["itemsPerPage"] != 4.0 || body["startIndex"] != 1.0 || first["attributes"] == nil {
			t.Errorf("%v schemas from %v, the first %v", body["itemsPerPage"], body["startIndex"], first["id"])
		}
	})
	t.Run("resource types name their schemas", func(t *testing.T) {
		body := w.Want(http.StatusOK, http.MethodGet, "/scim/v2/ResourceTypes", nil).Body
		if body["totalResults"] != 2.0 {
			t.Errorf("%v resource types, want 2", body["totalResults"])
		}
		user := w.Want(http.StatusOK, http.MethodGet, "/scim/v2/ResourceTypes/User", nil).Body
		if user["schema"] != schema.User || user["endpoint"] != "/Users" || len(user["schemaExtensions"].([]any)) != 2 {
			t.Errorf("User is %v", user)
		}
		w.Want(http.StatusNotFound, http.MethodGet, "/scim/v2/ResourceTypes/Role", nil)
	})
	t.Run("schemas hold what is mapped and nothing else", func(t *testing.T) {
		for id, want := range map[string][2][]string{
			schema.User: {
				{"userName", "name", "emails", "active", "timezone", "groups", "addresses"},
				{"ims", "photos", "password", "entitlements", "x509Certificates"},
			},
			schema.Enterprise: {{"employeeNumber", "manager", "department"}, nil},
			schema.Workspace:  {{"userPrincipalName", "distinguishedName"}, {"domain"}},
			schema.Group:      {{"displayName", "members"}, nil},
		} {
			body := w.Want(http.StatusOK, http.MethodGet, "/scim/v2/Schemas/"+id, nil).Body
			var names []string
			for _, a := range body["attributes"].([]any) {
				names = append(names, a.(map[string]any)["name"].(string))
			}
			for _, name := range want[0] {
				if !slices.Contains(names, name) {
					t.Errorf("%s lacks %s: %v", id, name, names)
				}
			}
			for _, name := range want[1] {
				if slices.Contains(names, name) {
					t.Errorf("%s announces %s, which has no home in Access", id, name)
				}
			}
			if meta, _ := body["meta"].(map[string]any); meta["resourceType"] != "Schema" || body["id"] != id {
				t.Errorf("%s has meta %v and id %v", id, meta, body["id"])
			}
		}
		if body := w.Want(http.StatusOK, http.MethodGet, "/scim/v2/Schemas", nil).Body; body["totalResults"] != 4.0 {
			t.Errorf("%v schemas, want 4", body["totalResults"])
		}
		w.Want(http.StatusNotFound, http.MethodGet, "/scim/v2/Schemas/urn:none", nil)
	})
	t.Run("schemas hold the sub-attributes that are mapped, and say what is required", func(t *testing.T) {
		var got []string
		body := w.Want(http.StatusOK, http.MethodGet, "/scim/v2/Schemas/"+schema.User, nil).Body
		for _, item := range body["attributes"].([]any) {
			a := item.(map[string]any)
			if a["required"] == true {
				got = append(got, a["name"].(string))
			}
			subs, _ := a["subAttributes"].([]any)
			for _, sub := range subs {
				sub := sub.(map[string]any)
				name := a["name"].(string) + "." + sub["name"].(string)
				if sub["required"] == true {
					got = append(got, name)
				}
				if name == "name.formatted" || name == "emails.display" {
					t.Errorf("%s is announced, which has no home in Access", name)
				}
			}
		}
		slices.Sort(got)
		want := []string{"emails", "emails.value", "name", "name.familyName", "name.givenName", "userName"}
		if !slices.Equal(got, want) {
			t.Errorf("required are %v, want %v", got, want)
		}
	})
	t.Run("a filter is refused", func(t *testing.T) {
		w.Want(http.StatusForbidden, http.MethodGet, filter("/scim/v2/Schemas", `id eq "x"`), nil)
		w.Want(http.StatusForbidden, http.MethodGet, filter("/scim/v2/ResourceTypes", `id eq "x"`), nil)
		w.Want(http.StatusForbidden, http.MethodGet, filter("/scim/v2/ServiceProviderConfig", `id eq "x"`), nil)
		w.Want(http.StatusForbidden, http.MethodGet, filter("/scim/v2/ResourceTypes/User", `id eq "x"`), nil)
		w.Want(http.StatusOK, http.MethodGet, "/scim/v2/Schemas?count=abc", nil)
	})
	if all, _ := w.UpstreamRequests(); all != 0 {
		t.Errorf("discovery asked Access %d times", all)
	}
}

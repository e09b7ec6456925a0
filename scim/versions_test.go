package scim_test

import (
	"net/http"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// TestVersions checks every condition on the version of a user and of a group:
// which request is done, and that one which is not changes nothing.
func TestVersions(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	paths := map[string]string{"user": usersPath + "/" + w.CreateUser("ada@acme.com")}
	paths["group"] = groupsPath + "/" + w.CreateGroup("Poets")
	rename := set("displayName", "Renamed")
	changed := map[string]int{"user": http.StatusOK, "group": http.StatusNoContent}
	for kind, path := range paths {
		current := w.Want(http.StatusOK, http.MethodGet, path, nil).Header.Get("ETag")
		if len(current) < 4 || current[:3] != `W/"` {
			t.Fatalf("the ETag of a %s is %q", kind, current)
		}
		const other = `W/"1"`
		tests := []struct {
			name, method string
			header, tag  string
			status       int
		}{
			{"a read of the version that is there", "GET", "If-None-Match", current, 304},
			{"a read of any version", "GET", "If-None-Match", "*", 304},
			{"a read of one of several", "GET", "If-None-Match", other + ", " + current, 304},
			{"a look at the version that is there", "HEAD", "If-None-Match", current, 304},
			{"a read of another version", "GET", "If-None-Match", other, 200},
			{"a change of another version", "PATCH", "If-Match", other, 412},
			{"a change of an invalid version", "PATCH", "If-Match", "garbage", 412},
			{"a replacement of another version", "PUT", "If-Match", other, 412},
			{"a deletion of another version", "DELETE", "If-Match", other, 412},
			{"a change unless it is there", "PATCH", "If-None-Match", "*", 412},
			{"a change of the version that is there, in the strong form", "PATCH", "If-Match", current[2:], changed[kind]},
		}
		for _, tt := range tests {
			t.Run(kind+": "+tt.name, func(t *testing.T) {
				body := any(rename)
				switch tt.method {
				case http.MethodGet, http.MethodHead, http.MethodDelete:
					body = nil
				case http.MethodPut:
					body = map[string]any{"displayName": "Renamed", "userName": "x@acme.com"}
				}
				w.Access.ClearRequests()
				r := w.SendWith(tt.method, path, body, map[string]string{tt.header: tt.tag})
				if r.Status != tt.status {
					t.Fatalf("answered %d %s, want %d", r.Status, r.Raw, tt.status)
				}
				if _, writes := w.UpstreamRequests(); writes > 0 != (tt.status == changed[kind] && tt.method == http.MethodPatch) {
					t.Errorf("%d writes reached Access", writes)
				}
				if tt.status == http.StatusPreconditionFailed {
					w.WantError(r)
				}
				if tt.status == http.StatusNotModified && (len(r.Raw) > 0 || r.Header.Get("ETag") != current) {
					t.Errorf("304 came with the ETag %q and the body %q", r.Header.Get("ETag"), r.Raw)
				}
			})
		}
		t.Run(kind+": any version", func(t *testing.T) {
			r := w.SendWith(http.MethodDelete, path, nil, map[string]string{"If-Match": "*"})
			if r.Status != http.StatusNoContent {
				t.Errorf("answered %d %s", r.Status, r.Raw)
			}
		})
	}
}

func TestCreationHasVersionAndPlace(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	r := w.Want(http.StatusCreated, http.MethodPost, usersPath, user("ada@acme.com", "ext-ada"))
	meta := r.Body["meta"].(map[string]any)
	if r.Header.Get("ETag") != meta["version"] || r.Header.Get("Location") != meta["location"] {
		t.Errorf("ETag %q and Location %q, want %v and %v",
			r.Header.Get("ETag"), r.Header.Get("Location"), meta["version"], meta["location"])
	}
	r = w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+r.ID()+"?attributes=active", set("active", false))
	if len(r.Body) != 3 || r.Body["active"] != false {
		t.Errorf("the answer to a PATCH holds %s, want schemas, id and active", r.Raw)
	}
}

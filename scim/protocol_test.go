package scim_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// TestReadOnlyAttributesAreIgnored sends what only the bridge may say (RFC 7644
// sections 3.3 and 3.5.1).
func TestReadOnlyAttributesAreIgnored(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	sent := user("ada@acme.com", "ext-ada")
	sent["id"] = "chosen-by-the-caller"
	sent["meta"] = map[string]any{
		"created": "1999-01-01T00:00:00Z", "location": "https://elsewhere.example", "version": "x",
	}
	sent["groups"] = []any{map[string]any{"value": "g", "display": "Administrators"}}
	for _, method := range []string{http.MethodPost, http.MethodPut} {
		path, status := usersPath, http.StatusCreated
		if method == http.MethodPut {
			path, status = usersPath+"/"+w.idOf("ada@acme.com"), http.StatusOK
		}
		r := w.Want(status, method, path, sent)
		meta, groups := r.Body["meta"].(map[string]any), r.Body["groups"].([]any)
		if r.ID() == "chosen-by-the-caller" || meta["created"] == "1999-01-01T00:00:00Z" || meta["version"] == "x" ||
			meta["resourceType"] != "User" || len(groups) != 0 ||
			!strings.HasPrefix(meta["location"].(string), "http://127.0.0.1") {
			t.Errorf("%s was answered %s", method, r.Raw)
		}
		if held := w.HeldUser(r.ID()); strings.Contains(asJSON(held["meta"]), "elsewhere") {
			t.Errorf("Access was told meta: %v", held)
		}
	}
}

func TestDeletedIsGone(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	for path, search := range map[string]string{
		usersPath + "/" + ada:                      filter(usersPath, `userName eq "ada@acme.com"`),
		groupsPath + "/" + w.CreateGroup("P", ada): filter(groupsPath, `displayName eq "P"`),
	} {
		if r := w.Want(http.StatusNoContent, http.MethodDelete, path, nil); len(r.Raw) > 0 {
			t.Errorf("the answer to a deletion has a body: %s", r.Raw)
		}
		for _, method := range []string{http.MethodGet, http.MethodDelete, http.MethodPatch, http.MethodPut} {
			body := map[string]any{
				"displayName": "x", "Operations": []any{map[string]any{"op": "remove", "path": "displayName"}},
			}
			w.Want(http.StatusNotFound, method, path, body)
		}
		if r := w.Want(http.StatusOK, http.MethodGet, search, nil); r.Body["totalResults"] != 0.0 {
			t.Errorf("what is deleted is found: %s", r.Raw)
		}
	}
}

// TestConformanceTable checks that each test that README.md names exists, and
// that no requirement is without one.
func TestConformanceTable(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	must(t, err)
	files, err := filepath.Glob("*_test.go")
	must(t, err)
	inner, err := filepath.Glob("*/*_test.go")
	must(t, err)
	var code strings.Builder
	for _, name := range append(files, inner...) {
		b, err := os.ReadFile(name)
		must(t, err)
		code.Write(b)
	}
	rows := 0
	for line := range strings.SplitSeq(string(readme), "\n") {
		if !strings.HasPrefix(line, "| 3") && !strings.HasPrefix(line, "| 4") {
			continue
		}
		rows++
		names := regexp.MustCompile("`((Test|Fuzz)[A-Za-z]+)`").FindAllStringSubmatch(line, -1)
		if len(names) == 0 {
			t.Errorf("no test covers: %s", line)
		}
		for _, name := range names {
			if !strings.Contains(code.String(), "func "+name[1]+"(") {
				t.Errorf("there is no %s, which covers: %s", name[1], line)
			}
		}
	}
	if rows < 60 {
		t.Errorf("the table has %d rows only", rows)
	}
}

func asJSON(v any) string { b, _ := json.Marshal(v); return string(b) }

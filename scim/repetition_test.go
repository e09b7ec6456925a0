package scim_test

import (
	"net/http"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// TestCreationWhoseAnswerWasNotHeard pushes groups again that stand complete: as long as
// nobody has used the id, the answer was lost on its way.
func TestCreationWhoseAnswerWasNotHeard(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(3)
	sales := w.CreateGroup("Sales", ids...)
	if again := w.CreateGroup("Sales", ids...); again != sales {
		t.Errorf("the push that came again was answered with %s, want %s", again, sales)
	}
	w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales", ids[:2]...)) // is another push
	w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("SALES", ids...))
	for name, use := range map[string]func(path string){
		"read": func(path string) { w.Want(http.StatusOK, http.MethodGet, path, nil) },
		"changed": func(path string) {
			w.Want(http.StatusNoContent, http.MethodPatch, path, replace("displayName", "Changed"))
		},
		"deleted": func(path string) { w.Want(http.StatusNoContent, http.MethodDelete, path, nil) },
	} {
		id := w.CreateGroup(name, ids...)
		use(groupsPath + "/" + id)
		status := http.StatusConflict
		if name == "deleted" {
			status = http.StatusCreated
		}
		r := w.Want(status, http.MethodPost, groupsPath, group(name, ids...))
		if r.ID() == id {
			t.Errorf("%s: the group that was used is answered for again", name)
		}
	}
}

package upstream_test

import (
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// entitle gives a user a title, and reports the requests that it took.
func entitle(t *testing.T, c *upstream.Client, access *accesstest.Running, id, title string) (upstream.User, int) {
	t.Helper()
	access.ClearRequests()
	u, err := c.UpdateUser(t.Context(), id, setting(upstream.Attributes{titlePath: title}, nil))
	if err != nil || u.Attributes[titlePath] != title || held(t, access, id)["title"] != title {
		t.Fatalf("the title became %v, and at Access %v: %v", u.Attributes[titlePath], held(t, access, id)["title"], err)
	}
	return u, requests(access, "")
}

// The answer to a change confirms it where Access shows there what was changed.
func TestAnswerConfirmsAChange(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	u := create(t, c, "ada")
	updated, n := entitle(t, c, access, u.ID, "Countess")
	if n != 2 || updated.Meta.Unsettled || updated.Meta.Version == u.Meta.Version {
		t.Errorf("it took %d requests, and left the version %+v, before it was %+v", n, updated.Meta, u.Meta)
	}
	access.ClearRequests()
	if _, err := c.UpdateUser(t.Context(), u.ID, setting(upstream.Attributes{titlePath: nil}, nil)); err != nil {
		t.Fatal(err)
	}
	if n := requests(access, ""); n != 3 || held(t, access, u.ID)["title"] != nil {
		t.Errorf("to clear it took %d requests, want 3: that something is gone is read", n)
	}
}

// Where Access shows nothing the user is read, and soon nobody asks any more.
func TestSilentAnswersAreNotAskedFor(t *testing.T) {
	c, access := start(t, accesstest.Config{Modes: accesstest.Modes{PatchIgnoresAttributes: true}})
	u := create(t, c, "ada")
	for i := range 5 {
		if _, n := entitle(t, c, access, u.ID, strings.Repeat("I", i+1)); n != 3 {
			t.Errorf("change %d took %d requests, want 3", i, n)
		}
		asks := false
		for _, r := range access.Requests() {
			asks = asks || r.Method == http.MethodPatch && r.Query != ""
		}
		if asks != (i < 3) {
			t.Errorf("change %d asked for an answer: %t", i, asks)
		}
	}
}

// A tenant that refuses the question gets the change without it, and is not asked again.
func TestRefusedQuestion(t *testing.T) {
	c, access, tp := startTampered(t, accesstest.Config{})
	u := create(t, c, "ada")
	asked := 0
	defer tp.with(func(req *http.Request, res *http.Response, body string) string {
		if req.Method != http.MethodPatch || req.URL.RawQuery == "" {
			return body
		}
		asked++
		res.StatusCode = http.StatusBadRequest
		return accessError
	})()
	for i := range 3 {
		entitle(t, c, access, u.ID, strings.Repeat("I", i+1))
	}
	if asked != 1 {
		t.Errorf("the question was sent %d times, want 1", asked)
	}
}

// What Access shows in its answer is not believed to be the change unless it is.
func TestAnswerThatShowsSomethingElse(t *testing.T) {
	for name, tt := range map[string]struct {
		change upstream.Attributes
		edit   func(body string) string
		kept   upstream.Value // what the user has afterwards
	}{
		"the value from before": {
			upstream.Attributes{titlePath: "Countess"},
			func(body string) string { return strings.Replace(body, "Countess", "Miss", 1) }, "Countess"},
		"nothing of it": {
			upstream.Attributes{titlePath: "Countess"},
			func(body string) string { return strings.Replace(body, `"title":"Countess",`, "", 1) }, "Countess"},
		"an active user, of one who is not": {
			upstream.Attributes{upstream.CorePath("active"): false, titlePath: "Countess"},
			func(body string) string { return strings.Replace(body, `"active":false`, `"active":true`, 1) }, "Countess"},
	} {
		t.Run(name, func(t *testing.T) {
			c, access, tp := startTampered(t, accesstest.Config{})
			u := create(t, c, "ada")
			stop := tp.with(func(req *http.Request, _ *http.Response, body string) string {
				if req.Method != http.MethodPatch {
					return body
				}
				edited := tt.edit(body)
				if edited == body {
					t.Errorf("there is nothing to edit in %s", body)
				}
				return edited
			})
			defer stop()
			access.ClearRequests()
			updated, err := c.UpdateUser(t.Context(), u.ID, setting(tt.change, nil))
			if err != nil || updated.Attributes[titlePath] != tt.kept || requests(access, http.MethodGet) != 2 {
				t.Errorf("title %v after %d reads, %v; want the user to be read afterwards",
					updated.Attributes[titlePath], requests(access, http.MethodGet), err)
			}
			if active, named := tt.change[upstream.CorePath("active")]; named && updated.Active() != active {
				t.Errorf("active: %t", updated.Active())
			}
		})
	}
}

package upstream_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// unconfirmed are answers to a write that confirm nothing.
var unconfirmed = []struct {
	name   string
	status int
	body   string
}{
	{"accepted for later", http.StatusAccepted, ""},
	{"accepted for later, with an object", http.StatusAccepted, "{}"},
	{"an answer that was changed on the way", http.StatusNonAuthoritativeInfo, "{}"},
	{"nothing", http.StatusOK, ""},
	{"a brace", http.StatusOK, "{"},
	{"an empty object", http.StatusOK, "{}"},
	{"another record", http.StatusOK, `{"id":"0f4d2b7e","userName":"grace","displayName":"grace"}`},
	{"an error", http.StatusOK, accessError},
	{"a maintenance page", http.StatusOK, maintenance},
	{"a page", http.StatusOK, "<html></html>"},
	{"no content, and a page", http.StatusNoContent, "<html></html>"},
}

func title(s string) func(upstream.User) (upstream.Attributes, error) {
	return func(upstream.User) (upstream.Attributes, error) {
		return upstream.Attributes{upstream.CorePath("title"): s}, nil
	}
}

func members(ids ...string) func(upstream.Group) (upstream.Group, error) {
	return func(g upstream.Group) (upstream.Group, error) {
		g.Members = nil
		for _, id := range ids {
			g.Members = append(g.Members, upstream.Member{ID: id})
		}
		return g, nil
	}
}

// A write without a confirmation is resolved by looking: done where Access shows it,
// and in doubt where it does not.
func TestUnconfirmedWritesAreResolvedByLooking(t *testing.T) {
	for _, tt := range unconfirmed {
		for _, applied := range []bool{true, false} {
			name := tt.name + ", not applied"
			if applied {
				name = tt.name + ", applied"
			}
			t.Run(name, func(t *testing.T) {
				c, access, tp := startTampered(t, accesstest.Config{})
				ada := create(t, c, "ada")
				team, err := c.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "team"})
				if err != nil {
					t.Fatal(err)
				}
				lie := func(method string) func() {
					access.ClearFaults()
					if !applied {
						access.AddFault(accesstest.Fault{Method: method, Path: scimPath, Status: http.StatusOK})
					}
					return tp.answering(method, "", tt.status, tt.body)
				}
				check := func(what string, err error) {
					t.Helper()
					e, _ := errors.AsType[*upstream.Error](err)
					if applied && err != nil || !applied && (e == nil || !errors.Is(err, upstream.ErrUnavailable) || !e.InDoubt) {
						t.Errorf("%s: error = %v", what, err)
					}
				}
				stop := lie(http.MethodPatch)
				_, err = c.UpdateUser(t.Context(), ada.ID, upstream.UserChange{Make: title("Countess")})
				check("an update", err)
				_, err = c.UpdateGroup(t.Context(), team.ID, upstream.GroupChange{Make: members(ada.ID)})
				check("a member", err)
				stop()
				stop = lie(http.MethodDelete)
				check("a deletion of a user", c.DeleteUser(t.Context(), ada.ID, anyUser))
				check("a deletion of a group", c.DeleteGroup(t.Context(), team.ID, anyGroup))
				stop()
			})
		}
	}
}

// A 404 to a deletion proves nothing by itself.
func TestDeletionsAreConfirmed(t *testing.T) {
	for name, body := range map[string]string{
		"Access's own": accessError, "a gateway's": "<html></html>", "nobody's": "",
	} {
		c, access, tp := startTampered(t, accesstest.Config{})
		ada := create(t, c, "ada")
		access.AddFault(accesstest.Fault{Method: http.MethodDelete, Path: scimPath, Status: http.StatusOK})
		stop := tp.answering(http.MethodDelete, "", http.StatusNotFound, body)
		if err := c.DeleteUser(t.Context(), ada.ID, anyUser); !errors.Is(err, upstream.ErrUnavailable) {
			t.Errorf("%s 404 for a user who is there: error = %v, want unavailable", name, err)
		}
		stop()
		access.ClearFaults()
		if err := c.DeleteUser(t.Context(), ada.ID, anyUser); err != nil {
			t.Errorf("after %s 404: %v", name, err)
		}
	}
}

// A creation is that of the user or group that was sent, or it is in doubt.
func TestCreationsAreOfWhatWasSent(t *testing.T) {
	workspace := `"urn:scim:schemas:extension:workspace:1.0":{"internalUserType":"PROVISIONED","domain":"acme.com"}`
	answers := map[string]string{
		"another name":       `{"id":"u1","userName":"grace","displayName":"grace",` + workspace + `}`,
		"another externalId": `{"id":"u1","userName":"ada","displayName":"ada","externalId":"other",` + workspace + `}`,
		"another type":       strings.ReplaceAll(`{"id":"u1","userName":"ada",`+workspace+`}`, "PROVISIONED", "LOCAL"),
		"another domain":     strings.ReplaceAll(`{"id":"u1","userName":"ada",`+workspace+`}`, "acme.com", "b.com"),
	}
	for _, tt := range unconfirmed {
		answers[tt.name] = tt.body
	}
	for name, body := range answers {
		c, _, tp := startTampered(t, accesstest.Config{})
		stop := tp.answering(http.MethodPost, "", http.StatusCreated, body)
		inDoubt := func(what string, err error) {
			t.Helper()
			if e, ok := errors.AsType[*upstream.Error](err); !ok || !e.InDoubt {
				t.Errorf("a %s answered with %s: error = %v, want that it is in doubt", what, name, err)
			}
		}
		_, err := c.CreateUser(t.Context(), domain, attributes("ada"))
		inDoubt("user", err)
		if name != "another type" && name != "another domain" {
			_, err = c.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "ada", ExternalID: "00g1"})
			inDoubt("group", err)
		}
		stop()
	}
}

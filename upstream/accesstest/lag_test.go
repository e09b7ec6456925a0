package accesstest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/upstream/accesstest"
)

// bubble is a tenant within a bubble of synctest, where there is no network.
type bubble struct {
	*accesstest.Emulator
	t     *testing.T
	token string
}

const lag = 10 * time.Second

// lagging runs a test in a bubble, on a tenant with the user ada and her group Sales, which show.
func lagging(t *testing.T, reads string, run func(b *bubble, ada, sales string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e, err := accesstest.New(accesstest.Config{
			ClientID: "client", ClientSecret: "secret", Domains: []string{"acme.com"},
			Modes: accesstest.Modes{Lag: lag, LagReads: reads},
		})
		if err != nil {
			t.Fatal(err)
		}
		b := &bubble{Emulator: e, t: t}
		b.token = b.ask(http.MethodPost,
			"/SAAS/auth/oauthtoken?grant_type=client_credentials&client_id=client&client_secret=secret", "",
		)["access_token"].(string)
		ada := b.ask(http.MethodPost, usersPath, provisioned("ada", "1", "acme.com"))["id"].(string)
		sales := b.ask(http.MethodPost, groupsPath,
			`{"displayName":"Sales","members":[{"value":"`+ada+`"}]}`)["id"].(string)
		time.Sleep(lag)
		run(b, ada, sales)
	})
}

// ask returns the answer with its status.
func (b *bubble) ask(method, path, body string) object {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+b.token)
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	out := object{}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			b.t.Fatal(err)
		}
	}
	out["status"] = w.Code
	return out
}

// found is how many records a filter finds.
func (b *bubble) found(path, filter string) any {
	b.t.Helper()
	return b.ask(http.MethodGet, path+"?filter="+url.QueryEscape(filter), "")["totalResults"]
}

func TestLag(t *testing.T) {
	type look func(b *bubble, ada, sales string) any
	byID := func(path func(ada, sales string) string, attribute string) look {
		return func(b *bubble, ada, sales string) any {
			return b.ask(http.MethodGet, path(ada, sales), "")[attribute]
		}
	}
	user := func(ada, _ string) string { return usersPath + "/" + ada }
	group := func(_, sales string) string { return groupsPath + "/" + sales }
	members := func(path func(ada, sales string) string, attribute string) look {
		return func(b *bubble, ada, sales string) any {
			list, _ := b.ask(http.MethodGet, path(ada, sales), "")[attribute].([]any)
			return len(list)
		}
	}
	search := func(path, filter string) look {
		return func(b *bubble, _, _ string) any { return b.found(path, filter) }
	}
	tests := []struct {
		name, method  string
		path          func(ada, sales string) string
		body          string // $ada is the user
		look          look
		before, after string
	}{
		{"a creation is not found", "POST", func(string, string) string { return usersPath },
			provisioned("eve", "2", "acme.com"), search(usersPath, `userName eq "eve"`), `0`, `1`},
		{"a user keeps an attribute", "PATCH", user, `{"title":"T"}`, byID(user, "title"), `null`, `"T"`},
		{"a deactivated user is active", "PATCH", user, `{"active":false}`, byID(user, "active"), `true`, `false`},
		{"a search does so too", "PATCH", user, `{"userName":"eve"}`, search(usersPath, `userName eq "eve"`), `0`, `1`},
		{"a deleted user is there", "DELETE", user, ``, byID(user, "status"), `200`, `404`},
		{"and found", "DELETE", user, ``, search(usersPath, `userName eq "ada"`), `1`, `0`},
		{"and a member", "DELETE", user, ``, members(group, "members"), `1`, `0`},
		{"a group keeps its name", "PATCH", group, `{"displayName":"New"}`, byID(group, "displayName"), `"Sales"`, `"New"`},
		{"a user's groups keep it", "PATCH", group, `{"displayName":"New"}`,
			func(b *bubble, ada, _ string) any {
				return b.ask(http.MethodGet, usersPath+"/"+ada, "")["groups"].([]any)[1].(object)["display"]
			}, `"Sales"`, `"New"`},
		{"a removed member is there", "PATCH", group, `{"members":[{"value":"$ada","operation":"delete"}]}`,
			members(group, "members"), `1`, `0`},
		{"a user's groups have it", "PATCH", group, `{"members":[{"value":"$ada","operation":"delete"}]}`,
			members(user, "groups"), `2`, `1`},
		{"a deleted group is there", "DELETE", group, ``, byID(group, "status"), `200`, `404`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lagging(t, "", func(b *bubble, ada, sales string) {
				b.ask(tt.method, tt.path(ada, sales), strings.ReplaceAll(tt.body, "$ada", ada))
				same(t, tt.look(b, ada, sales), tt.before)
				time.Sleep(lag - time.Nanosecond)
				same(t, tt.look(b, ada, sales), tt.before)
				time.Sleep(time.Nanosecond)
				same(t, tt.look(b, ada, sales), tt.after)
			})
		})
	}
}

// Writes see what the tenant holds, and so does the control address.
func TestLagIsOfReads(t *testing.T) {
	lagging(t, "", func(b *bubble, ada, sales string) {
		eve := b.ask(http.MethodPost, usersPath, provisioned("eve", "2", "acme.com"))["id"].(string)
		same(t, b.ask(http.MethodPost, usersPath, provisioned("eve", "3", "acme.com"))["status"], `409`)
		same(t, b.ask(http.MethodGet, usersPath+"/"+eve, "")["status"], `404`)
		same(t, len(b.State().Users), `3`)
		same(t, b.ask(http.MethodPatch, groupsPath+"/"+sales, `{"members":[{"value":"`+eve+`"}]}`)["status"], `204`)
		same(t, b.ask(http.MethodPatch, usersPath+"/"+ada+"?attributes=title", `{"title":"T"}`)["title"], `"T"`)
		same(t, b.ask(http.MethodDelete, usersPath+"/"+ada, "")["status"], `204`)
		same(t, b.ask(http.MethodDelete, usersPath+"/"+ada, "")["status"], `404`)
	})
}

// Each write is hidden for its own time: reads show them one after the other.
func TestLagOfSeveralWrites(t *testing.T) {
	lagging(t, "", func(b *bubble, ada, _ string) {
		title := func() any { return b.ask(http.MethodGet, usersPath+"/"+ada, "")["title"] }
		for _, next := range []string{"1", "2"} {
			b.ask(http.MethodPatch, usersPath+"/"+ada, `{"title":"`+next+`"}`)
			time.Sleep(lag / 2)
		}
		same(t, title(), `"1"`)
		b.ask(http.MethodPatch, usersPath+"/"+ada, `{"userName":""}`) // refused, and hides nothing
		time.Sleep(lag / 2)
		same(t, title(), `"2"`)
		b.ask(http.MethodPatch, usersPath+"/"+ada, `{"title":"3"}`)
		modes := b.Modes()
		modes.Lag = 0
		if err := b.SetModes(modes); err != nil {
			t.Fatal(err)
		}
		same(t, title(), `"3"`)
	})
}

func TestLagOfSomeReads(t *testing.T) {
	for reads, want := range map[string]string{"": `[404,0]`, "ids": `[404,1]`, "lists": `[200,0]`} {
		lagging(t, reads, func(b *bubble, _, _ string) {
			eve := b.ask(http.MethodPost, usersPath, provisioned("eve", "2", "acme.com"))["id"].(string)
			seen := []any{b.ask(http.MethodGet, usersPath+"/"+eve, "")["status"], b.found(usersPath, `userName eq "eve"`)}
			same(b.t, seen, want)
		})
	}
}

package accesstest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

// asking is a tenant that is asked without a network in between.
type asking struct {
	*accesstest.Emulator
	tb      testing.TB
	handler http.Handler
	token   string
}

func ask(tb testing.TB, users int, modes accesstest.Modes) *asking {
	tb.Helper()
	e, err := accesstest.New(accesstest.Config{
		ClientID: "client", ClientSecret: "secret", Domains: []string{"acme.com"}, SeedUsers: users, Modes: modes,
	})
	if err != nil {
		tb.Fatal(err)
	}
	a := &asking{Emulator: e, tb: tb, handler: e.Handler()}
	var token struct {
		Access string `json:"access_token"`
	}
	body := a.send(http.StatusOK, http.MethodPost,
		"/SAAS/auth/oauthtoken?grant_type=client_credentials&client_id=client&client_secret=secret", "")
	if err := json.Unmarshal(body, &token); err != nil {
		tb.Fatal(err)
	}
	a.token = token.Access
	return a
}

// send returns the body of the answer, which must have the status.
func (a *asking) send(status int, method, path, body string) []byte {
	a.tb.Helper()
	r := httptest.NewRequestWithContext(a.tb.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+a.token)
	w := httptest.NewRecorder()
	a.handler.ServeHTTP(w, r)
	if w.Code != status {
		a.tb.Fatalf("%s %s: got %d %s, want %d", method, path, w.Code, w.Body, status)
	}
	return w.Body.Bytes()
}

// users returns the ids of new users.
func (a *asking) users(count int) []string {
	a.tb.Helper()
	ids := make([]string, count)
	for i := range ids {
		var err error
		if ids[i], err = a.SeedUser(object{"userName": fmt.Sprintf("member-%d", i)}); err != nil {
			a.tb.Fatal(err)
		}
	}
	return ids
}

// group returns the path of a new group.
func (a *asking) group(members []string) string {
	a.tb.Helper()
	list := []any{}
	for _, id := range members {
		list = append(list, object{"value": id})
	}
	id, err := a.SeedGroup(object{"displayName": "Sales", "members": list})
	if err != nil {
		a.tb.Fatal(err)
	}
	return groupsPath + "/" + id
}

func BenchmarkGetUser(b *testing.B) {
	a := ask(b, 1000, accesstest.Modes{})
	path := usersPath + "/" + a.users(1)[0]
	b.ReportAllocs()
	for b.Loop() {
		a.send(http.StatusOK, http.MethodGet, path, "")
	}
}

func BenchmarkListUsers(b *testing.B) {
	a := ask(b, 1000, accesstest.Modes{})
	b.ReportAllocs()
	for b.Loop() {
		a.send(http.StatusOK, http.MethodGet, usersPath+"?startIndex=401&count=100", "")
	}
}

func BenchmarkFindUser(b *testing.B) {
	for _, users := range []int{1000, 10_000} {
		b.Run(fmt.Sprint("of ", users), func(b *testing.B) {
			a := ask(b, users, accesstest.Modes{})
			path := usersPath + "?filter=" + url.QueryEscape(`userName eq "User-0999@acme.com"`)
			b.ReportAllocs()
			for b.Loop() {
				a.send(http.StatusOK, http.MethodGet, path, "")
			}
		})
	}
}

func BenchmarkPatchUser(b *testing.B) {
	for name, modes := range map[string]accesstest.Modes{"shown": {}, "hidden": {Lag: time.Second}} {
		b.Run(name, func(b *testing.B) {
			a := ask(b, 1000, modes)
			path := usersPath + "/" + a.users(1)[0]
			b.ReportAllocs()
			for b.Loop() {
				a.send(http.StatusNoContent, http.MethodPatch, path, `{"title":"T"}`)
			}
		})
	}
}

// BenchmarkGroup is of groups of some sizes: what shows no members must cost the same for all.
func BenchmarkGroup(b *testing.B) {
	for _, size := range []int{5, 500, 50_000} {
		a := ask(b, 0, accesstest.Modes{})
		ids := a.users(size)
		path, last := a.group(ids), ids[size-1]
		run := func(name string, do func()) {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					do()
				}
			})
		}
		run("get", func() { a.send(http.StatusOK, http.MethodGet, path, "") })
		run("get the name", func() { a.send(http.StatusOK, http.MethodGet, path+"?attributes=displayName", "") })
		run("patch a member", func() {
			a.send(http.StatusNoContent, http.MethodPatch, path, `{"members":[{"value":"`+last+`","operation":"delete"}]}`)
			a.send(http.StatusNoContent, http.MethodPatch, path, `{"members":[{"value":"`+last+`"}]}`)
		})
		run("patch and show the name", func() {
			a.send(http.StatusOK, http.MethodPatch, path+"?attributes=displayName", `{"members":[{"value":"`+last+`"}]}`)
		})
	}
}

// BenchmarkCreateUser bounds a creation in a tenant that grows.
func BenchmarkCreateUser(b *testing.B) {
	a := ask(b, 10_000, accesstest.Modes{})
	b.ReportAllocs()
	made := 0
	for b.Loop() {
		made++
		if _, err := a.SeedUser(object{"userName": fmt.Sprintf("bench-%d", made)}); err != nil {
			b.Fatal(err)
		}
	}
}

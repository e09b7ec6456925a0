package scim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ws1bridge/scim"
	"ws1bridge/scim/schematest"
	"ws1bridge/upstream/accesstest"
)

// TestHostileInput sends what is built to hurt. Each is answered 4xx at once,
// and the endpoint serves the next request.
func TestHostileInput(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	adaPath := usersPath + "/" + ada
	deep := func(n int) string { return strings.Repeat(`{"a":[`, n) }
	operation := `{"op":"add","path":"title","value":"x"}`
	patch := func(n int) string {
		return `{"Operations":[` + strings.Repeat(operation+",", n-1) + operation + "]}"
	}
	tests := []struct {
		name, method, path, body string
		status                   int
	}{
		{"60 MB", "POST", usersPath, `{"userName":"` + strings.Repeat("a", 60<<20) + `"}`, 413},
		{"a list of 4 million numbers", "POST", usersPath, `{"emails":[` + strings.Repeat("1,", 4<<20) + `1]}`, 413},
		{"20,000 operations", "PATCH", adaPath, patch(20_000), 400},
		{"60,000 primary values", "PATCH", adaPath, `{"Operations":[{"op":"add","path":"emails","value":[` +
			strings.Repeat(`{"value":"e","primary":true},`, 60_000) + `{}]}]}`, 400},
		{"20,000 bulk operations", "POST", bulkPath, `{"Operations":[` +
			strings.Repeat(`{"method":"DELETE","path":"/Users/x"},`, 19_999) + `{"method":"DELETE","path":"/Users/x"}]}`, 413},
		{"a million objects in one another", "POST", usersPath, deep(1 << 20), 400},
		{"20,000 objects in one another", "PATCH", adaPath, deep(20_000), 400},
		{"a number of a million digits", "POST", usersPath, `{"userName":` + strings.Repeat("9", 1<<20) + `}`, 400},
		{"a name given a thousand times", "POST", usersPath, `{` + strings.Repeat(`"a":1,`, 1000) + `"a":1}`, 400},
		{"100,000 names", "POST", usersPath, `{"a0":1` + func() string {
			var b strings.Builder
			for i := range 100_000 {
				fmt.Fprintf(&b, `,"a%d":1`, i+1)
			}
			return b.String()
		}() + "}", 400},
		{"invalid UTF-8", "POST", usersPath, "{\"userName\":\"\xc3\x28\"}", 400},
		{"half a surrogate", "POST", usersPath, `{"userName":"\ud800"}`, 400},
		{"a zero byte", "POST", usersPath, "{\"userName\":\"a\x00\"}", 400},
		{"an escaped zero byte", "PATCH", adaPath, `{"Operations":[{"op":"add","path":"title","value":"\u0000"}]}`, 400},
		{"something behind the end", "PUT", adaPath, `{"userName":"a"}]`, 400},
		{"90,000 parentheses in a filter", "POST", usersPath + "/.search",
			`{"filter":"` + strings.Repeat("(", 90_000) + `"}`, 400},
		{"90,000 parentheses in a query", "GET", usersPath + "?filter=" + strings.Repeat("(", 90_000), "", 400},
		{"90,000 brackets in a path", "PATCH", adaPath,
			`{"Operations":[{"op":"remove","path":"` + strings.Repeat("emails[", 90_000) + `"}]}`, 400},
		{"a run of replacement characters in a filter", "POST", root + "/.search",
			`{"filter":"` + strings.Repeat("\uFFFD", 100_000) + `"}`, 400},
		{"a semicolon in the query", "GET", usersPath + "?filter=userName+eq+%22a;b%22", "", 400},
		{"a stray percent sign in the query", "GET", usersPath + "?filter=userName+eq+%22%", "", 400},
		{"an id with slashes", "GET", usersPath + "/..%2F..%2FGroups", "", 404},
		{"an id of dots", "GET", usersPath + "/..", "", 404},
		{"an id of dots and slashes, unescaped", "GET", usersPath + "/../../secret", "", 404},
		{"an id with an escaped percent sign", "DELETE", usersPath + "/%252e%252e", "", 404},
		{"an id with a zero byte", "GET", usersPath + "/%00", "", 404},
		{"an id of 10,000 letters", "GET", usersPath + "/" + strings.Repeat("a", 10_000), "", 404},
		{"an id that is a query", "GET", usersPath + "/x%3Ffilter=a", "", 404},
		{"a bulk path that climbs", "POST", bulkPath,
			`{"Operations":[{"method":"DELETE","path":"/Users/../Groups/x"}]}`, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var res *http.Response
			var body []byte
			schematest.Bounded(t, tt.name, func() {
				res, body = w.raw(tt.method, tt.path, tt.body, map[string]string{"Content-Type": "application/scim+json"})
			})
			if res.StatusCode != tt.status || !strings.Contains(string(body), "urn:ietf:params:scim:api:messages:2.0:") {
				t.Errorf("answered %s %.300s, want %d", res.Status, body, tt.status)
			}
			if len(body) > 4096 {
				t.Errorf("the answer has %d bytes: %.100s", len(body), body)
			}
		})
	}
	if got := w.HeldUser(ada); got["title"] != nil {
		t.Errorf("the user was changed: %v", got)
	}
	w.Want(http.StatusOK, http.MethodGet, usersPath+"/"+ada, nil)
}

// TestManyLargeBodies checks that large bodies wait for one another, and that
// small requests do not wait for them.
func TestManyLargeBodies(t *testing.T) {
	w := newWorld(t, accesstest.Config{}, func(c *scim.Config) { c.Timeout = 500 * time.Millisecond })
	var slow sync.WaitGroup
	t.Cleanup(slow.Wait)
	for range 2 { // as many as fill the room
		body, feed := io.Pipe()
		slow.Go(func() {
			ctx := context.WithoutCancel(t.Context())
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.Bridge.URL+usersPath, body)
			if err != nil {
				t.Error(err)
				return
			}
			req.Header.Set("Authorization", "Bearer "+oktaToken)
			res, err := w.Bridge.Client().Do(req)
			if err == nil {
				_ = res.Body.Close()
			}
		})
		_, err := io.WriteString(feed, `{"userName":"`+strings.Repeat("a", 128<<10))
		must(t, err)
		t.Cleanup(func() { _ = feed.CloseWithError(errors.New("gone")) })
	}
	large := `{"userName":"` + strings.Repeat("a", 1<<20) + `"}`
	r := w.Send(http.MethodPost, usersPath, large)
	for r.Status == http.StatusBadRequest { // the two others have not taken the room yet
		r = w.Send(http.MethodPost, usersPath, large)
	}
	if r.Status != http.StatusTooManyRequests || !strings.Contains(r.Detail(), "large requests") {
		t.Errorf("detail is %q", r.Detail())
	}
	w.CreateUser("ada@acme.com")
	// Nor do those whose length is not told.
	small, err := json.Marshal(user("grace@acme.com", "ext-grace"))
	must(t, err)
	w.Want(http.StatusCreated, http.MethodPost, usersPath, io.MultiReader(bytes.NewReader(small)))
}

// TestCallersThatLeave checks that a caller who hangs up in the middle of a body
// leaves nothing behind; goleak watches over the goroutines.
func TestCallersThatLeave(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	authorized := " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + oktaToken + "\r\n"
	for _, head := range []string{
		"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\n",
		"POST /scim/v2/Users" + authorized + "Content-Length: 1000\r\n\r\n{\"userName\":",
		"POST /scim/v2/Bulk" + authorized + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"Ope",
	} {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(w.Bridge.URL, "http://"))
		must(t, err)
		_, err = io.WriteString(conn, head)
		must(t, err)
		must(t, conn.Close())
	}
	w.CreateUser("ada@acme.com")
	if users := len(w.Access.State().Users); users != 2 { // and the administrator
		t.Errorf("Access holds %d users", users)
	}
}

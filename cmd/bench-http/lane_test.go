package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestBodies checks that the bodies with a number are JSON, and that the number is all
// that differs.
func TestBodies(t *testing.T) {
	for _, body := range []string{oktaUser, accessUser} {
		var u user
		if err := json.Unmarshal([]byte(numbered(body, 7)), &u); err != nil || u.UserName != "person0000000007@acme.com" {
			t.Errorf("%q, %v", u.UserName, err)
		}
		at := places([]byte(body))
		if len(at) != strings.Count(body, mark) || len(at) == 0 {
			t.Fatalf("the numbers are at %v", at)
		}
		written := []byte(body)
		for _, i := range at {
			putNumber(written[i:i+len(mark)], 7)
		}
		if string(written) != numbered(body, 7) {
			t.Errorf("got %s", written)
		}
	}
}

// TestLane sends operations through the proxy, to a server that notes them.
func TestLane(t *testing.T) {
	seen := make(chan string, 2)
	access := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen <- r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization") + " " + string(body)
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id":"1"}`)
	}))
	defer access.Close()
	to, err := url.Parse(access.URL)
	if err != nil {
		t.Fatal(err)
	}
	between := httptest.NewServer(newProxy(to))
	defer between.Close()

	s := &stage{world: &world{kind: proxy, base: between.URL + scimPath, token: "secret"}}
	l, err := newLane(t.Context(), s, 0, create("n="+mark))
	if err != nil {
		t.Fatal(err)
	}
	defer l.transport.CloseIdleConnections()
	for l.turn < 2 {
		if err := l.send(l.operations[0][0]); err != nil {
			t.Fatal(err)
		}
		want := "POST " + scimPath + "/Users Bearer secret n=" + digits(lanesApart+l.turn)
		if got := <-seen; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		l.turn++
	}
}

// TestLaneFails checks that what is not expected ends a run, with the body.
func TestLaneFails(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/conflict" {
			w.WriteHeader(http.StatusConflict)
		}
		_, _ = io.WriteString(w, "somebody else")
	}))
	defer target.Close()
	for name, path := range map[string]string{
		"another status": "/conflict", "an answer without what it must hold": "/other",
	} {
		t.Run(name, func(t *testing.T) {
			work := func(context.Context, *stage, int) ([][]request, error) { return get(path, "Ada"), nil }
			l, err := newLane(t.Context(), &stage{world: &world{kind: bridge, base: target.URL}}, 0, work)
			if err != nil {
				t.Fatal(err)
			}
			defer l.transport.CloseIdleConnections()
			err = runAll(t.Context(), []*lane{l}, time.Minute)
			if err == nil || !strings.Contains(err.Error(), "somebody else") {
				t.Errorf("got %v", err)
			}
		})
	}
}

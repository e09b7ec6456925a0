// Package history shows what the journal of a bridge remembers: over the ops address of a
// running one, and on a terminal.
package history

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"ws1bridge/auth/loopback"
	"ws1bridge/scim/journal"
)

// Path is where the ops address has the records, as JSON.
const Path = "/journal"

// page is what stands there.
type page struct {
	Records []journal.Record `json:"records"`
}

// failure is what stands there where the records do not.
type failure struct {
	Error string `json:"error"`
}

// errPublic is what whoever asks an address that others reach is told: names of people
// stand in the journal.
const errPublic = "the journal holds personal data, and ops_listen can be reached from other machines, or the " +
	"console is made for them: let ops_listen be an address of loopback, such as 127.0.0.1:9090, without " +
	"console.token_sha256 and console.oidc, or set journal.url, so that ws1bridge history reads the database"

// OnMachine answers nobody but those on the machine. isPrivate reports whether nobody else
// reaches the address that it is served at; others are told why not.
func OnMachine(isPrivate func() bool, whyNot string, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "application/json")
		// A name of another machine that leads here is what a page in a browser would ask by, and
		// browsers say that they ask for a page.
		if !isPrivate() || !loopback.Is(r.Host) || r.Header.Get("Sec-Fetch-Site") == "cross-site" {
			answer(w, http.StatusForbidden, failure{whyNot})
			return
		}
		next(w, r)
	})
}

// Handler answers queries of the journal to whoever is on the machine.
func Handler(j *journal.Journal, isPrivate func() bool) http.Handler {
	return OnMachine(isPrivate, errPublic, func(w http.ResponseWriter, r *http.Request) {
		q, err := parse(r.URL.Query())
		if err != nil {
			answer(w, http.StatusBadRequest, failure{err.Error()})
			return
		}
		found, err := j.Find(r.Context(), q)
		if err != nil {
			answer(w, http.StatusServiceUnavailable, failure{"the journal cannot be read: " + err.Error()})
			return
		}
		if found == nil {
			found = []journal.Record{}
		}
		answer(w, http.StatusOK, page{found})
	})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller has gone: nobody is left to tell
}

// parse reads a query.
func parse(v url.Values) (q journal.Query, err error) {
	q.About, q.After, q.Before = v.Get("about"), v.Get("after"), v.Get("before")
	if s := v.Get("failed"); s != "" {
		if q.Failed, err = strconv.ParseBool(s); err != nil {
			return q, fmt.Errorf("failed is true or false")
		}
	}
	if s := v.Get("since"); s != "" {
		if q.Since, err = time.Parse(time.RFC3339Nano, s); err != nil {
			return q, fmt.Errorf("since is a time such as 2026-03-02T08:00:14Z")
		}
	}
	if s := v.Get("limit"); s != "" {
		if q.Limit, err = strconv.Atoi(s); err != nil || q.Limit < 1 {
			return q, fmt.Errorf("limit is a whole number from 1")
		}
	}
	return q, nil
}

// encode is the form that parse reads.
func encode(q journal.Query) string {
	v := url.Values{}
	for name, value := range map[string]string{"about": q.About, "after": q.After, "before": q.Before} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.Failed {
		v.Set("failed", "true")
	}
	if !q.Since.IsZero() {
		v.Set("since", q.Since.Format(time.RFC3339Nano))
	}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	return v.Encode()
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		want        time.Duration
		fails       bool
	}{
		{"seconds", "3", 3 * time.Second, false},
		{"at once", "0", 0, false},
		{"none is an error", "", 0, true},
		{"a date is an error", "Wed, 21 Oct 2015 07:28:00 GMT", 0, true},
		{"less than nothing is an error", "-1", 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := retryAfter(http.Header{"Retry-After": {tt.value}})
			if got != tt.want || (err != nil) != tt.fails {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

// TestPushRepeats has a bridge answer 429 at first.
func TestPushRepeats(t *testing.T) {
	var calls atomic.Int64
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		switch n := calls.Add(1); {
		case n <= 2:
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		case n == 3:
			w.WriteHeader(http.StatusCreated)
		default:
			w.WriteHeader(http.StatusConflict)
		}
	}))
	defer target.Close()
	o := newOkta(&world{kind: bridge, base: target.URL}, 1)
	defer o.transport.CloseIdleConnections()
	if _, err := o.push(t.Context(), http.MethodPost, "/Users", "{}", http.StatusCreated); err != nil {
		t.Error(err)
	}
	if o.repeated.Load() != 2 {
		t.Errorf("%d repetitions, want 2", o.repeated.Load())
	}
	if _, err := o.push(t.Context(), http.MethodPost, "/Users", "{}", http.StatusCreated); err == nil {
		t.Error("a conflict is no failure")
	}
}

// TestEach checks that jobs share the work, each thing once.
func TestEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n, jobs = 10, 4
		var done [n]atomic.Int64
		start := time.Now()
		err := newOkta(nil, jobs).each(t.Context(), n, func(ctx context.Context, i int) error {
			done[i].Add(1)
			return sleep(ctx, time.Second)
		})
		if err != nil {
			t.Error(err)
		}
		for i := range done {
			if done[i].Load() != 1 {
				t.Errorf("%d was done %d times", i, done[i].Load())
			}
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("it took %v, want 3s", took)
		}
	})
}

// TestEachFails checks that a failure ends what is under way, and is the error.
func TestEachFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		err := newOkta(nil, 2).each(t.Context(), 100, func(ctx context.Context, i int) error {
			if i == 1 {
				return broken
			}
			return sleep(ctx, time.Hour)
		})
		if !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	})
}

// TestOrgs checks that each job has as much to do as in any other org.
func TestOrgs(t *testing.T) {
	const want = "[{1 625 12 500} {4 2500 50 500} {16 10000 200 500}]"
	if got := fmt.Sprint(orgs(1)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := orgs(.0001)[0]; got != (org{1, 1, 1, 1}) {
		t.Errorf("the smallest org is %v", got)
	}
}

func TestLoadCells(t *testing.T) {
	users := cost{elapsed: 130 * time.Second, requests: 20_000, cpu: 9 * time.Second, emulator: time.Second,
		memory: 64 << 20}
	groups := cost{elapsed: 20 * time.Second, requests: 1_200, cpu: 500 * time.Millisecond, memory: 63 << 20}
	r := loadResult{users.plus(groups), "both", 16, 100 * time.Millisecond, 3}
	const want = "both 16 150.0 21200 132.5 88.3 % 3 9.5 1.0 64"
	if got := strings.Join(r.cells(), " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(r.cells()) != len(loadColumns()) {
		t.Error("the table has other columns")
	}
}

func TestOktaGroup(t *testing.T) {
	var g struct {
		Members []struct{ Value, Display string } `json:"members"`
	}
	err := json.Unmarshal([]byte(oktaGroup("Team", []user{{"1", "ada@acme.com"}})), &g)
	if err != nil || len(g.Members) != 1 || g.Members[0].Value != "1" || g.Members[0].Display != "ada@acme.com" {
		t.Errorf("%v, %v", g, err)
	}
}

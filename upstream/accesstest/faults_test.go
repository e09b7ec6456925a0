package accesstest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

func TestFaults(t *testing.T) {
	tests := []struct {
		name    string
		fault   accesstest.Fault
		status  int    // 0 = the connection is cut
		body    string // part of it; "-" = empty, "cut" = half of one
		created bool
	}{
		{name: "refused", fault: accesstest.Fault{Status: 503}, status: 503, body: `"errors":[{"code"`},
		{name: "applied and refused", fault: accesstest.Fault{Status: 503, Apply: true}, status: 503, body: `"errors"`,
			created: true},
		{name: "cut", fault: accesstest.Fault{Drop: true}},
		{name: "applied and cut", fault: accesstest.Fault{Drop: true, Apply: true}, created: true},
		{name: "a page of a proxy", fault: accesstest.Fault{Status: 502, Body: "html"}, status: 502,
			body: "<h1>502 Bad Gateway</h1>"},
		{name: "nothing", fault: accesstest.Fault{Status: 500, Body: "empty"}, status: 500, body: "-"},
		{name: "success without a body", fault: accesstest.Fault{Status: 200, Apply: true}, status: 200, body: "-",
			created: true},
		{name: "success that is a page", fault: accesstest.Fault{Status: 200, Body: "html"}, status: 200, body: "<html>"},
		{name: "half an error", fault: accesstest.Fault{Status: 500, Body: "truncated"}, status: 500, body: "cut"},
		{name: "half a success", fault: accesstest.Fault{Status: 201, Body: "truncated", Apply: true}, status: 201,
			body: "cut", created: true},
		{name: "half of the real answer", fault: accesstest.Fault{Body: "truncated"}, status: 201, body: "cut",
			created: true},
		{name: "nothing of the real answer", fault: accesstest.Fault{Body: "empty"}, status: 201, body: "-", created: true},
		{name: "a delay alone is served", fault: accesstest.Fault{Delay: time.Millisecond}, status: 201,
			body: `"userName":"x"`, created: true},
		{name: "a delay and a refusal", fault: accesstest.Fault{Delay: time.Millisecond, Status: 504}, status: 504,
			body: `"errors"`},
		{name: "another method is not struck", fault: accesstest.Fault{Method: "PATCH", Status: 500}, status: 201,
			body: `"id"`, created: true},
		{name: "another path is not struck", fault: accesstest.Fault{Path: groupsPath, Status: 500}, status: 201,
			body: `"id"`, created: true},
		{name: "method and path match", fault: accesstest.Fault{Method: "post", Path: api + "/scim", Status: 500},
			status: 500, body: `"errors"`},
		{name: "the content type is replaced", fault: accesstest.Fault{Status: 429, ContentType: "text/plain"}, status: 429,
			body: `"errors"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{})
			tn.AddFault(tt.fault)
			got := tn.send(http.MethodPost, usersPath, `{"userName":"x"}`)
			created := len(tn.State().Users) == 2
			if got.status != tt.status || created != tt.created {
				t.Errorf("got status %d, created %t, want %d, %t", got.status, created, tt.status, tt.created)
			}
			switch {
			case tt.status == 0:
				if got.err == nil {
					t.Error("the connection was not cut")
				}
			case tt.body == "cut":
				if got.err == nil || got.body == "" {
					t.Errorf("got body %q, error %v, want half a body", got.body, got.err)
				}
			case got.err != nil || tt.body == "-" && got.body != "" || tt.body != "-" && !strings.Contains(got.body, tt.body):
				t.Errorf("got body %q, error %v, want %q", got.body, got.err, tt.body)
			}
			if ct := tt.fault.ContentType; ct != "" && got.header.Get("Content-Type") != ct {
				t.Errorf("got type %q, want %q", got.header.Get("Content-Type"), ct)
			}
			history := tn.Requests()
			if len(history) != 1 || history[0].Status != tt.status || history[0].Path != usersPath {
				t.Errorf("history %+v, want the request with status %d", history, tt.status)
			}
		})
	}
}

func TestFaultOrderAndCount(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tn.AddFault(accesstest.Fault{Status: 503, RetryAfter: 7, Count: 2})
	tn.AddFault(accesstest.Fault{Status: 500, Path: usersPath})
	var got []int
	for range 3 {
		r := tn.send(http.MethodGet, usersPath, "")
		got = append(got, r.status)
		if want := map[bool]string{true: "7"}[r.status == 503]; r.header.Get("Retry-After") != want {
			t.Errorf("Retry-After %q, want %q", r.header.Get("Retry-After"), want)
		}
	}
	same(t, got, `[503,503,500]`)
	if faults := tn.Faults(); len(faults) != 1 || faults[0].ID != "fault-2" || faults[0].Probability != 1 {
		t.Errorf("faults left: %+v", faults)
	}
	tn.ClearFaults()
	tn.want(http.StatusOK, http.MethodGet, usersPath, "")

	tn.AddFault(accesstest.Fault{Path: "/SAAS/auth/oauthtoken", Status: 502})
	tn.want(http.StatusBadGateway, http.MethodPost, "/SAAS/auth/oauthtoken", "")
}

func TestFaultSkipsRequests(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tn.AddFault(accesstest.Fault{Method: http.MethodGet, Path: usersPath, Status: 503, Skip: 2, Count: 2})
	tn.AddFault(accesstest.Fault{Path: groupsPath, Status: 500})
	tn.want(http.StatusInternalServerError, http.MethodGet, groupsPath, "") // matches the second alone
	var got []int
	for range 5 {
		got = append(got, tn.send(http.MethodGet, usersPath, "").status)
	}
	same(t, got, `[200,200,503,503,200]`)

	tn.ClearFaults()
	tn.AddFault(accesstest.Fault{Status: 503, Skip: 1})
	tn.AddFault(accesstest.Fault{Status: 500})
	tn.want(http.StatusInternalServerError, http.MethodGet, usersPath, "") // what one lets pass, the next may strike
	same(t, tn.Faults()[0].Skip, `0`)
	tn.want(http.StatusServiceUnavailable, http.MethodGet, usersPath, "")
}

// An answer that is held was made before: what the client does next finds the change.
func TestAppliedChangeIsThereWhileItsAnswerIsHeld(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tn.AddFault(accesstest.Fault{Method: http.MethodPost, Delay: 100 * time.Millisecond, Apply: true})
	answered := make(chan result, 1)
	go func() { answered <- tn.send(http.MethodPost, usersPath, `{"userName":"x"}`) }()
	for len(tn.State().Users) != 2 {
		time.Sleep(time.Millisecond)
	}
	select {
	case <-answered:
		t.Error("the answer was not held")
	default:
	}
	if got := <-answered; got.status != http.StatusCreated {
		t.Errorf("got %d (%v), want 201", got.status, got.err)
	}
}

func TestFaultProbabilityIsSeeded(t *testing.T) {
	run := func(seed uint64) (out []int) {
		tn := start(t, accesstest.Config{Seed: seed})
		tn.AddFault(accesstest.Fault{Status: 500, Probability: 0.5, Path: usersPath})
		for range 40 {
			out = append(out, tn.send(http.MethodGet, usersPath+"?count=1", "").status)
		}
		return out
	}
	first := text(t, run(1))
	if again := text(t, run(1)); again != first {
		t.Errorf("the same seed gave %s and %s", first, again)
	}
	if other := text(t, run(2)); other == first || !strings.Contains(first, "500") || !strings.Contains(first, "200") {
		t.Errorf("seeds gave %s and %s", first, other)
	}
}

func TestDelayEndsWhenTheClientLeaves(t *testing.T) {
	for name, apply := range map[string]bool{"and nothing is done": false, "and an applied change is made": true} {
		t.Run(name, func(t *testing.T) {
			tn := start(t, accesstest.Config{})
			tn.AddFault(accesstest.Fault{Method: http.MethodPost, Delay: time.Hour, Apply: apply})
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, tn.URL+usersPath, strings.NewReader(`{"userName":"x"}`))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+tn.token)
			if _, err := http.DefaultClient.Do(r); err == nil {
				t.Fatal("the request was answered")
			}
			for deadline := time.Now().Add(5 * time.Second); tn.RequestTotal() == 0; time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the request is still held")
				}
			}
			if got := len(tn.State().Users) == 2; got != apply {
				t.Errorf("created %t, want %t", got, apply)
			}
		})
	}
}

func TestLatency(t *testing.T) {
	tn := start(t, accesstest.Config{Latency: 20 * time.Millisecond})
	begin := time.Now()
	tn.want(http.StatusOK, http.MethodGet, usersPath, "")
	if took := time.Since(begin); took < 20*time.Millisecond {
		t.Errorf("took %v, want at least 20ms", took)
	}
}

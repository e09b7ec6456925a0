package upstream_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// Trouble with single records is no outage of Access: the others are served.
func TestTroubleWithRecordsIsNoOutage(t *testing.T) {
	for name, fault := range map[string]accesstest.Fault{
		"an error":                {Status: http.StatusInternalServerError},
		"a page":                  {Status: http.StatusOK, Body: "html"},
		"an answer without an id": {Body: "noid"},
	} {
		t.Run(name, func(t *testing.T) {
			before, access := start(t, accesstest.Config{})
			var opened bool
			c := newClientFrom(t, access, upstream.Config{Domains: []string{domain},
				Resilience: upstream.Resilience{FirstPause: time.Millisecond},
				OnCircuit:  func(open bool) { opened = opened || open }})
			healthy := create(t, before, "healthy")
			for i := range 8 {
				fault.Path = scimPath + "/Users/" + create(t, before, fmt.Sprintf("user-%d", i)).ID
				access.AddFault(fault)
			}
			for _, f := range access.Faults() {
				id := f.Path[len(scimPath+"/Users/"):]
				if _, err := c.User(t.Context(), id); !errors.Is(err, upstream.ErrUnavailable) {
					t.Errorf("a user in trouble: error = %v, want unavailable", err)
				}
				if _, err := c.User(t.Context(), healthy.ID); err != nil {
					t.Fatalf("a healthy user: %v", err)
				}
			}
			for _, f := range access.Faults() { // none that goes well in between
				_, _ = c.User(t.Context(), f.Path[len(scimPath+"/Users/"):])
			}
			if _, err := c.User(t.Context(), healthy.ID); err != nil || opened {
				t.Errorf("a healthy user: %v; the circuit opened: %t", err, opened)
			}
		})
	}
}

// Where everything fails, requests for records open the circuit too.
func TestOutageOfRecordsOpensTheCircuit(t *testing.T) {
	before, access := start(t, accesstest.Config{})
	var opened bool
	c := newClientFrom(t, access, upstream.Config{Domains: []string{domain},
		Resilience: upstream.Resilience{FirstPause: time.Millisecond, BreakFor: time.Hour},
		OnCircuit:  func(open bool) { opened = open }})
	ada := create(t, before, "ada")
	access.AddFault(fault(http.StatusServiceUnavailable))
	for range 2 {
		_, _ = c.User(t.Context(), ada.ID)
	}
	if _, err := c.User(t.Context(), ada.ID); !errors.Is(err, upstream.ErrCircuitOpen) || !opened {
		t.Errorf("error = %v, opened %t; want an open circuit", err, opened)
	}
}

// A caller without time says nothing of Access.
func TestDeadlinesOfCallersOpenNoCircuit(t *testing.T) {
	_, access := start(t, accesstest.Config{})
	var opened bool
	c := newClientFrom(t, access, upstream.Config{Domains: []string{domain},
		Resilience: upstream.Resilience{BreakAfter: 2}, OnCircuit: func(open bool) { opened = opened || open }})
	if err := c.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	access.AddFault(accesstest.Fault{Delay: time.Minute})
	for range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		_, err := c.FindUsers(ctx, upstream.ByUserName, "ada")
		cancel()
		if !errors.Is(err, upstream.ErrUnavailable) {
			t.Errorf("error = %v, want unavailable", err)
		}
	}
	access.ClearFaults()
	if err := c.Ready(t.Context()); err != nil || opened {
		t.Errorf("afterwards: %v; the circuit opened: %t", err, opened)
	}
}

// An answer that changes the protocol never ends: it must give its place back.
func TestChangesOfProtocolTakeNoPlace(t *testing.T) {
	_, access := start(t, accesstest.Config{})
	c := newClientFrom(t, access, upstream.Config{Domains: []string{domain},
		Resilience: upstream.Resilience{Attempts: 1, Concurrency: 2, BreakAfter: 1 << 20}})
	access.AddFault(accesstest.Fault{Status: http.StatusSwitchingProtocols, Path: scimPath})
	for range 5 {
		if _, err := c.FindUsers(t.Context(), upstream.ByUserName, "ada"); !errors.Is(err, upstream.ErrUnavailable) {
			t.Errorf("error = %v, want unavailable", err)
		}
		if _, err := c.CreateUser(t.Context(), domain, attributes("ada")); !errors.Is(err, upstream.ErrUnavailable) {
			t.Errorf("a creation: error = %v, want unavailable", err)
		}
	}
	access.ClearFaults()
	if err := c.Ready(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// What lasts until somebody acts opens no circuit, whose message is to wait.
func TestWhatLastsOpensNoCircuit(t *testing.T) {
	for _, f := range []accesstest.Fault{
		{Status: http.StatusForbidden, Body: "html"}, {Status: http.StatusNotImplemented},
		{Status: http.StatusFound}, {Status: http.StatusProxyAuthRequired}, {Status: http.StatusNotFound},
	} {
		_, access := start(t, accesstest.Config{})
		c := newClientFrom(t, access, upstream.Config{Domains: []string{domain}})
		f.Path = scimPath
		access.AddFault(f)
		for range 10 {
			_, err := c.FindUsers(t.Context(), upstream.ByUserName, "ada")
			if e, ok := errors.AsType[*upstream.Error](err); !ok || e.Status != f.Status {
				t.Errorf("%d: error = %v, want the answer each time", f.Status, err)
			}
		}
		if n := requests(access, ""); n != 10 {
			t.Errorf("%d: %d requests were sent, want no repetition", f.Status, n)
		}
	}
}

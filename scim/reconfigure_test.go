package scim_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"ws1bridge/scim"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream/accesstest"
)

// with is the world with a bridge that was configured otherwise, and takes over.
func (w *world) with(change func(*scim.Config)) *world { return &world{w.With(change)} }

// titlesAreNames has titles become the attribute that nickNames are otherwise.
func titlesAreNames(t *testing.T) func(*scim.Config) {
	t.Helper()
	translator, err := translate.New(translate.Config{DefaultDomain: domain, Attributes: []translate.Attribute{
		{SCIM: "nickName", Off: true}, {SCIM: "title", Off: true}, {SCIM: "title", Access: "nickName"}}})
	must(t, err)
	return func(cfg *scim.Config) { cfg.Translator = translator }
}

// A request that is under way is done by the table with which it came, to its end.
func TestRequestsKeepTheirConfiguration(t *testing.T) {
	old := newWorld(t, accesstest.Config{})
	ada := old.CreateUser("ada@acme.com")
	const held = 300 * time.Millisecond
	old.Access.AddFault(accesstest.Fault{Method: http.MethodGet, Path: accessAPI, Delay: held, Count: 1})
	answered := make(chan map[string]any)
	go func() {
		answered <- old.Send(http.MethodPatch, usersPath+"/"+ada, set("title", "Countess")).Body
	}()
	old.awaitStrike(t)
	w := old.with(titlesAreNames(t))
	grace := w.CreateUser("grace@acme.com")
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+grace, set("title", "Admiral"))
	if body := <-answered; body["title"] != "Countess" {
		t.Errorf("the request under way was answered with %v", body)
	}
	if a, g := w.HeldUser(ada), w.HeldUser(grace); a["title"] != "Countess" || a["nickName"] != nil ||
		g["nickName"] != "Admiral" || g["title"] != nil {
		t.Errorf("Access holds %v and %v", a, g)
	}
}

// awaitStrike waits until the one fault holds a request.
func (w *world) awaitStrike(t *testing.T) {
	t.Helper()
	for began := time.Now(); len(w.Access.Faults()) > 0; time.Sleep(time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatal("no request came to Access")
		}
	}
}

// The next configuration takes over what was left in doubt, so that the repetition of a
// push is recognized.
func TestDoubtsOutliveAConfiguration(t *testing.T) {
	old := newWorld(t, accesstest.Config{})
	ids := old.People(2)
	old.loseOnce(http.MethodPost, accessAPI+"/scim/Groups")
	old.Access.AddFault(accesstest.Fault{Path: accessAPI + "/scim/Groups", Status: http.StatusServiceUnavailable})
	old.Want(http.StatusTooManyRequests, http.MethodPost, groupsPath, group("Sales", ids...))
	old.Access.ClearFaults()
	old.with(func(*scim.Config) {}).Want(http.StatusCreated, http.MethodPost, groupsPath, group("Sales", ids...))
	old.WantHeld("Sales", ids...)
}

// Whoever drains one, drains both, and each request is counted with the others.
func TestConfigurationsDrainTogether(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	old := newWorld(t, accesstest.Config{}, func(cfg *scim.Config) { cfg.Registerer = registry })
	const held = 300 * time.Millisecond
	old.Access.AddFault(accesstest.Fault{Method: http.MethodPost, Path: accessAPI, Delay: held, Count: 1})
	answered := make(chan int)
	go func() {
		answered <- old.Send(http.MethodPost, usersPath, user("ada@acme.com", "00u1")).Status
	}()
	old.awaitStrike(t)
	w := old.with(func(*scim.Config) {})
	soon, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := w.Handler.Drain(soon); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("drained with a request of the other under way: %v", err)
	}
	old.Want(http.StatusTooManyRequests, http.MethodGet, usersPath, nil)
	if status := <-answered; status != http.StatusCreated {
		t.Errorf("the request under way was answered %d", status)
	}
	if err := w.Handler.Drain(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWithRefusesABadConfiguration(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	cfg := w.Handler.Config
	cfg.GroupDomain = ""
	if _, err := w.Handler.With(cfg); err == nil {
		t.Error("a configuration without a domain of groups is taken")
	}
	w.CreateUser("ada@acme.com") // the old one is there
}

package main

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// load pushes people to a bridge, each with a title, until it is stopped.
type load struct {
	mounted *mounted
	token   atomic.Pointer[string]
	stopped atomic.Bool
	people  atomic.Int32
	workers sync.WaitGroup
}

func (m *mounted) load(t *testing.T, workers int) *load {
	t.Helper()
	l := &load{mounted: m}
	l.token.Store(&m.okta.Token)
	for range workers {
		l.workers.Go(func() {
			for !l.stopped.Load() {
				l.person(t)
			}
		})
	}
	t.Cleanup(l.stop)
	return l
}

// stop ends the load, after the pushes that are under way.
func (l *load) stop() { l.stopped.Store(true); l.workers.Wait() }

// person pushes somebody and then their title, and wants it to be taken.
func (l *load) person(t *testing.T) {
	t.Helper()
	name := fmt.Sprintf("person-%d@acme.com", l.people.Add(1))
	c := okta.Client{Base: l.mounted.okta.Base, Token: *l.token.Load()}
	created, err := c.Send(t.Context(), http.MethodPost, "/Users", okta.User(name, "Ada", "Lovelace", "00u-"+name))
	if err != nil || created.Status != http.StatusCreated {
		t.Errorf("the creation of %s was answered %d %v, %v", name, created.Status, created.Body, err)
		l.stopped.Store(true)
		return
	}
	changed, err := c.Send(t.Context(), http.MethodPatch, "/Users/"+created.ID(),
		okta.Patch(okta.Replace(okta.Object{"title": "Countess"})))
	if err != nil || changed.Status != http.StatusOK {
		t.Errorf("the change of %s was answered %d %v, %v", name, changed.Status, changed.Body, err)
		l.stopped.Store(true)
	}
}

// awaitMore waits until the load has pushed some more.
func (l *load) awaitMore(t *testing.T) {
	t.Helper()
	for began, from := time.Now(), l.people.Load(); l.people.Load() < from+20; time.Sleep(time.Millisecond) {
		if l.stopped.Load() || time.Since(began) > cmdtest.Patience {
			t.Fatal("the load came to a stop")
		}
	}
}

// Tokens of Okta, the client's secret and the table are changed under load: nobody is
// turned away, and no push is translated half by one table and half by the other.
func TestRotationUnderLoad(t *testing.T) {
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	m := mount(t, accesstest.Config{})
	l := m.load(t, 4)
	reloads, token := 0, cmdtest.Token
	reloaded := func() {
		t.Helper()
		reloads++
		m.awaitReloads(t, reloads)
		l.awaitMore(t)
	}
	for round := range rounds {
		next := fmt.Sprintf("token-of-round-%d-of-okta", round)
		m.put(t, "tokens", token+"\n"+next)
		reloaded()
		l.token.Store(&next)
		l.awaitMore(t)
		m.put(t, "tokens", next)
		token = next
		reloaded()

		secret := fmt.Sprint("secret of round ", round)
		m.access.RotateSecret(secret)
		m.put(t, "secret", secret)
		reloaded()
		m.access.RevokeTokens()
		l.awaitMore(t)

		m.configure(t, []string{titlesAreNickNames, `"attributes": []`}[round%2])
		reloaded()
		m.put(t, "config.yaml", "a mistake")
		reloaded()
		m.configure(t, []string{titlesAreNickNames, `"attributes": []`}[round%2])
		reloaded()
	}
	l.stop()
	checkTitles(t, m.access.State().Users)
	t.Logf("%d people were pushed while the configuration was read %d times", l.people.Load(), reloads)
}

const titlesAreNickNames = `"attributes": [{"scim": "nickName", "off": true}, {"scim": "title", "off": true},
	{"scim": "title", "access": "nickName"}]`

// checkTitles wants everybody to have one title: where it is written depends on the table.
func checkTitles(t *testing.T, users []map[string]any) {
	t.Helper()
	titles, nickNames := 0, 0
	for _, u := range users {
		title, nickName := u["title"] == "Countess", u["nickName"] == "Countess"
		if u["userName"] != "admin" && title == nickName {
			t.Errorf("Access holds %v, with two titles or none", u)
		}
		if title {
			titles++
		} else {
			nickNames++
		}
	}
	if titles == 0 || nickNames < 2 {
		t.Errorf("%d were written by one table and %d by the other", titles, nickNames)
	}
}

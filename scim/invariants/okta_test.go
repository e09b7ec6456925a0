package invariants

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// okta pushes as Okta does, and believes what it is told.
type okta struct {
	lab    *lab
	ledger *ledger
	seeded []string // ids of users that it did not make
	pause  time.Duration
	old    bool // it speaks SCIM 1.1

	refusals  int    // since they were last counted
	onRefusal func() // may be nil
}

// newOkta comes to a tenant that has users and a group already.
func newOkta(w *lab) *okta {
	w.T.Helper()
	o := &okta{lab: w}
	for _, u := range w.Access.State().Users {
		if strings.HasPrefix(text(u, "userName"), "user-") {
			o.seeded = append(o.seeded, text(u, "id"))
		}
	}
	o.ledger = newLedger(w.Access.State())
	o.do(createGroup("create a group before Okta comes", "legacy", "Legacy", func(*ledger) map[string]bool {
		return set(o.seeded[:1])
	}))
	o.ledger = newLedger(w.Access.State())
	return o
}

// maxTries bounds how often Okta repeats a push; the real one stops at ten.
const maxTries = 60

// do makes the push of a step and repeats it as long as it is asked to.
func (o *okta) do(step pushes) push {
	t := o.lab.T
	t.Helper()
	p := step(o.ledger)
	for range maxTries {
		r := o.send(p)
		if r.Status == http.StatusTooManyRequests {
			o.refusals++
			o.wantRetry(p, r)
			if o.onRefusal != nil {
				o.onRefusal()
			}
			time.Sleep(o.pause)
			continue
		}
		if r.Status != p.status {
			t.Fatalf("%s: answered %d %.300s after %d refusals, want %d", p.name, r.Status, r.Raw, o.refusals, p.status)
		}
		if problem := p.acknowledged(r); problem != "" {
			t.Errorf("%s: %s (after %d refusals)", p.name, problem, o.refusals)
		}
		return p
	}
	t.Fatalf("%s: still refused after %d tries", p.name, maxTries)
	return p
}

// send ends the tests where the bridge never answers, and says which of them waits.
func (o *okta) send(p push) response {
	o.lab.T.Helper()
	stalled := time.AfterFunc(time.Minute, func() {
		panic(fmt.Sprintf("%s: %s: no answer for a minute", o.lab.T.Name(), p.name))
	})
	defer stalled.Stop()
	if o.old {
		return o.lab.SendOld(p.method, p.path, p.body)
	}
	return o.lab.Send(p.method, p.path, p.body)
}

// wantRetry checks an answer of 429: its form, and that nothing but the record
// in question may have changed.
func (o *okta) wantRetry(p push, r response) {
	t := o.lab.T
	t.Helper()
	o.lab.WantError(r)
	if seconds, err := strconv.Atoi(r.Header.Get("Retry-After")); err != nil || seconds < 1 {
		t.Errorf("%s: Retry-After is %q, want whole seconds", p.name, r.Header.Get("Retry-After"))
	}
	o.compare(p, p.about)
}

// compare compares what Okta was told with what Access holds.
func (o *okta) compare(p push, about pending) {
	t := o.lab.T
	t.Helper()
	if problems := o.ledger.problems(o.lab.Access.State(), about); len(problems) > 0 {
		t.Fatalf("%s: after %d refusals\n\t%s", p.name, o.refusals, strings.Join(problems, "\n\t"))
	}
}

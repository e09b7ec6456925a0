package endurance

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/scim/scimtest"
)

// org is an Okta org of the tests. It pushes as Okta does: what was answered 429,
// or not at all, it sends again until it is acknowledged.
type org struct {
	client okta.Client
	http   *http.Client
	// second is what a second of Retry-After is worth.
	second time.Duration
	// crashes says that requests may find no answer: the bridge is killed.
	crashes bool
	// limit is how many requests are made in all, not counting repetitions; 0
	// means until the workers are stopped.
	limit int64
	// pause is between two requests of a worker, not counting repetitions.
	pause time.Duration

	// bilingual says that every other request is made in SCIM 1.1, as by Okta's own app.
	bilingual bool

	// copies says that several bridges answer, so that for some seconds one may show what
	// another one has changed since.
	copies bool

	spoken                                                atomic.Int64
	requests, writes, outdated, throttled, broken, linked atomic.Int64

	// up is held by each request from its sending to the conclusions that are
	// drawn from the answer, so that whoever locks it finds no request under way.
	up sync.RWMutex

	mu       sync.Mutex // guards the fields below
	problems []string
	statuses map[int]int64 // what was answered, 0 for nothing
}

func newOrg(t *testing.T, main string) *org {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &org{
		client: okta.Client{Base: main + "/scim/v2", Token: cmdtest.Token},
		http:   &http.Client{Transport: transport, Timeout: time.Minute}, second: time.Second,
	}
}

// wrong notes something that must not be.
func (o *org) wrong(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.problems) < 20 {
		o.problems = append(o.problems, fmt.Sprintf(format, args...))
	}
}

// outdatedLook notes that something was shown that is not as it was acknowledged.
func (o *org) outdatedLook(format string, args ...any) {
	if o.copies {
		o.outdated.Add(1)
		return
	}
	o.wrong(format, args...)
}

// report fails the test with what was wrong.
func (o *org) report(t *testing.T) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range o.problems {
		t.Error(p)
	}
}

func (o *org) send(ctx context.Context, method, path string, body any) (x exchange) {
	x = exchange{method: method, path: path}
	req, err := o.request(ctx, method, path, body)
	if err != nil {
		return exchange{err: err}
	}
	req.GetBody = nil // net/http would send it again by itself
	start := time.Now()
	defer func() {
		x.took = time.Since(start)
		o.saw(x)
	}()
	res, err := o.http.Do(req)
	if err != nil {
		x.err = err
		return x
	}
	defer func() { _ = res.Body.Close() }()
	x.raw, x.err = io.ReadAll(res.Body)
	x.status, x.header = res.StatusCode, res.Header
	return x
}

// request is one as Okta makes it, in either dialect.
func (o *org) request(ctx context.Context, method, path string, body any) (*http.Request, error) {
	if !o.bilingual || o.spoken.Add(1)%2 == 0 {
		return o.client.Request(ctx, method, path, body)
	}
	old := o.client
	old.Base = strings.Replace(old.Base, "/scim/v2", scimtest.OldPath, 1)
	if body == nil {
		return old.Request(ctx, method, path, nil)
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var object map[string]any
	if err := json.Unmarshal(encoded, &object); err != nil {
		return nil, err
	}
	return old.Request(ctx, method, path, scimtest.InOld(object))
}

// saw counts an answer, or none.
func (o *org) saw(x exchange) {
	status := x.status
	if x.err != nil {
		status = 0
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.statuses == nil {
		o.statuses = map[int]int64{}
	}
	o.statuses[status]++
}

// seen is how often each status was answered; 0 is for no answer.
func (o *org) seen() map[int]int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.statuses)
}

// mustSend sends one request and checks the status of the answer.
func (o *org) mustSend(t *testing.T, want int, method, path string, body any) exchange {
	t.Helper()
	x := o.send(t.Context(), method, path, body)
	if x.err != nil || x.status != want {
		t.Fatalf("%s, want %d", x, want)
	}
	return x
}

// push is one change that Okta makes, or one look.
type push struct {
	method, path string
	body         any
	want         int
	// again is another status that a repetition may be answered with.
	again int
	// about is marked pending while nobody knows whether the push was applied.
	about *fate
	// done draws the conclusions of success.
	done func(exchange)
}

// fate is what is known about a resource.
type fate struct{ pending bool }

// push sends until it is acknowledged. It reports false when it is not because
// ctx ended, or something was wrong.
func (o *org) push(ctx context.Context, p push) bool {
	time.Sleep(o.pause)
	o.requests.Add(1)
	if p.method != http.MethodGet {
		o.writes.Add(1)
	}
	for repeated := false; ; repeated = true {
		wait, done := o.attempt(ctx, p, repeated)
		if done || ctx.Err() != nil {
			return wait == 0 && ctx.Err() == nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// refusedForGood is a wait that makes no sense.
const refusedForGood = -1

// attempt sends the push once. It is done, or to be sent again after a while.
func (o *org) attempt(ctx context.Context, p push, repeated bool) (wait time.Duration, done bool) {
	o.up.RLock()
	defer o.up.RUnlock()
	if p.about != nil && p.method != http.MethodGet {
		p.about.pending = true
	}
	x := o.send(context.WithoutCancel(ctx), p.method, p.path, p.body)
	switch {
	case x.err != nil && o.crashes:
		o.broken.Add(1)
		return time.Millisecond, false
	case x.err == nil && x.status == http.StatusTooManyRequests:
		o.throttled.Add(1)
		wait, err := x.pause()
		if err != nil {
			o.wrong("%v", err)
		}
		return max(time.Millisecond, time.Duration(wait.Seconds()*float64(o.second))), false
	case x.err != nil || x.status != p.want && (!repeated || x.status != p.again):
		o.wrong("%s, want %d (repeated: %t)", x, p.want, repeated)
		return refusedForGood, true
	}
	if p.about != nil {
		p.about.pending = false
	}
	if p.done != nil {
		p.done(x)
	}
	return 0, true
}

// exhausted reports whether all requests were made.
func (o *org) exhausted() bool { return o.limit > 0 && o.requests.Load() >= o.limit }

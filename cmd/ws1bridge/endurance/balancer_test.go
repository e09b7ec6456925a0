package endurance

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// pollPeriod is how often a balancer asks who is ready.
const pollPeriod = 200 * time.Millisecond

// balancer is a load balancer before several bridges. It asks each for /readyz, spreads
// requests over those that are ready, and repeats nothing: what goes wrong, Okta sees.
type balancer struct {
	server  *httptest.Server
	backs   []*back
	byPath  bool // the same path goes to the same bridge, as long as that is ready
	proxy   *httputil.ReverseProxy
	checker *http.Client

	mu       sync.Mutex // guards problems
	problems []string
}

// back is a bridge as a balancer knows it.
type back struct {
	main  *url.URL
	ops   string
	ready atomic.Bool
}

// chosen is the key of the bridge that a request goes to.
type chosen struct{}

func newBalancer(t *testing.T, byPath bool, bridges []*bridgeProcess) *balancer {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	b := &balancer{byPath: byPath, checker: &http.Client{Timeout: time.Second, Transport: &http.Transport{}}}
	for _, bridge := range bridges {
		main, err := url.Parse(bridge.main)
		if err != nil {
			t.Fatal(err)
		}
		b.backs = append(b.backs, &back{main: main, ops: bridge.ops})
	}
	b.proxy = &httputil.ReverseProxy{Transport: transport, Rewrite: b.rewrite, ErrorHandler: b.broken}
	b.server = httptest.NewServer(b)
	ctx, stop := context.WithCancel(t.Context())
	var polls sync.WaitGroup
	for _, one := range b.backs {
		polls.Go(func() { b.poll(ctx, one) })
	}
	t.Cleanup(func() {
		stop()
		polls.Wait()
		b.server.Close()
		transport.CloseIdleConnections()
		b.checker.CloseIdleConnections()
	})
	await(t, func() bool { return len(b.ready()) == len(b.backs) }, func() string { return "not all bridges are ready" })
	return b
}

func (b *balancer) url() string { return b.server.URL }

func (b *balancer) sees(i int) bool { return b.backs[i].ready.Load() }

// poll asks a bridge whether it takes requests until ctx ends.
func (b *balancer) poll(ctx context.Context, one *back) {
	for ctx.Err() == nil {
		one.ready.Store(b.isReady(ctx, one))
		select {
		case <-ctx.Done():
		case <-time.After(pollPeriod):
		}
	}
}

func (b *balancer) isReady(ctx context.Context, one *back) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, one.ops+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := b.checker.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func (b *balancer) ready() (out []*back) {
	for _, one := range b.backs {
		if one.ready.Load() {
			out = append(out, one)
		}
	}
	return out
}

// pick is a bridge that is ready: any, or the one that the path belongs to. When a
// bridge comes or goes, only its own paths move.
func (b *balancer) pick(path string) *back {
	ready := b.ready()
	if len(ready) == 0 {
		return nil
	}
	if !b.byPath {
		return ready[rand.IntN(len(ready))]
	}
	var best *back
	var most uint64
	for _, one := range ready {
		h := fnv.New64a()
		_, _ = h.Write([]byte(path + one.ops))
		if weight := mix(h.Sum64()); best == nil || weight > most {
			best, most = one, weight
		}
	}
	return best
}

// mix spreads the bits of a hash, which for texts with the same beginning are alike.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	one := b.pick(r.URL.Path)
	if one == nil {
		b.problem("no bridge is ready for %s %s", r.Method, r.URL.Path)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var sent atomic.Int64
	ctx := context.WithValue(r.Context(), chosen{}, one)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Add(1) }})
	b.proxy.ServeHTTP(w, r.WithContext(ctx))
	if n := sent.Load(); n > 1 { // package net/http repeats by itself on a connection that was closed
		b.problem("%s %s was sent %d times", r.Method, r.URL.Path, n)
	}
}

func (b *balancer) rewrite(r *httputil.ProxyRequest) {
	one, _ := r.In.Context().Value(chosen{}).(*back) // ServeHTTP puts it there
	r.SetURL(one.main)
	r.Out.Host = r.In.Host
	r.SetXForwarded()
}

// broken is what Okta sees where a bridge does not answer.
func (b *balancer) broken(w http.ResponseWriter, r *http.Request, err error) {
	b.problem("%s %s: %v", r.Method, r.URL.Path, err)
	w.WriteHeader(http.StatusBadGateway)
}

func (b *balancer) problem(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, fmt.Sprintf(format, args...))
}

// report fails the test with what the balancer had to hide or to refuse.
func (b *balancer) report(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.problems[:min(len(b.problems), 20)] {
		t.Error(p)
	}
}

package invariants

import (
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"

	"ws1bridge/scim"
	"ws1bridge/scim/scimtest"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

var (
	// quick repeats as the program does, with pauses for tests, and never opens
	// the circuit: each fault meets the request that it is meant for.
	quick = upstream.Resilience{
		FirstPause: time.Millisecond, LongestPause: 20 * time.Millisecond, BreakAfter: 1 << 20, Settle: 50 * time.Millisecond,
	}
	// breaking opens the circuit as the program does, for a short time.
	breaking = upstream.Resilience{
		FirstPause: time.Millisecond, LongestPause: 20 * time.Millisecond, BreakFor: 50 * time.Millisecond,
	}
)

// lab is a world in which connections can be refused, and where Access may
// take its time.
type lab struct {
	*scimtest.World
	refuser *refuser
}

// labConfig is how a lab differs from the ordinary one.
type labConfig struct {
	access     accesstest.Config
	resilience upstream.Resilience
	timeout    time.Duration // of one request to Access; 0 means 5 seconds
}

func newLab(t *testing.T, cfg labConfig) *lab {
	t.Helper()
	l := &lab{}
	l.World = scimtest.New(t, scimtest.Config{
		Access: cfg.access, Resilience: cfg.resilience, Timeout: cfg.timeout,
		Transport: func(base http.RoundTripper) http.RoundTripper {
			l.refuser = &refuser{base: base}
			return l.refuser
		},
		Options: []func(*scim.Config){func(c *scim.Config) { c.Log = zap.NewNop() }},
	})
	// The way from Okta to the bridge is not what a lab is about.
	l.Bridge.Client().Transport = scimtest.Direct{Handler: l.Bridge.Config.Handler}
	return l
}

// refuser is a transport whose connections are refused at times: an emulator
// that listens cannot refuse them by itself.
type refuser struct {
	base http.RoundTripper

	mu          sync.Mutex // guards the fields below
	skip, count int        // as in accesstest.Fault, but a count of 0 is none
	share       float64    // of requests that are refused by chance
	random      *rand.Rand
}

// arm refuses count requests after skip that pass.
func (r *refuser) arm(skip, count int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skip, r.count = skip, count
}

// left is how many requests are still to be refused.
func (r *refuser) left() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// armRandom refuses a share of all requests.
func (r *refuser) armRandom(share float64, seed uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.share, r.random = share, rand.New(rand.NewPCG(seed, seed))
}

func (r *refuser) strikes() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.random != nil && r.random.Float64() < r.share:
		return true
	case r.count == 0:
		return false
	case r.skip > 0:
		r.skip--
		return false
	}
	r.count--
	return true
}

// RoundTrip fails as a dialer does whose peer does not listen.
func (r *refuser) RoundTrip(req *http.Request) (*http.Response, error) {
	if !r.strikes() {
		return r.base.RoundTrip(req)
	}
	if req.Body != nil {
		_ = req.Body.Close()
	}
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

// changedGroup is how a change of a group is answered: a PATCH without a body.
func changedGroup(method string) int {
	if method == http.MethodPatch {
		return http.StatusNoContent
	}
	return http.StatusOK
}

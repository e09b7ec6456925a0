package auth

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The pace at which wrong tokens are judged as such: for each address of a client, and in all.
// Who mistyped a token is told so at once; who tries tokens is not told how it went.
const (
	wrongPerClient, burstPerClient = 1, 10
	wrongInAll, burstInAll         = 50, 200
	// maxClients bounds how many addresses are remembered; those beyond share one pace.
	maxClients = 10_000
	// retryWrong is how long whoever is too fast is asked to wait.
	retryWrong = 30 * time.Second
)

// Throttle slows down those who present wrong tokens, and nobody who presents a right one. It is
// safe for concurrent use, and its zero value is ready for use.
type Throttle struct {
	mu      sync.Mutex // guards what follows
	clients map[string]*pace
	all     *rate.Limiter
	forgot  time.Time // when quiet addresses were dropped last
}

// pace is that of an address.
type pace struct {
	*rate.Limiter

	last time.Time
}

// TooFastError says that wrong tokens come too fast to be told so.
type TooFastError struct {
	// Wait is how long to wait.
	Wait time.Duration
}

// Error says that tokens come too fast.
func (*TooFastError) Error() string { return "wrong tokens come too fast" }

// Refuse counts a request from the address of a client that was not authenticated, and says
// what it is answered: why, or a *TooFastError.
func (t *Throttle) Refuse(client string, why error) error {
	if !t.wrong(client, time.Now()) {
		return &TooFastError{Wait: retryWrong}
	}
	return why
}

// IsSlowed reports whether so many wrong tokens came from the address of a client that another
// one would be refused. Who judges tokens that people choose asks before it judges.
func (t *Throttle) IsSlowed(client string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, known := t.clients[client]
	return known && p.TokensAt(time.Now()) < 1
}

// wrong counts a wrong token. It reports whether they come slowly enough.
func (t *Throttle) wrong(client string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all, t.clients = rate.NewLimiter(wrongInAll, burstInAll), map[string]*pace{}
	}
	return t.of(client, now).AllowN(now, 1) && t.all.AllowN(now, 1)
}

// of is the pace of an address.
func (t *Throttle) of(client string, now time.Time) *rate.Limiter {
	p, known := t.clients[client]
	if !known && len(t.clients) >= maxClients {
		t.forget(now)
		if len(t.clients) >= maxClients {
			client = "" // that of all others
			p, known = t.clients[client]
		}
	}
	if !known {
		p = &pace{Limiter: rate.NewLimiter(wrongPerClient, burstPerClient)}
		t.clients[client] = p
	}
	p.last = now
	return p.Limiter
}

// forget drops the addresses that have been quiet for so long that nothing is held against
// them.
func (t *Throttle) forget(now time.Time) {
	if now.Sub(t.forgot) < time.Second { // it looks at all of them
		return
	}
	t.forgot = now
	for client, p := range t.clients {
		if now.Sub(p.last) > burstPerClient/wrongPerClient*time.Second {
			delete(t.clients, client)
		}
	}
}

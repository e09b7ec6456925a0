package scim

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"go.uber.org/zap"

	"ws1bridge/scim/explain"
	"ws1bridge/scim/problem"
)

// maxInFlight bounds the requests of callers with a token that are worked on at the same time.
// Okta sends some tens.
const maxInFlight = 256

// soon is when to come again to a bridge that does enough at the same time.
const soon = 5 * time.Second

// proxies are the addresses whose forwarding headers are believed.
type proxies []netip.Prefix

// includes reports whether a request comes from one of them.
func (p proxies) includes(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, prefix := range p {
		if prefix.Contains(peer.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// clientOf is the address of the client: of the caller itself, or of who called the first proxy
// that is believed.
func (p proxies) clientOf(r *http.Request) (client string) {
	note := http.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		client = middleware.GetClientIP(r.Context())
	}))
	if len(p) == 0 {
		note = middleware.ClientIPFromRemoteAddr(note)
	} else {
		networks := make([]string, len(p))
		for i, network := range p {
			networks[i] = network.String()
		}
		note = middleware.ClientIPFromXFF(networks...)(note)
	}
	note.ServeHTTP(nil, r)
	return client
}

// scheme is that by which the caller reached the bridge, as far as is known.
func (p proxies) scheme(r *http.Request) string {
	// Each proxy adds what it was called by; the first is the one that the caller reached.
	first, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	if r.TLS != nil || p.includes(r) && strings.EqualFold(strings.TrimSpace(first), "https") {
		return "https"
	}
	return "http"
}

// identify says who calls.
func (h *Handler) identify(c *call, r *http.Request) (caller string, _ error) {
	caller, err := h.Authenticate(r.Header.Get("Authorization"))
	if err == nil {
		return caller, nil
	}
	client := h.TrustedProxies.clientOf(r)
	c.log.op = "authenticate"
	c.log.note(zap.String("client", client))
	if h.Refuse != nil {
		err = h.Refuse(client, err)
	}
	return "", explain.Unauthenticated(err)
}

// tooManyRequests is the answer to a request beyond those that are worked on.
func tooManyRequests() error {
	e := problem.TooManyRequests()
	e.RetryAfter = soon
	return e
}

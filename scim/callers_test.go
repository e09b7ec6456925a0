package scim_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ws1bridge/auth"
	"ws1bridge/scim"
	"ws1bridge/upstream/accesstest"
)

// TestLinksCarryTheSchemeOfTheFirstProxy believes those that the configuration names.
func TestLinksCarryTheSchemeOfTheFirstProxy(t *testing.T) {
	for _, network := range []string{"127.0.0.0/8", "10.0.0.0/8"} {
		w := newWorld(t, accesstest.Config{}, func(c *scim.Config) {
			c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(network)}
		})
		for forwarded, want := range map[string]string{
			"https": "https", "https,http": "https", "HTTPS , http": "https", "http": "http", "http, https": "http", "": "http",
		} {
			if network == "10.0.0.0/8" {
				want = "http"
			}
			r := w.SendWith(http.MethodGet, "/scim/v2/ServiceProviderConfig", nil,
				map[string]string{"X-Forwarded-Proto": forwarded})
			got := r.Body["meta"].(map[string]any)["location"].(string)
			if !strings.HasPrefix(got, want+"://127.0.0.1:") {
				t.Errorf("X-Forwarded-Proto %q with %s trusted gives the location %s, want %s", forwarded, network, got, want)
			}
		}
	}
}

// TestWhoseWrongTokens tells apart the clients behind a proxy that is believed, and believes
// nobody else who says to be one.
func TestWhoseWrongTokens(t *testing.T) {
	for network, want := range map[string]string{"127.0.0.0/8": "203.0.113.9", "10.0.0.0/8": "127.0.0.1"} {
		var clients []string
		w := newWorld(t, accesstest.Config{}, func(c *scim.Config) {
			c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(network)}
			c.Refuse = func(client string, why error) error {
				clients = append(clients, client)
				if !errors.Is(why, auth.ErrWrongToken) {
					t.Errorf("it is told %v", why)
				}
				return &auth.TooFastError{Wait: 1500 * time.Millisecond}
			}
		})
		r := w.SendWith(http.MethodGet, usersPath, nil, map[string]string{
			"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "Authorization": "Bearer wrong"})
		if r.Status != http.StatusTooManyRequests || r.Header.Get("Retry-After") != "2" ||
			!slices.Equal(clients, []string{want}) {
			t.Errorf("with %s trusted, %v is answered %d after %s", network, clients, r.Status, r.Header.Get("Retry-After"))
		}
		if line := w.lastLine(t); line["client"] != want || line["op"] != "authenticate" {
			t.Errorf("the log says %v", line)
		}
	}
}

// TestRequestsInFlight are bounded, and those beyond are told when to come again.
func TestRequestsInFlight(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	w.Access.AddFault(accesstest.Fault{Delay: time.Hour})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var answered atomic.Int64
	for range 256 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet,
			w.Bridge.URL+usersPath+"?filter=userName+eq+%22a%22", nil)
		must(t, err)
		req.Header.Set("Authorization", "Bearer "+oktaToken)
		go func() {
			if res, err := http.DefaultClient.Do(req); err == nil {
				_ = res.Body.Close()
				answered.Add(1)
			}
		}()
	}
	for range 500 {
		r := w.SendWith(http.MethodGet, "/scim/v2/ServiceProviderConfig", nil, nil)
		if r.Status == http.StatusTooManyRequests {
			if r.Header.Get("Retry-After") != "5" || !strings.Contains(r.Detail(), "too many requests under way") {
				t.Errorf("answered after %s: %s", r.Header.Get("Retry-After"), r.Detail())
			}
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("nobody is asked to come again, and %d were answered", answered.Load())
}

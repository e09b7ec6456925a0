package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What the processes know of each other.
const (
	domain       = "acme.com"
	clientID     = "bench"
	clientSecret = "bench-secret"
	oktaToken    = "token-that-okta-presents-to-the-bridge"
)

// kind is what is measured.
type kind string

// The two targets.
const (
	bridge kind = "bridge"
	proxy  kind = "proxy"
)

// world is an emulator of Access with a target before it, both new.
type world struct {
	kind            kind
	emulator        *process
	target          *process // nil until startTarget
	tenant, control string   // URLs of the emulator
	base            string   // URL of the target, with the path of SCIM
	ops             string   // URL of the bridge's metrics
	token           string   // for Access
	latency         time.Duration
}

// scimPath is where Access has its dialect of SCIM.
const scimPath = "/SAAS/jersey/manager/api/scim"

// newWorld starts an emulator with so many users, which answers after that time.
func (b *bench) newWorld(ctx context.Context, k kind, users int, latency time.Duration) (*world, error) {
	tenant, control, err := b.twoAddresses(ctx)
	if err != nil {
		return nil, err
	}
	w := &world{kind: k, tenant: "http://" + tenant, control: "http://" + control, latency: latency}
	w.emulator, err = startProcess(ctx, "emulator", environment(false), b.program, "emulator",
		"--listen", tenant, "--control", control, "--client-id", clientID, "--client-secret", clientSecret,
		"--domain", domain, "--seed-users", strconv.Itoa(users), "--latency", latency.String())
	if err != nil {
		return nil, err
	}
	if err := w.emulator.awaitPage(ctx, w.control+"/modes"); err != nil {
		w.stop()
		return nil, err
	}
	if w.token, err = fetchToken(ctx, w.tenant); err != nil {
		w.stop()
		return nil, err
	}
	return w, nil
}

func (b *bench) twoAddresses(ctx context.Context) (one, other string, err error) {
	if one, err = b.ports.free(ctx); err == nil {
		other, err = b.ports.free(ctx)
	}
	return one, other, err
}

// startTarget starts the bridge or the proxy, and waits until it has nothing to do any
// more: the bridge reads all users and groups first.
func (b *bench) startTarget(ctx context.Context, w *world) error {
	listen, ops, err := b.twoAddresses(ctx)
	if err != nil {
		return err
	}
	if w.kind == proxy {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		w.base = "http://" + listen + scimPath
		w.target, err = startProcess(ctx, "proxy", environment(false), self, proxyCommand, listen, w.tenant)
		if err != nil {
			return err
		}
		const heartbeat = "/SAAS/API/1.0/REST/system/health/heartbeat"
		return w.target.awaitPage(ctx, "http://"+listen+heartbeat)
	}
	w.base, w.ops = "http://"+listen+"/scim/v2", "http://"+ops
	env := append(environment(true), "WS1BRIDGE_ACCESS_URL="+w.tenant, "WS1BRIDGE_ACCESS_CLIENT_ID="+clientID,
		"WS1BRIDGE_ACCESS_CLIENT_SECRET="+clientSecret, "WS1BRIDGE_DOMAIN="+domain, "WS1BRIDGE_OKTA_TOKENS="+oktaToken,
		"WS1BRIDGE_LISTEN="+listen, "WS1BRIDGE_OPS_LISTEN="+ops)
	w.target, err = startProcess(ctx, "bridge", env, b.program, "serve")
	if err != nil {
		return err
	}
	if err := w.target.awaitPage(ctx, "http://"+listen+"/healthz"); err != nil {
		return err
	}
	return w.awaitQuiet(ctx)
}

// environment is that of this program without settings of the bridge. Those of Go's
// runtime are for the bridge alone, so that the proxy stays the same yardstick.
func environment(forBridge bool) []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		ofRuntime := slices.Contains([]string{"GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GODEBUG"}, name)
		return strings.HasPrefix(name, "WS1BRIDGE_") || ofRuntime && !forBridge
	})
}

// stop ends both processes.
func (w *world) stop() {
	w.target.stop()
	w.emulator.stop()
	http.DefaultClient.CloseIdleConnections()
}

// fetchToken is a token for Access.
func fetchToken(ctx context.Context, tenant string) (string, error) {
	const path = "/SAAS/auth/oauthtoken?grant_type=client_credentials"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, tenant+path, http.NoBody)
	if err != nil {
		return "", err
	}
	req.SetBasicAuth(clientID, clientSecret)
	body, err := do(req, http.StatusOK)
	if err != nil {
		return "", err
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	err = json.Unmarshal(body, &answer)
	return answer.Token, err
}

// awaitQuiet waits until the bridge asks Access for nothing, and takes next to no CPU,
// for longer than any request takes.
func (w *world) awaitQuiet(ctx context.Context) error {
	quiet := 3*w.latency + 500*time.Millisecond
	for start := time.Now(); time.Since(start) < patience; {
		before, err := w.activity(ctx)
		if err != nil {
			return err
		}
		if err := sleep(ctx, quiet); err != nil {
			return err
		}
		after, err := w.activity(ctx)
		if err != nil {
			return err
		}
		if after.requests == before.requests && after.cpu-before.cpu < quiet/20 {
			return nil
		}
	}
	return fmt.Errorf("the %s does not become quiet", w.kind)
}

// activity is what a bridge has done so far.
type activity struct {
	requests float64
	cpu      time.Duration
}

func (w *world) activity(ctx context.Context) (a activity, err error) {
	page, err := fetch(ctx, http.MethodGet, w.ops+"/metrics", http.StatusOK)
	if err != nil {
		return a, err
	}
	if a.requests, err = sumMetric(string(page), "ws1bridge_upstream_requests_total"); err != nil {
		return a, err
	}
	a.cpu, err = cpuTime(w.target.cmd.Process.Pid)
	return a, err
}

// sumMetric is the sum of all series of a metric.
func sumMetric(page, name string) (sum float64, _ error) {
	for line := range strings.Lines(page) {
		rest, found := strings.CutPrefix(line, name)
		if !found || rest[0] != ' ' && rest[0] != '{' {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(line[strings.LastIndex(line, " "):]), 64)
		if err != nil {
			return 0, fmt.Errorf("the metric %s: %w", line, err)
		}
		sum += value
	}
	return sum, nil
}

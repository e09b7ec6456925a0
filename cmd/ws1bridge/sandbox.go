package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/login"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// Made-up credentials of what runs in one process with an emulator; nothing of them leaves
// the machine.
const (
	sandboxDomain = "acme.com"
	sandboxClient = "demo"
	sandboxSecret = "demo-client-secret"       //nolint:gosec // made up
	sandboxToken  = "demo-token-for-okta-only" //nolint:gosec // made up
	sandboxEntity = "http://www.okta.com/exk1demo"
)

// sandbox is a bridge and an emulator of Access in one process, on loopback.
type sandbox struct {
	*bridge

	emulator                   *accesstest.Emulator
	main, ops, tenant, control net.Listener
	// provider is the identity provider that log-ins were set up with.
	provider string
}

// newSandbox opens the ports. address is that of the bridge; everything else has a free
// port.
func newSandbox(ctx context.Context, address string, access accesstest.Config) (*sandbox, error) {
	const free = "127.0.0.1:0"
	listeners, err := listen(ctx, address, free, free, free)
	if err != nil {
		return nil, err
	}
	s := &sandbox{main: listeners[0], ops: listeners[1], tenant: listeners[2], control: listeners[3]}
	access.ClientID, access.ClientSecret = sandboxClient, sandboxSecret
	if s.emulator, err = accesstest.New(access); err != nil {
		return nil, err
	}
	cfg, err := config.Load("", s.settings())
	if err != nil {
		return nil, err
	}
	s.bridge, err = newBridge(cfg, dryRun{}, zap.NewNop(), zap.NewAtomicLevel())
	return s, err
}

// settings are those of the bridge, as an environment.
func (s *sandbox) settings() []string {
	return []string{
		"WS1BRIDGE_ACCESS_URL=" + addressURL(s.tenant), "WS1BRIDGE_ACCESS_CLIENT_ID=" + sandboxClient,
		"WS1BRIDGE_ACCESS_CLIENT_SECRET=" + sandboxSecret, "WS1BRIDGE_DOMAIN=" + sandboxDomain,
		"WS1BRIDGE_OKTA_TOKENS=" + sandboxToken, "WS1BRIDGE_OPS_LISTEN=" + s.ops.Addr().String(),
	}
}

// serve sets the tenant up and runs both until ctx ends, and do beside them.
func (s *sandbox) serve(ctx context.Context, do func(context.Context) error) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return serveEmulator(ctx, s.emulator, s.tenant, s.control) })
	work.Go(func() error {
		if err := s.setUp(ctx); err != nil {
			return fmt.Errorf("set up the emulator: %w", err)
		}
		work.Go(func() error { return do(ctx) })
		return s.run(ctx, s.main, s.ops)
	})
	return work.Wait()
}

// setUp does in the empty tenant what an administrator does with directory create and
// login setup.
func (s *sandbox) setUp(ctx context.Context) error {
	base, err := upstream.TenantURL(addressURL(s.tenant))
	if err != nil {
		return err
	}
	transport := connection.NewTransport()
	defer transport.CloseIdleConnections()
	access, err := connection.New(base, transport, auth.Config{ClientID: sandboxClient, ClientSecret: sandboxSecret},
		connection.ForOperator([]string{sandboxDomain}))
	if err != nil {
		return err
	}
	if _, err := access.Client.EnsureDirectory(ctx, defaultName, sandboxDomain); err != nil {
		return err
	}
	metadata, err := login.ReadMetadata([]byte(accesstest.IdentityProviderMetadata(sandboxEntity,
		time.Now().AddDate(1, 0, 0))), time.Now())
	if err != nil {
		return err
	}
	plan, err := login.Create(ctx, access.Client, []string{sandboxDomain}, login.Creation{Metadata: metadata,
		Name: "Okta", Method: "Okta SAML", NameID: "userName"})
	if err != nil {
		return err
	}
	done, err := plan.Apply(ctx, access.Client)
	if err == nil && done.Unverified != "" {
		err = errors.New(done.Unverified)
	}
	s.provider = strings.TrimSpace(plan.Provider)
	return err
}

func addressURL(ln net.Listener) string { return "http://" + ln.Addr().String() }

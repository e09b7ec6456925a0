package main

import (
	"context"
	"fmt"
	"net"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"ws1bridge/upstream/accesstest"
)

// The demo's own names; nothing of them leaves the machine.
const (
	demoDomain = "acme.com"
	demoToken  = "demo-token-for-okta-only" //nolint:gosec // a made-up token of the demo
)

func (p *program) demoCommand() *cobra.Command {
	var once bool
	var address string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the bridge at work, with an emulator of Access",
		Long: `Run the bridge and an emulator of Workspace ONE Access in one process on loopback,
push a short story through as Okta would, and print what went in and what Access
holds. Then keep serving until interrupted, to be tried with curl.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.demo(cmd.Context(), address, once) },
	}
	cmd.Flags().BoolVar(&once, "once", false, "end after the story: exit 0 when it went well")
	cmd.Flags().StringVar(&address, "listen", "127.0.0.1:0", "address of the bridge (default: a free port)")
	return cmd
}

// demoStage is what the story plays on.
type demoStage struct {
	emulator             *accesstest.Emulator
	bridge               *bridge
	main, ops            net.Listener
	tenantLn, controlLn  net.Listener
	base, tenant, opsURL string
	controlURL           string
}

func (p *program) demo(ctx context.Context, address string, once bool) error {
	s, err := newDemoStage(ctx, address)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return serveEmulator(ctx, s.emulator, s.tenantLn, s.controlLn) })
	work.Go(func() error { return s.bridge.run(ctx, s.main, s.ops) })
	work.Go(func() error {
		teller := &teller{out: p.stdout, okta: oktaClient{base: s.base, token: demoToken}, stage: s}
		if err := teller.tell(ctx); err != nil {
			return fmt.Errorf("the story did not go well: %w", err)
		}
		if once {
			stop()
			return nil
		}
		teller.invite()
		return nil
	})
	return work.Wait()
}

func newDemoStage(ctx context.Context, address string) (*demoStage, error) {
	const secretText = "demo-client-secret" //nolint:gosec // a made-up secret of the demo
	emulator, err := accesstest.New(accesstest.Config{ClientID: "demo", ClientSecret: secretText, Domains: []string{demoDomain}})
	if err != nil {
		return nil, err
	}
	s := &demoStage{emulator: emulator}
	for _, l := range []struct {
		ln      *net.Listener
		address string
	}{{&s.main, address}, {&s.ops, "127.0.0.1:0"}, {&s.tenantLn, "127.0.0.1:0"}, {&s.controlLn, "127.0.0.1:0"}} {
		if *l.ln, err = listen(ctx, l.address); err != nil {
			return nil, err
		}
	}
	s.base = "http://" + s.main.Addr().String() + "/scim/v2"
	s.tenant = "http://" + s.tenantLn.Addr().String()
	s.opsURL = "http://" + s.ops.Addr().String()
	s.controlURL = "http://" + s.controlLn.Addr().String()
	cfg, err := loadConfig("", []string{
		"WS1BRIDGE_ACCESS_URL=" + s.tenant, "WS1BRIDGE_ACCESS_CLIENT_ID=demo", "WS1BRIDGE_ACCESS_CLIENT_SECRET=" + secretText,
		"WS1BRIDGE_DOMAIN=" + demoDomain, "WS1BRIDGE_OKTA_TOKENS=" + demoToken,
	})
	if err != nil {
		return nil, err
	}
	s.bridge, err = newBridge(cfg, newLogger(discard{}, "error"))
	return s, err
}

// discard takes the log of the demo: the story tells what happens.
type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

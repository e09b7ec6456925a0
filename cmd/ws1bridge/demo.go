package main

import (
	"context"
	"net"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/demo"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/scim"
	"ws1bridge/upstream/accesstest"
)

// Made-up credentials of the demo; nothing of them leaves the machine.
const (
	demoDomain = "acme.com"
	demoToken  = "demo-token-for-okta-only" //nolint:gosec // made up
	demoSecret = "demo-client-secret"       //nolint:gosec // made up
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
		Example: "  ws1bridge demo --once",
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.demo(cmd.Context(), address, once) },
	}
	cmd.Flags().BoolVar(&once, "once", false, "end after the story: exit 0 when it went well")
	cmd.Flags().StringVar(&address, "listen", "127.0.0.1:0", "address of the bridge (default: a free port)")
	return cmd
}

func (p *program) demo(ctx context.Context, address string, once bool) error {
	const free = "127.0.0.1:0"
	listeners, err := listen(ctx, address, free, free, free)
	if err != nil {
		return err
	}
	main, ops, tenant, control := listeners[0], listeners[1], listeners[2], listeners[3]
	emulator, err := accesstest.New(accesstest.Config{ClientID: "demo", ClientSecret: demoSecret,
		Domains: []string{demoDomain}})
	if err != nil {
		return err
	}
	b, err := newDemoBridge(addressURL(tenant))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return serveEmulator(ctx, emulator, tenant, control) })
	work.Go(func() error { return b.run(ctx, main, ops) })
	work.Go(func() error {
		stage := demo.Stage{
			Okta:     okta.Client{Base: addressURL(main) + scim.BasePath, Token: demoToken},
			Emulator: emulator, AccessURL: addressURL(tenant), ControlURL: addressURL(control), OpsURL: addressURL(ops),
		}
		err := demo.Play(ctx, p.stdout, stage, !once)
		if once {
			stop()
		}
		return err
	})
	return work.Wait()
}

func addressURL(ln net.Listener) string { return "http://" + ln.Addr().String() }

// newDemoBridge is a bridge without a log: the story tells what happens.
func newDemoBridge(tenant string) (*bridge, error) {
	cfg, err := config.Load("", []string{
		"WS1BRIDGE_ACCESS_URL=" + tenant, "WS1BRIDGE_ACCESS_CLIENT_ID=demo", "WS1BRIDGE_ACCESS_CLIENT_SECRET=" + demoSecret,
		"WS1BRIDGE_DOMAIN=" + demoDomain, "WS1BRIDGE_OKTA_TOKENS=" + demoToken,
	})
	if err != nil {
		return nil, err
	}
	return newBridge(cfg, dryRun{}, zap.NewNop(), zap.NewAtomicLevel())
}

package main

import (
	"context"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/demo"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/cmd/ws1bridge/terminal"
	"ws1bridge/scim"
	"ws1bridge/upstream/accesstest"
)

func (p *program) demoCommand() *cobra.Command {
	var once, full bool
	var address string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the bridge at work, with an emulator of Access",
		Long: `Run the bridge and an emulator of Workspace ONE Access in one process on loopback,
push a short story through as Okta would, and print what Okta sent beside what Access
was sent. Then keep serving until interrupted, to be tried with curl. --full tells
more, with every body.`,
		Example: "  ws1bridge demo --once\n  ws1bridge demo --once --full",
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.demo(cmd.Context(), address, once, full) },
	}
	cmd.Flags().BoolVar(&once, "once", false, "end after the story: exit 0 when it went well")
	cmd.Flags().BoolVar(&full, "full", false, "tell the whole story, with all bodies")
	cmd.Flags().StringVar(&address, "listen", "127.0.0.1:0", "address of the bridge (default: a free port)")
	return cmd
}

func (p *program) demo(ctx context.Context, address string, once, full bool) error {
	s, err := newSandbox(ctx, address, accesstest.Config{RecordBodies: true, Modes: accesstest.Modes{MediaTypes: "json",
		Mistakes: accesstest.Mistakes{OktaProvider: "none", PolicyFollows: 1}}})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	return s.serve(ctx, func(ctx context.Context) error {
		if once {
			defer stop()
		}
		stage := demo.Stage{
			Okta:     okta.Client{Base: addressURL(s.main) + scim.BasePath, Token: sandboxToken},
			Emulator: s.emulator, AccessURL: addressURL(s.tenant), ControlURL: addressURL(s.control),
			OpsURL: addressURL(s.ops), Provider: s.provider, Paint: terminal.NewPainter(p.stdout, p.environ),
		}
		if full {
			return demo.PlayFull(ctx, p.stdout, stage, !once)
		}
		return demo.Play(ctx, p.stdout, stage, !once)
	})
}

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"ws1bridge/auth/neterr"
	"ws1bridge/cmd/ws1bridge/config"
)

func (p *program) healthcheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "healthcheck",
		Short: "Exit 0 when the bridge on this machine is alive",
		Long: `Ask the bridge on this machine for its health, at the address "listen" of the
configuration. It is made for container health checks and needs no other setting:
in a container, name the file by WS1BRIDGE_CONFIG, which the check sees too, and
not by --config. It goes through no proxy.`,
		Example: "  ws1bridge healthcheck || echo \"the bridge is not alive\"",
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.healthcheck(cmd.Context()) },
	}
}

func (p *program) healthcheck(ctx context.Context) error {
	cfg, _ := config.Examine(p.configFile, p.environ) // what else is wrong with it is not the question
	host, port, err := net.SplitHostPort(cfg.Listen)
	if err != nil {
		return usageError{fmt.Errorf("listen: %w", err)}
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req) // without a proxy
	if err != nil {
		return fmt.Errorf("the bridge does not answer: %w", neterr.Class(ctx, err))
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the bridge answers %d", res.StatusCode)
	}
	return nil
}

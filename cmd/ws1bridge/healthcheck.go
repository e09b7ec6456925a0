package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"ws1bridge/auth/loopback"
	"ws1bridge/auth/neterr"
	"ws1bridge/cmd/ws1bridge/config"
)

func (p *program) healthcheckCommand() *cobra.Command {
	var page string
	cmd := &cobra.Command{
		Use:   "healthcheck",
		Short: "Exit 0 when the bridge on this machine is alive",
		Long: `Ask the bridge on this machine for its health, at the address "listen" of the
configuration. It is made for container health checks and needs no other setting:
in a container, name the file by WS1BRIDGE_CONFIG, which the check sees too, and
not by --config. It goes through no proxy. With HTTPS it verifies no certificate:
whether callers accept it is what ws1bridge doctor looks at.

With --url it asks for another page and reads no configuration. So the image, which
has no other program, can check an emulator by a page of its control address.`,
		Example: "  ws1bridge healthcheck || echo \"the bridge is not alive\"\n" +
			"  ws1bridge healthcheck --url http://127.0.0.1:8444/modes   # an emulator",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("url") {
				return checkPage(cmd.Context(), page)
			}
			return p.healthcheck(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&page, "url", "", "another page to ask for, over plain http")
	return cmd
}

// healthcheck asks the bridge of the configuration whether it lives.
func (p *program) healthcheck(ctx context.Context) error {
	cfg, _ := config.Examine(p.configFile, p.environ) // what else is wrong with it is not the question
	address, err := loopback.ToReach(cfg.Listen)
	if err != nil {
		return usageError{fmt.Errorf("listen: %w", err)}
	}
	scheme := "http://"
	if cfg.TLS.On() {
		scheme = "https://"
	}
	return wantOK(ctx, "the bridge", scheme+address+"/healthz")
}

// checkPage asks for a page that the command line names.
func checkPage(ctx context.Context, page string) error {
	u, err := url.Parse(page)
	if err != nil || u.Scheme != "http" || u.Host == "" || u.User != nil {
		return usageError{errors.New("--url takes an address such as http://127.0.0.1:8444/modes")}
	}
	return wantOK(ctx, u.Host, page)
}

// wantOK is nil if who answers 200 for a page, or says by TLS that it lives.
func wantOK(ctx context.Context, who, page string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return err
	}
	res, err := (&http.Transport{DisableKeepAlives: true, TLSClientConfig: unverified()}).RoundTrip(req) // without a proxy
	if saidByTLS(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s does not answer: %w", who, neterr.Class(ctx, err))
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d", who, res.StatusCode)
	}
	return nil
}

// unverified is for a peer on this machine, which is asked whether it lives. Its
// certificate is for the name that Okta knows, not for loopback; nothing secret is sent,
// and nothing in the answer is relied on but that there is one.
func unverified() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12} //nolint:gosec // see above
}

// saidByTLS reports whether the peer refused the handshake by an alert, which takes a
// bridge that lives: one that demands certificates of its callers, or one that has none
// to show yet, because the ACME server is away. Restarting it would fix neither.
func saidByTLS(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "remote error"
}

package main

import (
	"errors"
	"net/http"

	"github.com/spf13/cobra"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/cmd/ws1bridge/inspect"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// tenant is Workspace ONE Access as an operator's command sees it.
type tenant struct {
	*upstream.Client
	address    string                // its URL
	config     config.Config         // by which it was opened
	problems   config.Problems       // of settings that it was not opened by
	domains    []string              // of the configuration; may be empty
	translator *translate.Translator // nil where the configuration makes none
	close      func()
}

// openTenant connects to the tenant of the configuration, of which only the
// settings of Access have to be right: a directory is made before Okta has a
// token. It sends nothing.
func (p *program) openTenant() (*tenant, error) {
	cfg, problems := config.Examine(p.configFile, p.environ)
	if err := problems.About("access").Err(); err != nil {
		return nil, err
	}
	base, err := upstream.TenantURL(cfg.Access.URL)
	if err != nil {
		return nil, err
	}
	t := &tenant{address: base.String(), config: cfg, problems: problems}
	if t.translator, err = translate.New(cfg.Translation()); err == nil {
		t.domains = t.translator.ManagedDomains()
	} // else it is not known what Okta would see, which is no reason to show nothing
	transport := connection.NewTransport()
	transport.DialContext = connection.Patiently(transport.DialContext)
	t.close = transport.CloseIdleConnections
	access, err := connection.New(base, transport, auth.Config{
		ClientID: cfg.Access.ClientID, ClientSecret: cfg.Access.ClientSecret, HTTPClient: &http.Client{Transport: transport},
	}, connection.ForOperator(t.domains))
	if err != nil {
		return nil, err
	}
	t.Client = access.Client
	return t, nil
}

// onTenant runs a command on the tenant of the configuration.
func (p *program) onTenant(
	do func(cmd *cobra.Command, t *tenant, args []string) error,
) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		t, err := p.openTenant()
		if err != nil {
			return err
		}
		defer t.close()
		return do(cmd, t, args)
	}
}

// inspector looks at one record of the tenant.
func (t *tenant) inspector() inspect.Inspector {
	return inspect.Inspector{Client: t.Client, Translator: t.translator, Domains: t.domains}
}

// found is what was looked for, or why there is nothing of it.
func found[T any](what string, list []T, err error, missing string) ([]T, error) {
	if err == nil && len(list) == 0 {
		return nil, errors.New(missing)
	}
	return list, explained(what, err)
}

// explained is a failure in words for the operator, with what to do.
func explained(what string, err error) error {
	if err == nil {
		return nil
	}
	finding, fix := doctor.Explain(what, err)
	if fix != "" {
		finding += "\n  → " + fix
	}
	return errors.New(finding)
}

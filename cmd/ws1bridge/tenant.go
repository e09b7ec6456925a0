package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// tenant is Workspace ONE Access as an operator's command sees it.
type tenant struct {
	*upstream.Client
	domains    []string              // of the configuration; may be empty
	translator *translate.Translator // nil where the configuration makes none
	idle       func()
}

// newTranslator is the translation that serve would use.
func newTranslator(cfg Config) (*translate.Translator, error) {
	return translate.New(cfg.translation())
}

// managedDomains are all domains that the configuration may send users to, none
// where it is not well.
func managedDomains(cfg Config) []string {
	translator, err := newTranslator(cfg)
	if err != nil {
		return nil
	}
	return translator.ManagedDomains()
}

// openTenant connects to the tenant of the configuration. Of its settings only
// those of Access have to be well: a directory is made before Okta has a token.
// It sends nothing.
func (p *program) openTenant() (*tenant, error) {
	cfg, problems := examineConfig(p.configFile, p.environ)
	problems = slices.DeleteFunc(problems, func(err error) bool {
		about := subject(err)
		return !strings.HasPrefix(about, "access") && !strings.HasPrefix(about, "the configuration file")
	})
	if err := joined(problems); err != nil {
		return nil, err
	}
	base, err := upstream.TenantURL(cfg.Access.URL)
	if err != nil {
		return nil, err
	}
	source, err := auth.NewTokenSource(auth.Config{
		TokenURL: base.String() + tokenPath, ClientID: cfg.Access.ClientID, ClientSecret: cfg.Access.ClientSecret,
	})
	if err != nil {
		return nil, err
	}
	transport := newTransport()
	domains := managedDomains(cfg)
	known := domains
	if len(known) == 0 {
		known = []string{"example.invalid"} // a client needs one; nobody has it
	}
	client, err := upstream.NewClient(upstream.Config{
		BaseURL: base.String(), Domains: known, Resilience: doctor.Patience(),
		HTTPClient: &http.Client{Transport: &auth.Transport{Source: source, Base: transport, Host: base.Host}},
	})
	if err != nil {
		return nil, err
	}
	translator, err := newTranslator(cfg)
	if err != nil {
		translator = nil // what Okta would see is not known then, and no reason to show nothing
	}
	return &tenant{Client: client, domains: domains, translator: translator, idle: transport.CloseIdleConnections}, nil
}

// accountsOf finds the accounts that an operator may mean by a name, which may be
// the one that Okta knows them by.
func (t *tenant) accountsOf(ctx context.Context, name string) ([]upstream.Account, error) {
	if t.translator != nil {
		for _, held := range t.translator.UserNames(name) {
			if held == name {
				break // it is what is looked for anyway
			}
			if found, err := t.Accounts(ctx, held); err != nil || len(found) > 0 {
				return found, err
			}
		}
	}
	return t.Accounts(ctx, name)
}

// explained is a failure in words for the operator, with what to do.
func explained(what string, err error) error {
	finding, mend := doctor.Explain(what, err)
	if mend != "" {
		finding += "\n  → " + mend
	}
	return errors.New(finding)
}

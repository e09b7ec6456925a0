package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/login"
	"ws1bridge/upstream"
)

func (p *program) loginCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Look after the identity provider by which people log in",
		Long: `Look after the identity provider in Workspace ONE Access by which people who were
pushed log in with Okta. The OAuth client needs a role that may manage identity
providers for this, such as Super Admin; the bridge itself does not.`,
	}
	cmd.AddCommand(p.loginShowCommand(), p.loginSetupCommand(), p.loginUndoCommand())
	return cmd
}

// loginDomains are those that a command is about: the one of its flag, or all that the
// configuration manages.
func loginDomains(t *tenant, flag string) ([]string, error) {
	switch {
	case flag == "" && len(t.domains) == 0:
		return nil, usageError{errors.New("--domain is required, because the configuration names no domain")}
	case flag == "":
		return t.domains, nil
	case len(t.domains) > 0 && !slices.Contains(t.domains, flag):
		return nil, usageError{fmt.Errorf("the configuration sends users to %s, not to %s: nobody would be there to log in",
			list(t.domains), flag)}
	}
	return []string{flag}, nil
}

// loginError is a failure of package login in words for the operator.
func loginError(err error) error {
	var failed *login.StepError
	if !errors.As(err, &failed) {
		return err
	}
	told := explained(failed.Step, failed.Err)
	if errors.Is(err, upstream.ErrNotPermitted) {
		return errors.New(firstLine(told) + "\n  → give the OAuth client a role that may manage identity providers, " +
			"such as Super Admin, while this command runs")
	}
	return told
}

package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/config"
)

func (p *program) tokenCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "token", Short: "Make a token for Okta"}
	var name, expires string
	var asJSON bool
	make := &cobra.Command{
		Use:   "new",
		Short: "Make a token for Okta, and print it once with its digest for the configuration",
		Long: `Make a token of 256 random bits. Okta gets the token; the configuration needs its digest
alone, from which nobody learns the token. It is printed once and kept nowhere. It begins
with ws1b_ and ends with a checksum, so that scanners find it where no token should be.

Several tokens may be accepted at the same time: add the new one, enter it in Okta,
then take the old one out.`,
		Example: `  ws1bridge token new --name okta-2027
  ws1bridge token new --name okta-2027 --expires 2027-12-31 --json`,
		RunE: func(*cobra.Command, []string) error { return p.newToken(name, expires, asJSON) },
	}
	flags := make.Flags()
	flags.StringVar(&name, "name", "okta-"+time.Now().UTC().Format("2006-01"), "what the log and the history call it")
	flags.StringVar(&expires, "expires", "", "when it ends, such as 2027-12-31 (default: never)")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(make)
	return cmd
}

// newKey is a token as JSON.
type newKey struct {
	Name    string `json:"name"`
	Token   string `json:"token"`
	SHA256  string `json:"sha256"`
	Expires string `json:"expires,omitempty"`
}

func (p *program) newToken(name, expires string, asJSON bool) error {
	token := auth.NewToken()
	key := newKey{Name: name, Token: string(token), SHA256: auth.Digest(token), Expires: expires}
	end := time.Time{}
	if expires != "" {
		var err error
		if end, err = config.ReadTime(expires); err != nil {
			return usageError{fmt.Errorf("--expires %w", err)}
		}
		if !end.After(time.Now()) {
			return usageError{errors.New("--expires " + expires + " is over")}
		}
	}
	if _, err := auth.NewBearer([]auth.Key{{Name: name, SHA256: key.SHA256, Expires: end}}); err != nil {
		return usageError{err}
	}
	if asJSON {
		return printJSON(p.stdout, key)
	}
	fmt.Fprintf(p.stdout, "Enter this in Okta; it is shown once:\n\n  %s\n\nAdd this to the configuration:\n\n", key.Token)
	fmt.Fprintf(p.stdout, "okta:\n  tokens:\n    - name: %q\n      sha256: %s\n", name, key.SHA256)
	if expires != "" {
		fmt.Fprintf(p.stdout, "      expires: %s\n", expires)
	}
	_, err := fmt.Fprint(p.stdout, "\nA bridge that runs takes it by itself.\n")
	return err
}

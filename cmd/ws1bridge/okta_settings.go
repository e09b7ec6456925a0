package main

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/scim"
	"ws1bridge/scim/translate"
)

// The kinds of app that Okta pushes from.
const (
	appCustom  = "custom"
	appCatalog = "catalog"
	appBoth    = "both"
	// appOld is Okta's own app "VMware Workspace ONE", which speaks SCIM 1.1.
	appOld = "workspace-one"
)

var oktaApps = []string{appCustom, appCatalog, appBoth, appOld}

func (p *program) oktaSettingsCommand() *cobra.Command {
	var app string
	cmd := &cobra.Command{
		Use:   "okta-settings",
		Short: "Print what to enter in Okta",
		Long: `Print what to enter in Okta for this configuration: base URL, authentication,
supported actions, and the attributes with their external names and namespaces,
for a custom app and for the catalog's SCIM 2.0 Test App; with --app workspace-one
the two fields of Okta's own app "VMware Workspace ONE". It asks nobody, and shows no
token.`,
		Example: `  ws1bridge okta-settings --config /etc/ws1bridge/config.yaml
  ws1bridge okta-settings --app custom`,
		RunE: func(*cobra.Command, []string) error { return p.oktaSettings(app) },
	}
	cmd.Flags().StringVar(&app, "app", appBoth, "kind of app: custom, catalog, both of these, or workspace-one")
	_ = cmd.RegisterFlagCompletionFunc("app", onlyValues(oktaApps...)) // the flag exists
	return cmd
}

func (p *program) oktaSettings(app string) error {
	if !slices.Contains(oktaApps, app) {
		return usageError{fmt.Errorf("--app %q: want custom, catalog, both or workspace-one", app)}
	}
	cfg, problems := config.Examine(p.configFile, p.environ)
	if len(problems) > 0 {
		fmt.Fprintf(p.stderr, "Note: the configuration has %d problem(s), which ws1bridge config check lists; what "+
			"depends on them is a placeholder here.\n", len(problems))
	}
	attributes, err := mappedAttributes(cfg)
	if err != nil {
		return err
	}
	base := cmp.Or(cfg.PublicURL, "https://HOST-OF-THE-BRIDGE"+scim.BasePath)
	if app == appOld {
		printOldApp(p.stdout, strings.TrimSuffix(strings.TrimRight(base, "/"), scim.BasePath))
		return nil
	}
	for _, w := range oktaWarnings(cfg) {
		fmt.Fprintf(p.stdout, "! %s\n", w)
	}
	if app != appCatalog {
		printCustomApp(p.stdout, base)
	}
	if app != appCustom {
		printCatalogApp(p.stdout, base)
	}
	printProvisioning(p.stdout)
	return printMappings(p.stdout, attributes)
}

// mappedAttributes are those that the configured table maps.
func mappedAttributes(cfg config.Config) ([]string, error) {
	cfg.Domains.Default = cmp.Or(cfg.Domains.Default, "example.invalid") // the table does not depend on it
	translator, err := translate.New(cfg.Translation())
	if err != nil {
		return nil, usageError{err}
	}
	return translator.Attributes(), nil
}

// oktaWarnings are what of this configuration Okta would not take.
func oktaWarnings(cfg config.Config) (warnings []string) {
	u, err := url.Parse(cfg.PublicURL)
	switch {
	case cfg.PublicURL == "":
		warnings = append(warnings, "public_url is not set: "+
			"enter the address at which Okta reaches the bridge, ending in "+scim.BasePath)
	case err != nil || u.Scheme != "https":
		warnings = append(warnings, "public_url does not begin with https://, and Okta calls nothing else")
	case !strings.HasSuffix(strings.TrimRight(u.Path, "/"), scim.BasePath):
		warnings = append(warnings, "public_url does not end in "+scim.BasePath)
	}
	if err == nil && strings.Contains(u.Host, "_") {
		warnings = append(warnings, "the host of public_url has an underscore, which Okta refuses")
	}
	for _, w := range cfg.Warnings(nil).About("okta") {
		warnings = append(warnings, w.Error())
	}
	return warnings
}

func printCustomApp(w io.Writer, base string) {
	fmt.Fprintf(w, `
Custom app: Applications > Create App Integration > SAML 2.0 or SWA, then General > App Settings > Provisioning: SCIM.
Under Provisioning > Integration:

  SCIM connector base URL            %s
  Unique identifier field for users  userName
  Supported provisioning actions     Push New Users, Push Profile Updates, Push Groups
                                     (not Import New Users and Profile Updates, not Import Groups)
  Authentication Mode                HTTP Header
  Authorization (Bearer)             one token of okta.tokens, without the word Bearer
`, base)
}

func printCatalogApp(w io.Writer, base string) {
	fmt.Fprintf(w, `
Catalog app: Applications > Browse App Catalog > SCIM 2.0 Test App (Header Auth), or (OAuth Bearer Token).
Under Provisioning > Integration:

  Enable API integration             on
  Base URL                           %s
  API Token                          one token of okta.tokens, without the word Bearer
  Import Groups                      off
`, base)
}

func printOldApp(w io.Writer, base string) {
	fmt.Fprintf(w, `
Okta's own app "VMware Workspace ONE", as it is: only these two fields change.
Under Provisioning > Integration > Edit:

  Base URL                           %s   (without a path)
  API Token                          one token of okta.tokens, without the word Bearer

Write down what stands there now: the way back is to enter it again. Test API Credentials, save.
Nobody is unassigned, and nothing is mapped anew. The attribute domain of the app may stay as it
is: with one managed domain, the bridge puts it right.
`, base)
}

func printProvisioning(w io.Writer) {
	fmt.Fprint(w, `
Both: Test API Credentials, save, then Provisioning > To App > Edit:

  Create Users                       on (without it Okta only searches, and says that no matching user was found)
  Update User Attributes             on
  Deactivate Users                   on
  Sync Password                      off (passwords go nowhere)

People and groups:

  - Assign people with one group and push ANOTHER under Push Groups: Okta does not
    support one group for both, and members go missing.
  - People who were assigned before provisioning was on need Provision User on the
    app's Assignments page.
  - Okta pushes into a group only those people who are assigned to the app; the
    others join when they are, at the next Push Now.
  - Suspending a person in Okta pushes nothing; unassigning or deactivating does.
`)
}

func printMappings(w io.Writer, attributes []string) error {
	fmt.Fprint(w, `
Attributes, under Provisioning > To App > Attribute Mappings. Delete what is not listed
from the app's profile in the Profile Editor: Okta pushes the whole profile each time.
An attribute that you add needs its external namespace, or Okta never sends it.

`)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	namespace := ""
	for _, m := range mappings(attributes) {
		if m.namespace != namespace {
			namespace = m.namespace
			fmt.Fprintf(table, "External namespace %s\n", namespace)
			fmt.Fprint(table, "  OKTA'S NAME\tEXTERNAL NAME\tVALUE\n")
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\n", m.variable, m.external, m.value)
	}
	return table.Flush()
}

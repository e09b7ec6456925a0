package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/cmd/ws1bridge/login"
	"ws1bridge/upstream"
)

func (p *program) loginShowCommand() *cobra.Command {
	var domain string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show by what people log in, what is missing, and what to enter in Okta's SAML app",
		Long: `Show for each domain of the configuration the directory, the identity providers that
have it or could, by which attribute they find people and whether those who were
pushed have a value there; then what Okta's SAML app must be told, as the tenant's
own SAML metadata states it. It changes nothing.

Exit code 1: nobody could log in.`,
		Example: `  ws1bridge login show
  ws1bridge login show --domain acme.com --json`,
		RunE: p.onTenant(func(cmd *cobra.Command, t *tenant, _ []string) error {
			domains, err := loginDomains(t, domain)
			if err != nil {
				return err
			}
			return p.showLogin(cmd.Context(), t, domains, asJSON)
		}),
	}
	cmd.Flags().StringVar(&domain, "domain", "", "domain to look at (default: all of the configuration)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// loginPage is all that login show prints, as JSON.
type loginPage struct {
	Domains []loginOfDomain `json:"domains"`
	Okta    oktaSAML        `json:"okta"`
}

type loginOfDomain struct {
	login.Overview

	// FedBy are the attributes of Okta from which the bridge sets that of the name ID.
	FedBy  []string        `json:"fed_by"`
	Unread []string        `json:"unread"`
	Checks []doctor.Result `json:"checks"`
}

// oktaSAML is what is entered in Okta's SAML app.
type oktaSAML struct {
	login.ServiceProvider

	NameIDFormat        string `json:"name_id_format"`
	ApplicationUserName string `json:"application_username"`
	// Unread is why the addresses are those of the documentation, "" where the tenant
	// states them.
	Unread string `json:"unread"`
}

func (p *program) showLogin(ctx context.Context, t *tenant, domains []string, asJSON bool) error {
	page, sheet, err := p.lookAtLogin(ctx, t, domains)
	if err != nil {
		return err
	}
	if asJSON {
		if err := printJSON(p.stdout, page); err != nil {
			return err
		}
		return sheet.failure()
	}
	for _, d := range page.Domains {
		printLogin(p.stdout, d)
	}
	printOktaSAML(p.stdout, page.Okta)
	for _, d := range page.Domains {
		for _, r := range d.Checks {
			sheet.print(r)
		}
	}
	return sheet.failure()
}

// lookAtLogin reads everything; the sheet has counted the checks, and printed none.
func (p *program) lookAtLogin(ctx context.Context, t *tenant, domains []string) (page loginPage, _ *sheet, _ error) {
	defer p.underWay("reading identity providers")()
	sheet := p.newSheet(domains)
	sheet.quiet = true
	for _, o := range login.Look(ctx, t.Client, domains, t.oktaUserName) {
		d := loginOfDomain{Overview: o, FedBy: t.sourcesOf(o.NameID), Unread: []string{}, Checks: []doctor.Result{}}
		for _, err := range o.Unread {
			d.Unread = append(d.Unread, firstLine(loginError(err)))
		}
		err := doctor.Domain(ctx, t.Client, o.Domain, func(r doctor.Result) {
			sheet.add(r)
			d.Checks = append(d.Checks, r)
		})
		if err != nil {
			return page, nil, err
		}
		page.Domains = append(page.Domains, d)
	}
	sp, err := login.ReadServiceProvider(ctx, t.Client, t.address)
	page.Okta = oktaSAML{ServiceProvider: sp, NameIDFormat: "Unspecified", ApplicationUserName: "Okta username"}
	if page.Domains[0].NameID == "emails" {
		page.Okta.ApplicationUserName = "Email"
	}
	if err != nil {
		page.Okta.Unread = firstLine(loginError(err))
	}
	return page, sheet, nil
}

// oktaUserName is the name by which Okta knows a user.
func (t *tenant) oktaUserName(u upstream.User) string {
	if t.translator == nil {
		return u.UserName()
	}
	name, _ := t.translator.UserToSCIM(u)["userName"].(string)
	return name
}

// sourcesOf are the attributes of Okta from which the bridge sets one of Access.
func (t *tenant) sourcesOf(attribute string) []string {
	sources := []string{}
	if t.translator == nil || attribute == "" {
		return sources
	}
	for _, pair := range t.translator.Pairs() {
		if pair.Access == attribute || strings.HasSuffix(pair.Access, ":"+attribute) {
			sources = append(sources, cmp.Or(pair.SCIM, "computed: "+pair.Value)+" ("+pair.By+")")
		}
	}
	return sources
}

func printLogin(w io.Writer, d loginOfDomain) {
	fmt.Fprintf(w, "Log-in of %s\n\n", d.Domain)
	fact := func(name, value string) { fmt.Fprintf(w, "  %-15s %s\n", name, value) }
	fact("directory", cmp.Or(d.Directory, "none"))
	printProviders(fact, "provider", d.Providers)
	printProviders(fact, "could have it", d.Candidates)
	if d.NameID != "" {
		fact("found by", d.NameID+", set by the bridge from "+cmp.Or(strings.Join(d.FedBy, ", "), "nothing"))
		fact("people", peopleWords(d.People, d.NameID))
	}
	for _, why := range d.Unread {
		fact("not known", why)
	}
	fmt.Fprintln(w)
}

func printProviders(fact func(name, value string), name string, providers []login.Provider) {
	if len(providers) == 0 {
		fact(name, "none")
	}
	for _, one := range providers {
		state := "enabled"
		if !one.Enabled {
			state = "disabled"
		}
		words := []string{one.Name + " (" + state + ")", "method " + cmp.Or(strings.Join(one.Methods, ", "), "not known")}
		if one.EntityID != "" {
			words = append(words, "stands for "+one.EntityID)
		}
		fact(name, strings.Join(words, ", "))
	}
}

func peopleWords(p login.People, attribute string) string {
	if p.Looked == 0 {
		return "nobody has been pushed yet"
	}
	words := fmt.Sprintf("%d of %d looked at have a value of %s", p.WithValue, p.Looked, attribute)
	if p.SameAsUserName == p.WithValue {
		return words + ", which is the userName that Okta knows"
	}
	return words + fmt.Sprintf("; it is the userName that Okta knows for %d of them: for the others, Okta's Name ID must "+
		"be made the value that Access holds (user get shows it)", p.SameAsUserName)
}

func printOktaSAML(w io.Writer, o oktaSAML) {
	fmt.Fprint(w, "In Okta, the app for log-ins, General > SAML Settings > Edit\n\n")
	for _, field := range [][2]string{
		{"Single sign-on URL", o.ACS}, {"Audience URI (SP Entity ID)", o.EntityID}, {"Name ID format", o.NameIDFormat},
		{"Application username", o.ApplicationUserName},
	} {
		fmt.Fprintf(w, "  %-29s %s\n", field[0], field[1])
	}
	if o.Unread != "" {
		fmt.Fprintf(w, "\n  The two addresses are those of Access's documentation: %s.\n", o.Unread)
	}
	fmt.Fprintln(w)
}

// firstLine is a message without what to do about it.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

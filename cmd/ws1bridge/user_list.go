package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/inspect"
	"ws1bridge/cmd/ws1bridge/listing"
	"ws1bridge/scim/query"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// userList is what the flags of user list say.
type userList struct {
	listFlags

	active, inactive bool
	missing          string
}

func (p *program) userListCommand() *cobra.Command {
	var f userList
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the people whom Okta pushed",
		Long: `List the people in Workspace ONE Access who are the bridge's own, as Okta sees them, in
the order of the first column. It reads all users of the tenant, a page at a time.

A column is an attribute, such as userName, name.familyName or department, or one of
id, type, domain, status and changed, which are Access's own. In a filter, attributes of
extensions have their URN. CSV is that of RFC 4180; a value that a spreadsheet would
take for a formula begins with '.

The output is personal data. How many there are is printed beside it, on standard
error.`,
		Example: `  ws1bridge user list --filter 'title co "Engineer" and active eq true'
  ws1bridge user list --missing userPrincipalName      # who could not log in by it
  ws1bridge user list --csv --columns userName,emails,department > people.csv`,
		RunE: p.onTenant(func(cmd *cobra.Command, t *tenant, _ []string) error {
			return p.listUsers(cmd.Context(), t, f)
		}),
	}
	f.add(cmd, "userName,active,domain,name.givenName,name.familyName,emails,externalId")
	flags := cmd.Flags()
	flags.BoolVar(&f.active, "active", false, "only those who are active")
	flags.BoolVar(&f.inactive, "inactive", false, "only those who are not")
	flags.StringVar(&f.missing, "missing", "", "only those who have no value of this attribute")
	return cmd
}

// person is a user as both sides have one.
type person struct {
	upstream.Account

	okta schema.Resource
}

var ownUserColumns = []listing.Column[person]{
	{Name: "id", Value: func(u person) any { return u.ID }},
	{Name: "type", Value: func(u person) any { return u.Kind }},
	{Name: "domain", Value: func(u person) any { return u.Domain }},
	{Name: "status", Value: func(u person) any { return u.Status }},
	{Name: "changed", Value: func(u person) any { return whenChanged(inspect.Changed(u.Meta)) }},
}

func (p *program) listUsers(ctx context.Context, t *tenant, f userList) error {
	if f.active && f.inactive {
		return usageError{errors.New("--active and --inactive exclude each other")}
	}
	if err := f.check(t); err != nil {
		return usageError{err}
	}
	columns, wanted, err := f.read(t)
	if err != nil {
		return usageError{err}
	}
	rows := &listing.Rows{Columns: listing.NamesOf(columns)}
	done := p.underWay("reading users")
	err = t.EachAccount(ctx, func(page []upstream.Account, isFirst bool) {
		if isFirst {
			rows.Clear()
		}
		for _, account := range page {
			if !f.wants(account.Ours, account.Domain) {
				continue
			}
			if u := (person{account, t.translator.UserToSCIM(account.User)}); wanted(u) {
				listing.Fill(rows, columns, u)
			}
		}
	})
	done()
	if err != nil {
		return explained("reading users", err)
	}
	return p.printRows(rows, "user", "users", f.format())
}

// read understands the names of columns, and which users are wanted.
func (f *userList) read(t *tenant) (columns []listing.Column[person], wanted func(person) bool, err error) {
	users := schema.Users(t.translator.SchemaAttributes())
	var extensions []string
	for _, e := range users.SchemaExtensions {
		extensions = append(extensions, e.Schema.ID)
	}
	columns, err = listing.Choose(f.columns, ownUserColumns, func(name string) (listing.Column[person], error) {
		o, err := listing.Resolve(users.Index, extensions, name)
		return listing.Column[person]{Name: name, Value: func(u person) any { return listing.ValueOf(o, u.okta) }}, err
	})
	if err != nil {
		return nil, nil, err
	}
	wants := []func(person) bool{func(u person) bool {
		return !(f.active && !u.Active()) && !(f.inactive && u.Active())
	}}
	if f.missing != "" {
		o, err := listing.Resolve(users.Index, extensions, f.missing)
		if err != nil {
			return nil, nil, err
		}
		wants = append(wants, func(u person) bool { return !o.Seen(u.okta) })
	}
	if f.filter != "" {
		s, err := query.Select(f.filter, users.Index)
		if err != nil {
			return nil, nil, err
		}
		wants = append(wants, func(u person) bool { return s.Matches(u.okta) })
	}
	return columns, allOf(wants), nil
}

// allOf is what satisfies every condition.
func allOf[T any](conditions []func(T) bool) func(T) bool {
	return func(v T) bool {
		for _, is := range conditions {
			if !is(v) {
				return false
			}
		}
		return true
	}
}

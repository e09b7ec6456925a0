package console

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/cmd/ws1bridge/inspect"
	"ws1bridge/scim/journal"
)

const (
	// lookFor bounds how long Access is asked about a person or a group.
	lookFor = 15 * time.Second
	// maxShown is how many accounts or groups of one name a page examines.
	maxShown = 5
	// somePushes is how many pushes the page of a person or a group has.
	somePushes = 10
	// someMembers is how many members of a group a page lists.
	someMembers = 50
)

// records is the page of a person or a group: what is called by a name, or has an id.
type records struct {
	// Kind is user or group.
	Kind, Name string
	// Everywhere says that e-mail addresses and externalIds were looked through, too.
	Everywhere bool
	Users      []person
	Groups     []team
	More       int
	// Trouble is why Access could not be asked, and Fix what to do about it.
	Trouble, Fix string
	Pushes       []row
	All          []pushesOf
}

// pushesOf leads to the pushes about a name or an id.
type pushesOf struct {
	Name string
	Link template.URL
}

// person is an account, and whether somebody can log in with it.
type person struct {
	inspect.User

	Checks []doctor.Result
	LogIns []doctor.LogIn
}

// team is a group, and whether pushes reach it.
type team struct {
	inspect.Group

	Checks   []doctor.Result
	Download template.URL // its members
}

// Some are the first members.
func (t team) Some() []inspect.Reference { return t.Members[:min(len(t.Members), someMembers)] }

func (c *console) users(r *http.Request) (string, any, error) {
	v := r.URL.Query()
	p := records{Kind: "user", Name: strings.TrimSpace(v.Get("name")), Everywhere: v.Get("everywhere") != ""}
	return c.records(r, p, c.lookAtUsers)
}

func (c *console) groups(r *http.Request) (string, any, error) {
	return c.records(r, records{Kind: "group", Name: strings.TrimSpace(r.URL.Query().Get("name"))}, c.lookAtGroups)
}

// records makes the page of what look finds, which adds the names by which the journal may
// know that. Access may be away: what was pushed is shown all the same.
func (c *console) records(
	r *http.Request, p records, look func(context.Context, *records) (names []string, err error),
) (string, any, error) {
	if p.Name == "" {
		return "records", p, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), lookFor)
	defer cancel()
	var names []string
	err := c.looks.alone(ctx, func() (err error) { names, err = look(ctx, &p); return err })
	if err != nil {
		p.Trouble, p.Fix = doctor.Explain("asking Access", err)
	}
	names = append(names, p.Name)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		p.All = append(p.All, pushesOf{name, address("/pushes", url.Values{"about": {name}}.Encode())})
	}
	p.Pushes, err = c.pushesAbout(r.Context(), p.All)
	return "records", p, err
}

// looks has one look at Access at a time: pages are not to take what pushes need.
type looks chan struct{}

func (l looks) alone(ctx context.Context, look func() error) error {
	select {
	case l <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-l }()
	return look()
}

func (c *console) lookAtUsers(ctx context.Context, p *records) (names []string, _ error) {
	inspector := c.Inspector()
	found, err := inspector.Users(ctx, p.Name, p.Everywhere)
	p.More = max(len(found)-maxShown, 0)
	for _, u := range found[:len(found)-p.More] {
		one := person{User: u}
		if err == nil {
			err = inspector.CheckUser(ctx, u, func(r doctor.Result) { one.Checks = append(one.Checks, r) })
		}
		if err == nil { // checks that were cut off prove nothing
			one.LogIns = doctor.LogIns(one.Checks)
		}
		p.Users = append(p.Users, one)
		seen, _ := u.Okta["userName"].(string)
		names = append(names, u.ID, cmp.Or(seen, u.UserName))
	}
	return names, err
}

func (c *console) lookAtGroups(ctx context.Context, p *records) (names []string, _ error) {
	inspector := c.Inspector()
	found, err := inspector.Groups(ctx, p.Name)
	p.More = max(len(found)-maxShown, 0)
	for _, g := range found[:len(found)-p.More] {
		one := team{Group: g, Download: address("/members.csv", url.Values{"group": {g.ID}}.Encode())}
		if err == nil {
			err = inspector.CheckGroup(ctx, g, func(r doctor.Result) { one.Checks = append(one.Checks, r) })
		}
		p.Groups = append(p.Groups, one)
		names = append(names, g.ID, g.Name)
	}
	return names, err
}

// pushesAbout are the newest pushes of what is known by any of the names.
func (c *console) pushesAbout(ctx context.Context, names []pushesOf) ([]row, error) {
	var all []journal.Record
	for _, one := range names {
		found, err := c.Journal.Find(ctx, journal.Query{About: one.Name, Limit: somePushes})
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b journal.Record) int { return cmp.Compare(b.Seq, a.Seq) })
	all = slices.CompactFunc(all, func(a, b journal.Record) bool { return a.Seq == b.Seq })
	return rowsOf(all[:min(len(all), somePushes)]), nil
}

// pageOf is the page of what a push was about, "" where it was about nobody.
func pageOf(r journal.Record) template.URL {
	name := url.Values{"name": {cmp.Or(r.ID, r.Name)}}.Encode()
	switch {
	case r.ID == "" && r.Name == "":
		return ""
	case r.Kind == "user":
		return address("/users", name)
	case r.Kind == "group":
		return address("/groups", name)
	}
	return ""
}

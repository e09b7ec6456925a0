// Package export reads a table of who is assigned to the app in Okta, where nobody has a token for
// Okta's management API. What the table has no column for is not known, and not compared.
//
// Errors name lines and columns, and no value of a person.
package export

import (
	"context"
	"slices"

	"ws1bridge/cmd/ws1bridge/drift"
)

// File is an export that was read. It may be used by several goroutines.
type File struct {
	people     []drift.AppUser
	byKey      map[string]int // places in people
	properties map[string]drift.Property
	groups     []drift.Mapping
	members    map[string][]string // keys, by the name of the group
	ignored    []string
}

// Ignored are the columns that are not compared, as the file calls them.
func (f *File) Ignored() []string { return slices.Clone(f.ignored) }

// App has the attributes that the file has columns for, and pushes everything.
func (f *File) App(context.Context) (drift.App, error) {
	return drift.App{Properties: f.properties, TellsAll: true}, nil
}

// EachUser gives everybody to use, in the order of the file.
func (f *File) EachUser(ctx context.Context, use func(drift.AppUser) error) error {
	for _, u := range f.people {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := use(u); err != nil {
			return err
		}
	}
	return nil
}

// User is the person of a key. drift.ErrNotAssigned where the file has none.
func (f *File) User(_ context.Context, key string) (drift.AppUser, error) {
	i, ok := f.byKey[key]
	if !ok {
		return drift.AppUser{}, drift.ErrNotAssigned
	}
	return f.people[i], nil
}

// Mappings are the groups that somebody is in.
func (f *File) Mappings(context.Context) ([]drift.Mapping, error) { return f.groups, nil }

// GroupName is the name of a group, which is its id. drift.ErrNoGroup where nobody is in it.
func (f *File) GroupName(_ context.Context, id string) (string, error) {
	if _, ok := f.members[id]; !ok {
		return "", drift.ErrNoGroup
	}
	return id, nil
}

// Members are the keys of those who are in a group.
func (f *File) Members(_ context.Context, id string) ([]string, error) {
	members, ok := f.members[id]
	if !ok {
		return nil, drift.ErrNoGroup
	}
	return members, nil
}

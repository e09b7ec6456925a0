package login

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ws1bridge/upstream"
)

// recordVersion is that of the form of a Record.
const recordVersion = 1

// Record keeps an identity provider as it was before a plan, for the way back.
type Record struct {
	Version int `json:"version"`
	// Tenant is whose provider it is.
	Tenant string    `json:"tenant"`
	Time   time.Time `json:"time"`
	// Provider is its name; ID is "" as long as it is not known.
	Provider string `json:"provider"`
	ID       string `json:"id"`
	// Before is the provider as it was, null where the bridge created it; After as it was
	// left, null where it was deleted.
	Before upstream.ProviderDocument `json:"before"`
	After  upstream.ProviderDocument `json:"after"`
}

// NewRecord keeps what a plan changes.
func NewRecord(tenant string, p Plan, now time.Time) Record {
	return Record{Version: recordVersion, Tenant: tenant, Time: now.UTC().Truncate(time.Second), Provider: p.Provider,
		ID: p.ID, Before: p.Before, After: p.After}
}

// Completed is the record with what came of the plan.
func (r Record) Completed(d Done) Record {
	r.ID = d.ID
	if d.Document != nil {
		r.After = d.Document
	}
	return r
}

// Create writes the record to a file that must not be there yet, for nobody else to read.
func (r Record) Create(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(r.write(file), file.Close())
}

// Replace writes the record over itself, whole or not at all.
func (r Record) Replace(path string) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	if err := errors.Join(r.write(file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return os.Rename(file.Name(), path)
}

func (r Record) write(file *os.File) error {
	encoder := json.NewEncoder(file)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return errors.Join(encoder.Encode(r), file.Sync())
}

// ReadRecord reads a file that Create or Replace wrote.
func ReadRecord(path string) (Record, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Record{}, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var r Record
	err = decoder.Decode(&r)
	if err != nil || r.Version != recordVersion || r.Provider == "" || r.Before == nil && r.After == nil {
		return Record{}, problem(path+" is not a file that ws1bridge login setup wrote", "give the file that it named")
	}
	return r, nil
}

// Undo plans to take back what the plan of a record changed, and nothing else. A plan
// without changes says that there is nothing to take back.
func (r Record) Undo(ctx context.Context, c *upstream.Client) (Plan, error) {
	all, err := c.IdentityProviders(ctx)
	if err != nil {
		return Plan{}, step(readingProviders, err)
	}
	i := slices.IndexFunc(all, func(p upstream.IdentityProvider) bool {
		return p.ID == r.ID || (r.ID == "" || r.After == nil) && strings.EqualFold(p.Name, r.Provider)
	})
	switch {
	case r.After == nil && i < 0:
		return r.undoDeletion()
	case r.After == nil || i < 0 && r.Before == nil:
		return Plan{Provider: r.Provider}, nil
	case i < 0:
		return Plan{}, problem("the identity provider "+r.Provider+" is not there any more",
			"create it in Access; the file has it as it was")
	}
	now, err := c.ProviderDocument(ctx, all[i].ID)
	if err != nil {
		return Plan{}, unreadable(r.Provider, err)
	}
	if r.Before == nil {
		return r.undoCreation(all[i], now)
	}
	return r.undoChange(all[i], now)
}

// undoDeletion creates the provider again; it gets another id.
func (r Record) undoDeletion() (Plan, error) {
	p, err := r.Before.Provider()
	after := maps.Clone(r.Before)
	delete(after, "id")
	return Plan{Provider: r.Provider, After: after, Methods: p.Methods,
		Changes: []string{"is created again, as it was"}}, err
}

// undoCreation deletes what was created, if nobody did anything with it since.
func (r Record) undoCreation(p upstream.IdentityProvider, now upstream.ProviderDocument) (Plan, error) {
	if keys := now.Differences(r.After); len(keys) > 0 {
		return Plan{}, problem("the identity provider "+p.Name+" was changed since the bridge created it ("+
			strings.Join(keys, ", ")+"): nothing was deleted",
			"look who uses it, and delete it under Identity Providers in Access")
	}
	return Plan{Provider: p.Name, ID: p.ID, Before: now, Changes: []string{"is deleted, as it was created by the bridge"},
		Notes: []string{"an access policy that has its method (" + strings.Join(p.Methods, ", ") +
			") leads nowhere then: take it out of the policy first"}}, nil
}

// undoChange takes back each change that is still there.
func (r Record) undoChange(p upstream.IdentityProvider, now upstream.ProviderDocument) (Plan, error) {
	plan := Plan{Provider: p.Name, ID: p.ID, Before: now, After: now, Methods: p.Methods}
	for _, key := range r.After.Differences(r.Before) {
		var err error
		switch key {
		case upstream.KeyDirectories:
			err = plan.restoreDirectories(r)
		case upstream.KeyStatus, upstream.KeyMetadata:
			err = plan.takeBack(r, key)
		}
		if err != nil {
			return Plan{}, err
		}
	}
	return plan, nil
}

// restoreDirectories takes out the directories that were put in, and the reverse.
func (p *Plan) restoreDirectories(r Record) error {
	before, err := r.Before.Directories()
	after, afterErr := r.After.Directories()
	now, nowErr := p.Before.Directories()
	if err := errors.Join(err, afterErr, nowErr); err != nil {
		return fmt.Errorf("read the directories of %s: %w", p.Provider, err)
	}
	leaving := common(without(after, before), now)
	coming := without(without(before, after), now)
	if p.After, err = p.After.WithDirectories(coming...); err != nil {
		return err
	}
	for _, d := range coming {
		p.Changes = append(p.Changes, "people of the directory "+d.Name+" log in with it again")
	}
	var ids []string
	for _, d := range leaving {
		ids = append(ids, d.ID)
		p.Changes = append(p.Changes, "people of the directory "+d.Name+" no longer log in with it")
	}
	p.Directories = slices.Concat(coming, leaving)
	p.After, err = p.After.WithoutDirectories(ids...)
	return err
}

func has(list []upstream.Directory, d upstream.Directory) bool {
	return slices.ContainsFunc(list, func(other upstream.Directory) bool { return other.ID == d.ID })
}

// without are the directories of a list that another has not, common those that it has.
func without(list, other []upstream.Directory) (rest []upstream.Directory) {
	return slices.DeleteFunc(slices.Clone(list), func(d upstream.Directory) bool { return has(other, d) })
}

func common(list, other []upstream.Directory) []upstream.Directory {
	return slices.DeleteFunc(slices.Clone(list), func(d upstream.Directory) bool { return !has(other, d) })
}

// takeBack restores one value, unless somebody changed it since.
func (p *Plan) takeBack(r Record, key string) (err error) {
	only := func(d upstream.ProviderDocument) upstream.ProviderDocument {
		return upstream.ProviderDocument{key: d[key]}
	}
	now := only(p.Before)
	switch {
	case len(now.Differences(only(r.Before))) == 0:
		return nil
	case len(now.Differences(only(r.After))) > 0:
		return problem("somebody changed "+key+" of the identity provider "+p.Provider+" since: nothing was written",
			"decide under Identity Providers in Access what it should be; the file has it as it was")
	}
	p.Changes = append(p.Changes, key+" is as it was before")
	p.After, err = p.After.With(key, r.Before[key])
	return err
}

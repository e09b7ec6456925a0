package login

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ws1bridge/upstream"
)

// Done is what came of a plan.
type Done struct {
	ID string
	// Document is the provider as Access shows it now; nil where it shows none.
	Document upstream.ProviderDocument
	// Unverified is why it is not known whether Access holds what was planned, "" where
	// it does.
	Unverified string
	// Others are keys that differ from what was there, and that nobody wanted to change.
	Others []string
}

// Apply writes a plan, reads back what came of it and compares.
func (p Plan) Apply(ctx context.Context, c *upstream.Client) (Done, error) {
	switch {
	case p.Before == nil:
		return p.create(ctx, c)
	case p.After == nil:
		return Done{ID: p.ID}, p.remove(ctx, c)
	}
	return p.change(ctx, c)
}

// checkUnchanged refuses to overwrite what somebody did since it was planned.
func (p Plan) checkUnchanged(ctx context.Context, c *upstream.Client) error {
	now, err := c.ProviderDocument(ctx, p.ID)
	if err != nil {
		return unreadable(p.Provider, err)
	}
	if keys := now.Differences(p.Before); len(keys) > 0 {
		return problem("somebody changed the identity provider "+p.Provider+" meanwhile ("+strings.Join(keys, ", ")+
			"): nothing was written", "repeat the command")
	}
	return nil
}

func (p Plan) change(ctx context.Context, c *upstream.Client) (Done, error) {
	if err := p.checkUnchanged(ctx, c); err != nil {
		return Done{}, err
	}
	done := Done{ID: p.ID}
	err := c.ChangeProvider(ctx, p.ID, p.After)
	if err != nil && !upstream.InDoubt(err) {
		return Done{}, step(changingProvider, err)
	}
	return p.readBack(ctx, c, done, step(changingProvider, err))
}

func (p Plan) create(ctx context.Context, c *upstream.Client) (Done, error) {
	id, err := c.CreateProvider(ctx, p.After)
	if err != nil && !upstream.InDoubt(err) {
		return Done{}, step(creatingProvider, err)
	}
	if id == "" { // the answer was lost, or does not tell
		listed, missing := p.find(ctx, c)
		if missing != nil {
			return Done{}, errors.Join(step(creatingProvider, err), missing)
		}
		id = listed
	}
	return p.readBack(ctx, c, Done{ID: id}, nil)
}

// find looks for the provider by its name.
func (p Plan) find(ctx context.Context, c *upstream.Client) (id string, err error) {
	all, err := c.IdentityProviders(ctx)
	if err != nil {
		return "", step(readingProviders, err)
	}
	i := slices.IndexFunc(all, func(other upstream.IdentityProvider) bool {
		return strings.EqualFold(other.Name, p.Provider)
	})
	if i < 0 {
		return "", problem("Access does not list the identity provider "+p.Provider+" after its creation",
			"repeat the command: it creates nothing twice")
	}
	return all[i].ID, nil
}

// readBack compares what Access shows with the plan. doubt is why it is not sure that
// the write was applied.
func (p Plan) readBack(ctx context.Context, c *upstream.Client, done Done, doubt error) (Done, error) {
	document, err := c.ProviderDocument(ctx, done.ID)
	switch {
	case err != nil && doubt != nil:
		return done, doubt
	case err != nil:
		done.Unverified = "Access does not show the identity provider as a whole"
		return done, nil //nolint:nilerr // it was written
	}
	done.Document = document
	if missing := p.missingIn(document); len(missing) > 0 {
		if doubt != nil {
			return done, doubt
		}
		return done, problem("Access confirmed the change of "+p.Provider+", and does not show it: "+
			strings.Join(missing, "; "), "look at it under Identity Providers in Access")
	}
	if p.Before != nil {
		wanted := p.After.Differences(p.Before)
		done.Others = slices.DeleteFunc(document.Differences(p.Before),
			func(key string) bool { return slices.Contains(wanted, key) })
	}
	return done, nil
}

// missingIn says what of the plan a document does not hold.
func (p Plan) missingIn(document upstream.ProviderDocument) (missing []string) {
	have, err := document.Provider()
	want, wantErr := p.After.Provider()
	if err := errors.Join(err, wantErr); err != nil {
		return []string{"it has a form that is not known"}
	}
	for _, d := range p.Directories {
		wanted, shown := slices.Contains(want.DirectoryIDs, d.ID), slices.Contains(have.DirectoryIDs, d.ID)
		switch {
		case wanted && !shown:
			missing = append(missing, "it does not have the directory "+d.Name)
		case !wanted && shown:
			missing = append(missing, "it still has the directory "+d.Name)
		}
	}
	if want.Enabled != have.Enabled {
		missing = append(missing, "whether it is enabled")
	}
	for _, method := range want.Methods {
		if !slices.Contains(have.Methods, method) {
			missing = append(missing, "it does not have the method "+method)
		}
	}
	if want.NameID != "" && have.NameID != "" && want.NameID != have.NameID {
		missing = append(missing, "it finds people by "+have.NameID)
	}
	return append(missing, metadataMissing(p.After, document)...)
}

// metadataMissing compares who signs; Access may write the text in another form, and
// need not show it.
func metadataMissing(want, have upstream.ProviderDocument) []string {
	wanted, _, err := parseMetadata([]byte(want.Metadata()))
	shown, _, shownErr := parseMetadata([]byte(have.Metadata()))
	if err == nil && shownErr == nil && !wanted.isSame(shown) {
		return []string{"its metadata is not the new one"}
	}
	return nil
}

func (p Plan) remove(ctx context.Context, c *upstream.Client) error {
	if err := p.checkUnchanged(ctx, c); err != nil {
		return err
	}
	if err := c.DeleteProvider(ctx, p.ID); err != nil && !upstream.InDoubt(err) {
		return step(deletingProvider, err)
	}
	all, err := c.IdentityProviders(ctx)
	if err != nil {
		return step(readingProviders, err)
	}
	if slices.ContainsFunc(all, func(other upstream.IdentityProvider) bool { return other.ID == p.ID }) {
		return problem("Access still lists the identity provider "+p.Provider+" after its deletion", "repeat the command")
	}
	return nil
}

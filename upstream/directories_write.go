package upstream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Ensured is what EnsureDirectory came to.
type Ensured struct {
	Directory Directory
	// Created says that the directory was not there before.
	Created bool
	// Refused is the status by which Access refused the vendor's media type before
	// it took plain JSON, 0 where it did not.
	Refused int
}

// EnsureDirectory makes sure that the tenant has a directory of type Other with
// that domain. It looks first, so it is idempotent, and it looks again when the
// answer to a creation was lost. A directory that has the domain under another
// name is taken as it is.
//
// A *DomainProblem says that the domain stands in the way, ErrConflict that the
// name is taken or that the domain was taken meanwhile.
func (c *Client) EnsureDirectory(ctx context.Context, name, domain string) (Ensured, error) {
	directories, err := c.DirectoriesWithDomains(ctx)
	if err != nil {
		return Ensured{}, err
	}
	d, err := DirectoryOf(directories, domain)
	problem, isProblem := errors.AsType[*DomainProblem](err)
	if !isProblem || problem.Reason != MissingDirectory {
		return Ensured{Directory: d}, err
	}
	for _, other := range directories {
		if strings.EqualFold(other.Name, name) {
			return Ensured{}, &Error{Op: opCreateDirectory, Kind: ErrConflict,
				Err: fmt.Errorf("%w: a directory with the name %s exists already, for %s",
					ErrDirectoryNameTaken, other.Name, strings.Join(other.Domains, ", "))}
		}
	}
	refused, err := c.createDirectory(ctx, name, domain)
	if err != nil {
		return Ensured{}, err
	}
	// Under which key the answer has the id is not documented for this type, so
	// the list has the last word.
	if directories, err = c.DirectoriesWithDomains(ctx); err == nil {
		d, err = DirectoryOf(directories, domain)
	}
	return Ensured{Directory: d, Created: true, Refused: refused}, err
}

// createDirectory sends the creation as three independent public clients do,
// and once more as plain JSON where Access does not know the vendor's type any
// more: it says so by 406 or 415, or by 404, because its framework picks the
// resource by the type. refused is that status, 0 where the first was taken.
func (c *Client) createDirectory(ctx context.Context, name, domain string) (refused int, _ error) {
	r := call{
		op: opCreateDirectory, method: http.MethodPost, path: directoriesPath, media: directoryOtherType,
		accept: directoryOtherType,
		body:   map[string]any{"type": TypeOther, "domains": []string{domain}, "name": name},
	}
	err := c.access.send(ctx, r, nil)
	first, ok := errors.AsType[*Error](err)
	if !ok || !speaksOtherType(first.Status) {
		return 0, c.unlessCreated(ctx, domain, err)
	}
	r.media, r.accept = jsonType, jsonType
	err = c.access.send(ctx, r, nil)
	if second, ok := errors.AsType[*Error](err); ok && speaksOtherType(second.Status) {
		second.Err = fmt.Errorf("the vendor's media type was answered %d, %s %d", first.Status, jsonType, second.Status)
	}
	return first.Status, c.unlessCreated(ctx, domain, err)
}

func speaksOtherType(status int) bool {
	return status == http.StatusNotAcceptable || status == http.StatusUnsupportedMediaType || status == http.StatusNotFound
}

// unlessCreated is the failure of a creation, or nil where it was applied all
// the same.
func (c *Client) unlessCreated(ctx context.Context, domain string, failure error) error {
	e, ok := errors.AsType[*Error](failure)
	if !ok || !e.InDoubt {
		return failure
	}
	directories, err := c.DirectoriesWithDomains(ctx)
	if err != nil {
		return failure
	}
	if _, err := DirectoryOf(directories, domain); err != nil {
		return failure
	}
	return nil
}

// DeleteDirectory asks Access to delete the directory with all users and groups
// in it, which goes on after the answer: the directory is listed as Deleting
// until it is gone. A directory that does not exist is no error.
func (c *Client) DeleteDirectory(ctx context.Context, id string) error {
	if !plausibleID(id) {
		return notFound(opDeleteDirectory)
	}
	r := call{
		op: opDeleteDirectory, method: http.MethodDelete, path: directoriesPath + "/" + url.PathEscape(id),
		query: url.Values{"asyncDelete": {"true"}},
	}
	err := c.access.send(ctx, r, nil)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

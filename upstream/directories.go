package upstream

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const (
	opListDirectories = "list directories"
	opReadDomains     = "read domains"
	opCreateDirectory = "create directory"
	opDeleteDirectory = "delete directory"
)

const (
	directoriesPath = "/connectormanagement/directoryconfigs"
	// TypeOther is the type of a directory that takes provisioned users.
	TypeOther = "OTHER_DIRECTORY"

	// vendorTypes are the media types that Access used for these resources
	// before 2025; since then it moves to application/json one resource at a
	// time, so both are asked for.
	vendorTypes         = "application/vnd.vmware.horizon.manager."
	directoryListType   = vendorTypes + "connector.management.directory.list+json"
	directoryDomainType = vendorTypes + "connector.management.directory.domain.list+json"
	directoryOtherType  = vendorTypes + "connector.management.directory.other+json"
)

// Directory is a directory of the tenant.
type Directory struct {
	ID   string
	Name string
	Type string // OTHER_DIRECTORY, LOCAL_DIRECTORY, …
	// Deleting says that the directory is on its way out.
	Deleting bool
	// Domains are those of the directory. Only DirectoriesWithDomains sets them.
	Domains []string
	// Entry is the directory as Access lists it, without links.
	Entry json.RawMessage
}

// UnmarshalJSON reads a directory; the key of its id differs by type.
func (d *Directory) UnmarshalJSON(b []byte) error {
	_, entry, err := nameAndEntry(b)
	if err != nil {
		return err
	}
	var raw struct {
		DirectoryID, DirectoryConfigID, DirectoryConfigurationID string
		ID, Name, Type                                           string
		DeleteInProgress                                         bool
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	id := cmp.Or(raw.DirectoryID, raw.DirectoryConfigID, raw.DirectoryConfigurationID, raw.ID)
	*d = Directory{ID: id, Name: raw.Name, Type: raw.Type, Deleting: raw.DeleteInProgress, Entry: entry}
	return nil
}

// Directories lists the directories of the tenant. A client with a small role
// gets ErrNotPermitted.
func (c *Client) Directories(ctx context.Context) ([]Directory, error) {
	return list[Directory](ctx, c, call{op: opListDirectories, path: directoriesPath, accept: directoryListType})
}

// DirectoryDomains lists the domains of a directory.
func (c *Client) DirectoryDomains(ctx context.Context, id string) ([]string, error) {
	path := directoriesPath + "/" + url.PathEscape(id) + "/domains"
	domains, err := list[named](ctx, c, call{op: opReadDomains, path: path, accept: directoryDomainType})
	return idsOf(domains, func(d named) string { return string(d) }), err
}

// named is a domain of a directory or an authentication method. Its form is not
// documented: a bare string and several names of fields are read.
type named string

// UnmarshalJSON reads whatever form the name has.
func (n *named) UnmarshalJSON(b []byte) error {
	var bare string
	if json.Unmarshal(b, &bare) == nil {
		*n = named(bare)
		return nil
	}
	var raw struct{ AuthMethodName, Name, DomainName, Domain string }
	err := json.Unmarshal(b, &raw)
	*n = named(cmp.Or(raw.AuthMethodName, raw.Name, raw.DomainName, raw.Domain))
	return err
}

// list reads a list in the form of Access's own API.
func list[T any](ctx context.Context, c *Client, r call) ([]T, error) {
	var answer struct{ Items []T }
	r.method = http.MethodGet
	err := c.sendVendor(ctx, r, &answer)
	return answer.Items, err
}

// sendVendor asks for the vendor's media type, and sends a body as it, and once more
// plain JSON where Access no longer knows the former.
func (c *Client) sendVendor(ctx context.Context, r call, out any) error {
	vendor := r
	vendor.accept, vendor.media = r.accept+", "+jsonType+";q=0.9", r.accept
	err := c.access.send(ctx, vendor, out)
	e, ok := errors.AsType[*Error](err)
	if ok && (e.Status == http.StatusNotAcceptable || e.Status == http.StatusUnsupportedMediaType) {
		r.accept = jsonType
		return c.access.send(ctx, r, out)
	}
	return err
}

// DirectoriesWithDomains lists the directories of the tenant, each with its
// domains. It takes a request for each directory, and errors as Directories
// does. A directory that vanishes meanwhile is left out; one of another type
// than Other whose domains Access does not tell has none.
func (c *Client) DirectoriesWithDomains(ctx context.Context) ([]Directory, error) {
	listed, err := c.Directories(ctx)
	if err != nil {
		return nil, err
	}
	directories := listed[:0]
	for _, d := range listed {
		d.Domains, err = c.DirectoryDomains(ctx, d.ID)
		switch {
		case errors.Is(err, ErrNotFound) && d.Type == TypeOther:
			continue
		case err != nil && !(isRefusal(err) && d.Type != TypeOther):
			return nil, err
		}
		directories = append(directories, d)
	}
	return directories, nil
}

// CheckDirectories verifies that each managed domain has exactly one directory,
// of type Other, that is not being deleted. What is wrong is a *DomainProblem,
// which says what to do; other errors are those of Directories: ErrNotPermitted
// when the bridge's role may not read directories, which proves nothing.
func (c *Client) CheckDirectories(ctx context.Context) error {
	directories, err := c.DirectoriesWithDomains(ctx)
	if err != nil {
		return err
	}
	for _, domain := range c.domains {
		if _, err := DirectoryOf(directories, domain); err != nil {
			return err
		}
	}
	return nil
}

// orMisconfigured is the refusal of a creation, or what is wrong with the
// directory of the domain where that is the reason: an operator can fix it, so
// the data must not be blamed and given up. Which status Access gives for a domain
// that no directory has is not documented; it may be 404.
func (c *Client) orMisconfigured(ctx context.Context, op string, refusal error) error {
	if !isRefusal(refusal) && !errors.Is(refusal, ErrNoSuchPath) {
		return refusal
	}
	if finding, ok := errors.AsType[*DomainProblem](c.CheckDirectories(ctx)); ok {
		return &Error{Op: op, Kind: ErrNotPermitted, Err: finding}
	}
	return refusal
}

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
	if !InDoubt(failure) {
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
		query: "asyncDelete=true",
	}
	err := c.access.send(ctx, r, nil)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

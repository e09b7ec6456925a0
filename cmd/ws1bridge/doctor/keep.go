package doctor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ws1bridge/upstream"
)

// cleanupPage is how many records are looked at by one request.
const cleanupPage = 500

// isMarked reports whether the Doctor made a record: the mark is on the record itself, so
// that it is found by whoever looks later.
func isMarked(externalID string) bool { return strings.HasPrefix(externalID, testPrefix) }

// checkKeep leaves a test user for somebody to log in as, and says how.
func (d *Doctor) checkKeep(ctx context.Context) verdict {
	domain := d.domains[0]
	mark := testPrefix + strings.ToLower(rand.Text()[:12])
	name := d.cfg.KeepUser
	if name == "" {
		name = mark
	}
	found, err := d.access.client.FindUsers(ctx, upstream.ByUserName, name)
	// The same name in another domain is that of somebody else.
	found = slices.DeleteFunc(found, func(u upstream.User) bool { return u.Domain != domain })
	switch {
	case err != nil:
		return failed(explainSCIM("looking for the test user", err))
	case len(found) > 0 && !isMarked(found[0].ExternalID()):
		return failed(name+" is there already, and was not made by the doctor", "log in as this person: no test user is "+
			"needed; or choose another --user-name")
	case len(found) > 0:
		return d.howToLogIn(ctx, found[0], "is there still")
	}
	user, err := d.access.client.CreateUser(ctx, domain, testUser(name, mark))
	if err != nil {
		return notKept(err)
	}
	return d.howToLogIn(ctx, user, "was created")
}

// notKept is the verdict where the test user could not be created.
func notKept(err error) verdict {
	finding, fix := explainSCIM("creating the test user", err)
	switch {
	case errors.Is(err, upstream.ErrConflict):
		return failed("the test user cannot be created: "+finding, "choose another --user-name: that one is taken")
	case upstream.InDoubt(err):
		fix += "; it may have been created all the same: ws1bridge doctor --cleanup deletes it"
	}
	return failed(finding, fix)
}

// testUser has a value of every attribute that a name ID may be compared with.
func testUser(name, mark string) upstream.Attributes {
	email := name
	if !strings.Contains(email, "@") {
		email += "@example.invalid"
	}
	return upstream.Attributes{
		upstream.CorePath("userName"): name, upstream.CorePath("externalId"): mark, upstream.CorePath("active"): true,
		upstream.CorePath("emails"):              email,
		upstream.PathOf("", "name", "givenName"): "Test", upstream.PathOf("", "name", "familyName"): "ws1bridge",
		upstream.PathOf(upstream.WorkspaceSchema, "userPrincipalName", ""): email,
	}
}

// howToLogIn says what somebody does to see the log-in work once.
func (d *Doctor) howToLogIn(ctx context.Context, u upstream.User, state string) verdict {
	finding := fmt.Sprintf("the test user %s of %s %s", u.UserName(), u.Domain, state)
	p, missing := d.access.nameIDOf(ctx, u.Domain)
	if missing != nil {
		return advised(finding, "the log-in cannot be tried yet: "+missing.finding+
			"; ws1bridge doctor --cleanup deletes the test user")
	}
	return advised(finding, fmt.Sprintf("open %s in a private window, choose the domain %s if you are asked, and log "+
		"in with Okta as somebody for whom Okta's app sends the Name ID %s (in Okta: the application username of that "+
		"assignment); then: ws1bridge doctor --cleanup", d.tenant, u.Domain, NameID(u, p.NameID)))
}

// checkCleanup deletes what the Doctor left: what was kept, and what was under way when it
// was ended.
func (d *Doctor) checkCleanup(ctx context.Context) verdict {
	groups, err := d.cleanGroups(ctx)
	users, what := 0, "deleting test groups"
	if err == nil {
		what = "deleting test users"
		users, err = d.cleanUsers(ctx)
	}
	done := fmt.Sprintf("%d test user(s) and %d test group(s) were deleted", users, groups)
	if err != nil {
		finding, fix := explainSCIM(what, err)
		return failed(finding+"; "+done, fix+"; then repeat it")
	}
	return ok(done)
}

// errNotMarked says that Okta took the record over since it was listed.
var errNotMarked = errors.New("the record is not one of the doctor's any more")

func (d *Doctor) cleanUsers(ctx context.Context) (deleted int, _ error) {
	c := d.access.client
	marked, err := allOf(func(start int) (upstream.Page[upstream.User], error) {
		return c.Users(ctx, start, cleanupPage)
	}, upstream.User.ExternalID)
	if err != nil {
		return 0, err
	}
	return deleteMarked(marked, func(u upstream.User) error {
		return c.DeleteUser(ctx, u.ID, func(u upstream.User) error { return mustBeMarked(u.ExternalID()) })
	})
}

func (d *Doctor) cleanGroups(ctx context.Context) (deleted int, _ error) {
	c := d.access.client
	marked, err := allOf(func(start int) (upstream.Page[upstream.Group], error) {
		return c.Groups(ctx, start, cleanupPage, false)
	}, func(g upstream.Group) string { return g.ExternalID })
	if err != nil {
		return 0, err
	}
	return deleteMarked(marked, func(g upstream.Group) error {
		return c.DeleteGroup(ctx, g.ID, func(g upstream.Group) error { return mustBeMarked(g.ExternalID) })
	})
}

// deleteMarked deletes records, but for those that are not marked any more.
func deleteMarked[T any](marked []T, remove func(T) error) (deleted int, _ error) {
	for _, record := range marked {
		switch err := remove(record); {
		case errors.Is(err, errNotMarked):
		case err != nil:
			return deleted, err
		default:
			deleted++
		}
	}
	return deleted, nil
}

func mustBeMarked(externalID string) error {
	if !isMarked(externalID) {
		return errNotMarked
	}
	return nil
}

// allOf reads page by page, and keeps what is marked.
func allOf[T any](page func(start int) (upstream.Page[T], error), externalID func(T) string) (marked []T, _ error) {
	for start := 1; ; {
		p, err := page(start)
		if err != nil {
			return nil, err
		}
		for _, record := range p.Resources {
			if isMarked(externalID(record)) {
				marked = append(marked, record)
			}
		}
		if start += len(p.Resources); len(p.Resources) == 0 || start > p.Total {
			return marked, nil
		}
	}
}

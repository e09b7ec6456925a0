package doctor

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"ws1bridge/upstream"
)

const (
	// testPrefix marks what the Doctor makes; whoever finds such a record may
	// delete it.
	testPrefix     = "ws1bridge-doctor-"
	cleanupTimeout = 30 * time.Second
)

// trial is a user and a group that come and go.
type trial struct {
	client *upstream.Client
	domain string
	name   string // of both

	user  upstream.User
	group upstream.Group
}

// checkWrite makes a user and a group, changes them and removes them, whatever
// happens in between.
func (d *Doctor) checkWrite(ctx context.Context) verdict {
	for _, domain := range d.domains {
		t := &trial{client: d.access.client, domain: domain, name: testPrefix + strings.ToLower(rand.Text()[:12])}
		if v := t.try(ctx); v.outcome != OK {
			return v
		}
	}
	return ok("a test user and group were created, changed and deleted in " + strings.Join(d.domains, ", "))
}

func (t *trial) try(ctx context.Context) verdict {
	what, err := t.make(ctx)
	left := t.remove(context.WithoutCancel(ctx))
	switch {
	case err != nil && left != nil:
		finding, fix := explainSCIM(what, err)
		return failed(finding+"; what was made could not be removed", "delete "+t.name+" in Access by hand. "+fix)
	case err != nil:
		return failed(explainSCIM(what, err))
	case left != nil:
		finding, _ := Explain("removing the test user and group", left)
		return failed(finding, "delete "+t.name+" in Access by hand")
	}
	return ok("")
}

// make does all that Okta has done, and says what was under way when it failed.
func (t *trial) make(ctx context.Context) (what string, err error) {
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"creating a user", t.createUser},
		{"changing a user", t.set(upstream.CorePath("title"), "Test of ws1bridge doctor")},
		{"deactivating a user", t.set(upstream.CorePath("active"), false)},
		{"creating a group", t.createGroup},
		{"changing the members of a group", t.emptyGroup},
	} {
		if err := step.do(ctx); err != nil {
			return step.what, err
		}
	}
	return "", nil
}

func (t *trial) createUser(ctx context.Context) (err error) {
	t.user, err = t.client.CreateUser(ctx, t.domain, upstream.Attributes{
		upstream.CorePath("userName"): t.name, upstream.CorePath("externalId"): t.name, upstream.CorePath("active"): true,
		upstream.PathOf("", "name", "givenName"): "Test", upstream.PathOf("", "name", "familyName"): "ws1bridge",
		upstream.CorePath("emails"): t.name + "@example.invalid",
	})
	return err
}

// set changes one attribute and makes sure that Access shows it.
func (t *trial) set(p upstream.Path, v upstream.Value) func(context.Context) error {
	return func(ctx context.Context) error {
		set := func(upstream.User) (upstream.Attributes, error) { return upstream.Attributes{p: v}, nil }
		got, err := t.client.UpdateUser(ctx, t.user.ID, upstream.UserChange{Make: set})
		if err == nil && got.Attributes[p] != v {
			return errors.New("Access confirmed the change and does not show it")
		}
		return err
	}
}

func (t *trial) createGroup(ctx context.Context) (err error) {
	t.group, err = t.client.CreateGroup(ctx, t.domain, upstream.Group{
		DisplayName: t.name, ExternalID: t.name, Members: []upstream.Member{{ID: t.user.ID}},
	})
	if err == nil && len(t.group.Members) != 1 {
		return errors.New("Access took the group without its member")
	}
	return err
}

func (t *trial) emptyGroup(ctx context.Context) error {
	empty := func(g upstream.Group) (upstream.Group, error) {
		g.Members = nil
		return g, nil
	}
	_, err := t.client.UpdateGroup(ctx, t.group.ID, upstream.GroupChange{Make: empty})
	return err
}

// remove deletes what there is under the trial's name: it looks instead of
// trusting what it was told, since the answer to a creation may have been lost.
func (t *trial) remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, cleanupTimeout)
	defer cancel()
	var problems []error
	groups, err := t.client.FindGroups(ctx, upstream.ByDisplayName, t.name, false)
	problems = append(problems, err)
	for _, g := range groups {
		problems = append(problems, t.client.DeleteGroup(ctx, g.ID,
			func(g upstream.Group) error { return t.isOwn(g.DisplayName) }))
	}
	users, err := t.client.FindUsers(ctx, upstream.ByUserName, t.name)
	problems = append(problems, err)
	for _, u := range users {
		problems = append(problems, t.client.DeleteUser(ctx, u.ID,
			func(u upstream.User) error { return t.isOwn(u.UserName()) }))
	}
	return errors.Join(problems...)
}

// isOwn keeps the trial from deleting anything but what it made.
func (t *trial) isOwn(name string) error {
	if !strings.EqualFold(name, t.name) {
		return errors.New("the record has another name by now")
	}
	return nil
}

// checkRead looks whether the role may read users, without which the bridge can
// do nothing.
func (d *Doctor) checkRead(ctx context.Context) verdict {
	if err := d.access.client.Ready(ctx); err != nil {
		return failed(explainSCIM("reading users", err))
	}
	return ok("users can be read")
}

// explainSCIM is Explain for what every role of the bridge must allow.
func explainSCIM(what string, err error) (finding, fix string) {
	finding, fix = Explain(what, err)
	if errors.Is(err, upstream.ErrNotPermitted) && fix == superAdmin {
		fix = "give the OAuth client an admin role in Access that may manage users and groups, such as Super Admin"
	}
	return finding, cmp.Or(fix, "look at what Access says; which attributes it requires stands under Settings > User "+
		"Attributes")
}

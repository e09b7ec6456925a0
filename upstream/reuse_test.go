package upstream_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// reuser is a client with a user and a group that it reads and changes.
type reuser struct {
	*upstream.Client
	t           *testing.T
	access      *accesstest.Running
	user, group string
	changes     int
}

func newReuser(t *testing.T, reuse time.Duration) *reuser {
	t.Helper()
	c, access := bubbled(t, accesstest.Config{}, reuse)
	r := &reuser{Client: c, t: t, access: access, user: create(t, c, "ada").ID}
	r.group = createGroup(t, c, "team", []upstream.Member{{ID: r.user}}).ID
	time.Sleep(time.Minute) // so that nothing is read as older than a write
	return r
}

// done checks that something went well, and has time go on.
func (r *reuser) done(_ any, err error) {
	r.t.Helper()
	if err != nil {
		r.t.Error(err)
	}
	time.Sleep(time.Millisecond)
}

func (r *reuser) readUser()  { r.done(r.User(r.t.Context(), r.user)) }
func (r *reuser) readGroup() { r.done(r.Group(r.t.Context(), r.group, true)) }

func (r *reuser) find(name string) {
	r.done(r.FindUsers(r.t.Context(), upstream.UserNameStarts, name))
}

func (r *reuser) changeUser() {
	r.changes++
	r.done(update(r.t, r.Client, r.user, upstream.Attributes{upstream.CorePath("title"): fmt.Sprint(r.changes)}))
}

func (r *reuser) freshly() {
	r.changes++
	change := setting(upstream.Attributes{upstream.CorePath("title"): fmt.Sprint(r.changes)}, nil)
	change.Fresh = true
	r.done(r.UpdateUser(r.t.Context(), r.user, change))
}

// changeGroup changes the name of the group, and has nobody join where that is the way.
func (r *reuser) changeGroup(change upstream.GroupChange) {
	r.changes++
	change.Make = func(g upstream.Group) (upstream.Group, error) {
		g.DisplayName = fmt.Sprint("team ", r.changes)
		return g, nil
	}
	r.done(r.UpdateGroup(r.t.Context(), r.group, change))
}

// TestReuse has what is done before a change, and how many records the change reads. Each
// change makes one write.
func TestReuse(t *testing.T) {
	anyChange := func(r *reuser) { r.changeGroup(upstream.GroupChange{}) }
	ofMembers := upstream.GroupChange{Members: &upstream.MemberChange{}}
	tests := []struct {
		name           string
		reuse          time.Duration
		before, change func(r *reuser)
		reads          int
	}{
		{"nothing is done before", 0, func(*reuser) {}, (*reuser).changeUser, 1},
		{"the user is read", 0, (*reuser).readUser, (*reuser).changeUser, 0},
		{"the user is found, by a list alone", 0, func(r *reuser) { r.find("ada") }, (*reuser).changeUser, 1},
		{"the user is found among others", 0, func(r *reuser) {
			create(r.t, r.Client, "adam")
			r.find("ada")
		}, (*reuser).changeUser, 1},
		{"the user is in a list", 0, func(r *reuser) { r.done(r.Users(r.t.Context(), 1, 10)) }, (*reuser).changeUser, 1},
		{"the user is read, then changed", 0, func(r *reuser) { r.readUser(); r.changeUser() }, (*reuser).changeUser, 1},
		{"the user is read, then changed and read", 0, func(r *reuser) { r.readUser(); r.changeUser(); r.readUser() },
			(*reuser).changeUser, 0},
		{"the user is read, then asked to be as it is", 0, func(r *reuser) {
			r.readUser()
			r.done(update(r.t, r.Client, r.user, upstream.Attributes{upstream.CorePath("userName"): "ada"}))
		}, (*reuser).changeUser, 1},
		{"the user is read, and a change of it fails", 0, func(r *reuser) {
			r.readUser()
			if _, err := r.UpdateUser(r.t.Context(), r.user, setting(nil, errors.New("mine"))); err == nil {
				r.t.Error("the change did not fail")
			}
		}, (*reuser).changeUser, 1},
		{"another user is read", 0, func(r *reuser) {
			grace := create(r.t, r.Client, "grace")
			r.done(r.User(r.t.Context(), grace.ID))
		}, (*reuser).changeUser, 1},
		{"the user is read, and another changed", 0, func(r *reuser) {
			grace := create(r.t, r.Client, "grace")
			r.readUser()
			r.done(update(r.t, r.Client, grace.ID, upstream.Attributes{upstream.CorePath("title"): "x"}))
		}, (*reuser).changeUser, 0},
		{"the user is read, but not to be changed by that", 0, (*reuser).readUser, (*reuser).freshly, 1},
		{"the user is read, and an earlier change was to be fresh", 0, func(r *reuser) { r.readUser(); r.freshly() },
			(*reuser).changeUser, 1},
		{"the user is read some seconds before", 0, func(r *reuser) {
			r.readUser()
			time.Sleep(4900 * time.Millisecond)
		}, (*reuser).changeUser, 0},
		{"the user is read five seconds before", 0, func(r *reuser) { r.readUser(); time.Sleep(5 * time.Second) },
			(*reuser).changeUser, 1},
		{"the user is found five seconds before", 0, func(r *reuser) { r.find("ada"); time.Sleep(5 * time.Second) },
			(*reuser).changeUser, 1},
		{"the user is read nine seconds before, which may be ten", 10 * time.Second,
			func(r *reuser) { r.readUser(); time.Sleep(9 * time.Second) }, (*reuser).changeUser, 0},
		{"the user is read a second before, which is the limit", time.Second,
			func(r *reuser) { r.readUser(); time.Sleep(time.Second) }, (*reuser).changeUser, 1},
		{"the user is read where nothing is reused", -1, (*reuser).readUser, (*reuser).changeUser, 1},

		{"the group is not read", 0, func(*reuser) {}, anyChange, 1},
		{"the group is read", 0, (*reuser).readGroup, anyChange, 0},
		{"the group is read without members", 0, func(r *reuser) { r.done(r.Group(r.t.Context(), r.group, false)) },
			anyChange, 1},
		{"the group is found", 0, func(r *reuser) {
			r.done(r.FindGroups(r.t.Context(), upstream.ByDisplayName, "team", true))
		}, anyChange, 1},
		{"the group is read, then changed", 0, func(r *reuser) { r.readGroup(); anyChange(r) }, anyChange, 1},
		{"the group is read, but not to be changed by that", 0, (*reuser).readGroup,
			func(r *reuser) { r.changeGroup(upstream.GroupChange{Fresh: true}) }, 1},
		{"the group is read five seconds before", 0, func(r *reuser) { r.readGroup(); time.Sleep(5 * time.Second) },
			anyChange, 1},
		{"the group is read where nothing is reused", -1, (*reuser).readGroup, anyChange, 1},
		{"the group is read before a change that tells who joins", 0, (*reuser).readGroup,
			func(r *reuser) { r.changeGroup(ofMembers) }, 0},
		{"the group is not read before a change that tells who joins", 0, func(*reuser) {},
			func(r *reuser) { r.changeGroup(ofMembers) }, 1},
		{"the group is changed by one that tells who joins, then read", 0, func(r *reuser) {
			r.changeGroup(ofMembers)
			r.readGroup()
		}, anyChange, 0},
		{"the group is read, then changed by one that tells who joins", 0, func(r *reuser) {
			r.readGroup()
			r.changeGroup(ofMembers)
		}, anyChange, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newReuser(t, tt.reuse)
				tt.before(r)
				r.access.ClearRequests()
				tt.change(r)
				if reads, writes := requests(r.access, http.MethodGet), requests(r.access, http.MethodPatch); reads != tt.reads ||
					writes != 1 {
					t.Errorf("the change took %d reads and %d writes, want %d and 1", reads, writes, tt.reads)
				}
			})
		})
	}
}

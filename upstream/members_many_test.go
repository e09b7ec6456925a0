package upstream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// Who was deleted by hand is left out of every push, and the rest is applied.
func TestMembersThatAreGone(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	ada, grace := create(t, c, "ada"), create(t, c, "grace")
	team := createGroup(t, c, "team", nil)
	if _, err := c.User(t.Context(), grace.ID); err != nil { // Access shows her since she was created
		t.Fatal(err)
	}
	if err := newClient(t, access, domain).DeleteUser(t.Context(), grace.ID, anyUser); err != nil {
		t.Fatal(err)
	}
	both := []upstream.Member{{ID: ada.ID}, {ID: grace.ID}}
	updated, err := setMembers(t, c, team.ID, both)
	if err != nil || len(updated.LeftOut) != 1 || updated.LeftOut[0] != grace.ID {
		t.Errorf("an update leaves out %v, %v; want the one who is gone", updated.LeftOut, err)
	}
	wantMembers(t, access, team.ID, both[:1])
	created := createGroup(t, c, "other", both)
	if len(created.LeftOut) != 1 {
		t.Errorf("a creation leaves out %v, want the one who is gone", created.LeftOut)
	}
	wantMembers(t, access, created.ID, both[:1])
}

// refusing answers 404 in place of Access to what is written about somebody.
type refusing struct {
	next http.RoundTripper
	id   string
}

func (r refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.GetBody != nil {
		body, _ := req.GetBody()
		if sent, _ := io.ReadAll(body); bytes.Contains(sent, []byte(r.id)) {
			answer := httptest.NewRecorder()
			answer.WriteHeader(http.StatusNotFound)
			_, _ = answer.WriteString(accessError)
			return answer.Result(), nil
		}
	}
	return r.next.RoundTrip(req)
}

// A member that Access refuses though it shows the user does not keep the others out.
func TestMemberThatAccessDoesNotFind(t *testing.T) {
	other, access := start(t, accesstest.Config{})
	ada, grace := create(t, other, "ada"), create(t, other, "grace")
	client := authorized(t, access)
	client.Transport = refusing{client.Transport, grace.ID}
	c := newClientFrom(t, access, upstream.Config{HTTPClient: client, Domains: []string{domain}})
	team := createGroup(t, c, "team", nil)
	updated, err := setMembers(t, c, team.ID, []upstream.Member{{ID: ada.ID}, {ID: grace.ID}})
	if err != nil || len(updated.LeftOut) != 1 || updated.LeftOut[0] != grace.ID {
		t.Errorf("left out are %v, %v; want the one that Access does not find", updated.LeftOut, err)
	}
	wantMembers(t, access, team.ID, []upstream.Member{{ID: ada.ID}})
}

// unknownMembers are ids that Access does not know.
func unknownMembers(n int) []upstream.Member {
	members := make([]upstream.Member, n)
	for i := range members {
		members[i].ID = uuid.NewString()
	}
	return members
}

// Many ids that Access does not know cost a list and some looks, not a look each.
func TestManyUnknownMembers(t *testing.T) {
	const unknown, known = 5000, 300
	_, access := start(t, accesstest.Config{SeedUsers: known})
	c := newClient(t, access, domain)
	members := unknownMembers(unknown)
	for _, u := range access.State().Users {
		if u["userName"] != "admin" {
			members = append(members, upstream.Member{ID: u["id"].(string)})
		}
	}
	access.ClearRequests()
	group := createGroup(t, c, "everybody", members)
	if len(group.LeftOut) != unknown || len(group.Members) != known {
		t.Errorf("%d were left out and %d are members, want %d and %d", len(group.LeftOut), len(group.Members),
			unknown, known)
	}
	if n := requests(access, http.MethodGet); n > 510 {
		t.Errorf("it took %d reads", n)
	}
	access.ClearRequests()
	if _, err := setMembers(t, c, group.ID, members); err != nil {
		t.Fatal(err)
	}
	if n := requests(access, ""); n > 3 {
		t.Errorf("the same again took %d requests", n)
	}
}

func TestManyForeignMembers(t *testing.T) {
	const foreign = 1500
	before, access := start(t, accesstest.Config{})
	ada := create(t, before, "ada")
	team := createGroup(t, before, "team", []upstream.Member{{ID: ada.ID}})
	for i := range foreign {
		joinBehindTheBridge(t, access, team.ID, seedLocal(t, access, fmt.Sprintf("local-%d", i), "System Domain"))
	}
	c := newClient(t, access, domain)
	access.ClearRequests()
	group, err := c.Group(t.Context(), team.ID, true)
	if err != nil || len(group.Members) != 1 {
		t.Fatalf("%d members, %v; want ada alone", len(group.Members), err)
	}
	if n := requests(access, ""); n > 60 {
		t.Errorf("the first look took %d requests", n)
	}
}

// Trouble with the record of a member is none with the group: the list tells of it.
func TestMemberWhoseRecordIsBroken(t *testing.T) {
	before, access := start(t, accesstest.Config{})
	ada := create(t, before, "ada")
	team := createGroup(t, before, "team", []upstream.Member{{ID: ada.ID}})
	c := newClient(t, access, domain)
	access.AddFault(accesstest.Fault{Path: scimPath + "/Users/" + ada.ID, Status: http.StatusInternalServerError})
	if group, err := c.Group(t.Context(), team.ID, true); err != nil || len(group.Members) != 1 {
		t.Errorf("%d members, %v; want ada", len(group.Members), err)
	}
}

// Where a list by domain does not find everybody, nobody is lost by that.
func TestListThatMissesPeople(t *testing.T) {
	c, access, tp := startTampered(t, accesstest.Config{SeedUsers: 200})
	var members []upstream.Member
	for _, u := range access.State().Users {
		if u["userName"] != "admin" {
			members = append(members, upstream.Member{ID: u["id"].(string)})
		}
	}
	defer tp.with(func(req *http.Request, _ *http.Response, body string) string {
		if !strings.Contains(req.URL.RawQuery, "domain") {
			return body
		}
		return editList(t, body, func(list map[string]any, records []any) []any {
			list["totalResults"] = 3
			return records[:3]
		})
	})()
	group := createGroup(t, c, "everybody", members)
	if len(group.Members) != len(members) {
		t.Errorf("%d are members, want %d", len(group.Members), len(members))
	}
}

// Without lists, each repetition gets further than the one before, however early its
// caller leaves.
func TestLookUpsMakeProgress(t *testing.T) {
	const unknown, inOneTry = 400, 100
	before, access := start(t, accesstest.Config{})
	team := createGroup(t, before, "team", nil)
	client := authorized(t, access)
	tp := &tamper{base: client.Transport}
	client.Transport = tp
	lookUps, leave := 0, func() {}
	defer tp.with(func(req *http.Request, res *http.Response, body string) string {
		if strings.Contains(req.URL.RawQuery, "filter") {
			res.StatusCode = http.StatusForbidden
			return accessError
		}
		if lookUps++; lookUps%inOneTry == 0 {
			leave()
		}
		return body
	})()
	var opened int
	c := newClientFrom(t, access, upstream.Config{HTTPClient: client, Domains: []string{domain},
		Resilience: upstream.Resilience{Attempts: 1, BreakAfter: 2}, OnCircuit: func(bool) { opened++ }})
	members := unknownMembers(unknown)
	tries := 0
	for err := error(nil); tries == 0 || err != nil && tries < 20; tries++ {
		var ctx context.Context
		ctx, leave = context.WithCancel(t.Context())
		_, err = c.UpdateGroup(ctx, team.ID, upstream.GroupChange{Make: func(g upstream.Group) (upstream.Group, error) {
			g.Members = members
			return g, nil
		}})
		leave()
		if err != nil && !errors.Is(err, upstream.ErrUnavailable) {
			t.Fatal(err)
		}
	}
	if tries < 3 || tries == 20 || opened != 0 {
		t.Errorf("it took %d tries, and the circuit changed %d times; want some, and never", tries, opened)
	}
}

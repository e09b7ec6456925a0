package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// lagged is an Okta that knows what it was told, in front of an Access whose reads
// show writes late.
type lagged struct {
	*bubbled
	t      *testing.T
	random *rand.Rand
	users  map[string]*laggedUser  // by id
	groups map[string]*laggedGroup // by id
	made   int
}

type laggedUser struct {
	name   string
	title  string
	active bool
}

type laggedGroup struct {
	name    string
	members []string
}

// send sends a request until it is not to be repeated, as Okta does.
func (l *lagged) send(method, path string, body any) (status int, answer map[string]any) {
	l.t.Helper()
	for range 100 {
		res := l.ask(l.t, method, path, body)
		if res.Code != http.StatusTooManyRequests {
			_ = json.Unmarshal(res.Body.Bytes(), &answer)
			return res.Code, answer
		}
		wait, _ := strconv.Atoi(res.Header().Get("Retry-After"))
		time.Sleep(time.Duration(wait) * time.Second)
	}
	l.t.Fatalf("%s %s is answered 429 for ever", method, path)
	return 0, nil
}

// want sends a request, and checks the status that it ends with.
func (l *lagged) want(status int, method, path string, body any) map[string]any {
	l.t.Helper()
	got, answer := l.send(method, path, body)
	if got != status {
		l.t.Fatalf("%s %s %v was answered %d %v, want %d", method, path, body, got, answer, status)
	}
	return answer
}

// step does one thing of what Okta does, and notes what it is told.
func (l *lagged) step() {
	l.t.Helper()
	l.made++
	userID, groupID := pick(l.random, l.users), pick(l.random, l.groups)
	user, group := l.users[userID], l.groups[groupID]
	action := l.random.IntN(12)
	switch {
	case action == 0 || user == nil:
		name := fmt.Sprintf("user%d@acme.com", l.made)
		created := l.want(http.StatusCreated, http.MethodPost, "/Users", okta.User(name, "A", "B", fmt.Sprint(l.made)))
		l.users[created["id"].(string)] = &laggedUser{name: name, active: true}
	case action == 1 || group == nil:
		name := fmt.Sprintf("group %d", l.made)
		created := l.want(http.StatusCreated, http.MethodPost, "/Groups", okta.Group(name, okta.Member(userID, "")))
		l.groups[created["id"].(string)] = &laggedGroup{name: name, members: []string{userID}}
	case action <= 4:
		user.active = l.random.IntN(2) == 0
		l.change("/Users/"+userID, okta.Replace(okta.Object{"active": user.active}))
	case action == 5:
		user.name = fmt.Sprintf("renamed%d@acme.com", l.made)
		l.change("/Users/"+userID, okta.Replace(okta.Object{"userName": user.name}))
	case action == 6:
		user.title = fmt.Sprint("title ", l.made)
		l.change("/Users/"+userID, okta.Replace(okta.Object{"title": user.title}))
	case action == 7:
		group.name = fmt.Sprint("renamed group ", l.made)
		l.change("/Groups/"+groupID, okta.Replace(okta.Object{"displayName": group.name}))
	case action <= 9 && !slices.Contains(group.members, userID):
		group.members = append(group.members, userID)
		l.change("/Groups/"+groupID, okta.AddMembers(okta.Member(userID, "")))
	case action <= 10:
		group.members = slices.DeleteFunc(group.members, func(id string) bool { return id == userID })
		l.change("/Groups/"+groupID, okta.RemoveMember(userID))
	default:
		l.want(http.StatusNoContent, http.MethodDelete, "/Users/"+userID, nil)
		delete(l.users, userID)
		for _, g := range l.groups {
			g.members = slices.DeleteFunc(g.members, func(id string) bool { return id == userID })
		}
	}
}

func pick[T any](random *rand.Rand, from map[string]T) string {
	if len(from) == 0 {
		return ""
	}
	ids := make([]string, 0, len(from))
	for id := range from {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids[random.IntN(len(ids))]
}

func (l *lagged) change(path string, operation okta.Object) {
	l.t.Helper()
	if status, answer := l.send(http.MethodPatch, path, okta.Patch(operation)); status/100 != 2 {
		l.t.Fatalf("%v of %s was answered %d %v", operation, path, status, answer)
	}
}

// check compares what Okta was told with what Access holds, and with what the bridge
// answers right now: it may ask to come again, but never tell anything else.
func (l *lagged) check() {
	l.t.Helper()
	held := map[string]string{}
	for _, u := range l.access.State().Users {
		if name, _ := u["userName"].(string); name != "admin" {
			held[u["id"].(string)] = fmt.Sprintf("%s %v %v", name, u["active"], u["title"])
		}
	}
	for id, u := range l.users {
		want := fmt.Sprintf("%s %v %s", u.name, u.active, cmp.Or(u.title, "<nil>"))
		if held[id] != want {
			l.t.Fatalf("Access holds %q of a user, want %q", held[id], want)
		}
		var groups []string
		for groupID, g := range l.groups {
			if slices.Contains(g.members, id) {
				groups = append(groups, groupID)
			}
		}
		l.checkShown("/Users/"+id, map[string]any{"userName": u.name, "active": u.active}, "groups", groups)
		l.checkFound("/Users", "userName", u.name, id)
	}
	if len(held) != len(l.users) {
		l.t.Fatalf("Access holds %d users, want %d", len(held), len(l.users))
	}
	for _, g := range l.access.State().Groups {
		want := l.groups[g["id"].(string)]
		if want == nil {
			continue
		}
		members := values(g, "members")
		slices.Sort(want.members)
		if g["displayName"] != want.name || !slices.Equal(members, want.members) {
			l.t.Fatalf("Access holds the group %v with %v, want %s with %v", g["displayName"], members, want.name, want.members)
		}
		l.checkShown("/Groups/"+g["id"].(string), map[string]any{"displayName": want.name}, "members", want.members)
		l.checkFound("/Groups", "displayName", want.name, g["id"].(string))
	}
}

func (l *lagged) checkShown(path string, want map[string]any, list string, ids []string) {
	l.t.Helper()
	res := l.ask(l.t, http.MethodGet, path, nil)
	if res.Code == http.StatusTooManyRequests {
		return
	}
	var got map[string]any
	_ = json.Unmarshal(res.Body.Bytes(), &got)
	for name, value := range want {
		if res.Code != http.StatusOK || got[name] != value {
			l.t.Fatalf("GET %s was answered %d, %s is %v; want %v", path, res.Code, name, got[name], value)
		}
	}
	slices.Sort(ids)
	if shown := values(got, list); !slices.Equal(shown, ids) {
		l.t.Fatalf("GET %s shows the %s %v, want %v", path, list, shown, ids)
	}
}

// values are those of a list of references, sorted.
func values(resource map[string]any, list string) (ids []string) {
	elements, _ := resource[list].([]any)
	for _, e := range elements {
		ids = append(ids, e.(map[string]any)["value"].(string))
	}
	slices.Sort(ids)
	return ids
}

func (l *lagged) checkFound(path, attribute, value, id string) {
	l.t.Helper()
	res := l.ask(l.t, http.MethodGet, okta.Filtered(path, attribute, value), nil)
	if res.Code == http.StatusTooManyRequests {
		return
	}
	var list struct{ Resources []struct{ ID string } }
	_ = json.Unmarshal(res.Body.Bytes(), &list)
	if len(list.Resources) != 1 || list.Resources[0].ID != id {
		l.t.Fatalf("finding %s gave %d %s, want %s", value, res.Code, res.Body, id)
	}
}

// TestLag has Access show every write late, by id, in lists, or both, and does at
// random what Okta does. Now and then a write is made and its answer lost.
func TestLag(t *testing.T) {
	for _, reads := range []string{"", "ids", "lists"} {
		for _, lag := range []time.Duration{time.Second, 5 * time.Second, 20 * time.Second} {
			for seed := range uint64(6) {
				t.Run(fmt.Sprintf("%s %s seed %d", reads, lag, seed), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { testLag(t, accesstest.Modes{Lag: lag, LagReads: reads}, seed) })
				})
			}
		}
	}
}

func testLag(t *testing.T, modes accesstest.Modes, seed uint64) {
	t.Helper()
	l := &lagged{bubbled: newBubbled(t), t: t, random: rand.New(rand.NewPCG(seed, 1)),
		users: map[string]*laggedUser{}, groups: map[string]*laggedGroup{}}
	must(t, l.access.SetModes(modes))
	if seed%2 == 1 {
		for _, method := range []string{http.MethodPost, http.MethodPatch, http.MethodDelete} {
			l.access.AddFault(accesstest.Fault{Method: method, Path: "/SAAS/jersey", Status: http.StatusServiceUnavailable,
				Apply: true, Probability: .1})
		}
	}
	for range 30 {
		l.step()
		l.check()
		time.Sleep(time.Duration(l.random.IntN(3)) * 700 * time.Millisecond)
	}
}

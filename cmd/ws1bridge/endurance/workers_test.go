package endurance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"

	"ws1bridge/cmd/ws1bridge/okta"
)

// person is a user as the org has told of it.
type person struct {
	fate
	id, externalID, userName, given, family, title string
	active                                         bool
}

func newPerson(worker, number int) *person {
	name := fmt.Sprintf("p%d-%d", worker, number)
	return &person{externalID: "00u" + name, userName: name + "@acme.com", given: "Given", family: "Family " + name,
		active: true}
}

func (p *person) body() okta.Object {
	u := okta.User(p.userName, p.given, p.family, p.externalID)
	return okta.Object{
		"schemas": u.Schemas, "userName": u.UserName, "name": u.Name, "emails": u.Emails, "displayName": u.DisplayName,
		"locale": u.Locale, "externalId": u.ExternalID, "title": p.title, "groups": u.Groups, "active": p.active,
	}
}

// team is a group as the org has told of it, or a worker's share in one.
type team struct {
	fate
	id, name, next string // next is the name that it is being given
	members        map[*person]bool
}

func (t *team) list() []okta.Object {
	list := []okta.Object{}
	for p := range t.members {
		list = append(list, okta.Member(p.id, p.userName))
	}
	return list
}

// The most of each that a worker has at a time.
const (
	maxPeople = 30
	maxTeams  = 5
)

// worker is one of Okta's provisioning jobs. It has people and teams of its own,
// and shares in teams that belong to all workers, so what Access must hold in
// the end is known.
type worker struct {
	*org
	index  int
	random *rand.Rand
	people []*person
	teams  []*team
	shares []*team
	made   int
}

// newWorkers makes n workers, and the teams that they share.
func newWorkers(ctx context.Context, o *org, n int, seed uint64) []*worker {
	workers := make([]*worker, n)
	for i := range workers {
		workers[i] = &worker{org: o, index: i, random: rand.New(rand.NewPCG(seed, uint64(i)))}
	}
	for _, name := range []string{"Everybody", "Somebody"} {
		shared := &team{name: name}
		o.push(ctx, push{method: http.MethodPost, path: "/Groups", want: http.StatusCreated, about: &shared.fate,
			body: okta.Object{"displayName": name, "members": []okta.Object{}}, done: func(x exchange) { shared.id = x.id() }})
		for _, w := range workers {
			w.shares = append(w.shares, &team{id: shared.id, name: name, members: map[*person]bool{}})
		}
	}
	return workers
}

// work goes on until stopped is closed or the org's requests are made.
func (w *worker) work(ctx context.Context, stopped <-chan struct{}) {
	actions := w.actions()
	var total int
	for _, a := range actions {
		total += a.weight
	}
	for !w.exhausted() && ctx.Err() == nil {
		select {
		case <-stopped:
			return
		default:
		}
		at := w.random.IntN(total)
		for _, a := range actions {
			if at -= a.weight; at < 0 {
				a.do(ctx)
				break
			}
		}
	}
}

type action struct {
	weight int
	do     func(context.Context)
}

// actions are all that Okta does, in both of its dialects: the apps of its
// catalog change by PATCH, the custom ones read and write all back by PUT.
func (w *worker) actions() []action {
	return []action{
		{14, w.hire}, {4, w.dismiss}, {10, w.promoteByPut}, {8, w.promoteByPatch}, {4, w.rename}, {8, w.suspend},
		{5, w.revive},
		{10, w.look}, {3, w.search}, {1, w.listAll},
		{4, w.found}, {2, w.disband}, {8, w.joinByPatch}, {6, w.leaveByPatch}, {3, w.replaceByPatch}, {5, w.replaceByPut},
		{3, w.renameTeam},
		{5, w.lookAtTeam}, {2, w.searchTeam}, {8, w.share},
	}
}

// keep changes what the worker has, while nobody looks at it.
func (w *worker) keep(change func()) {
	w.up.RLock()
	defer w.up.RUnlock()
	change()
}

// pick is one of the settled people that suit, nil if there is none.
func (w *worker) pick(suits func(*person) bool) *person {
	var all []*person
	for _, p := range w.people {
		if !p.pending && suits(p) {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[w.random.IntN(len(all))]
}

func anybody(*person) bool { return true }

func (w *worker) pickTeam() *team {
	settled := slices.DeleteFunc(slices.Clone(w.teams), func(t *team) bool { return t.pending })
	if len(settled) == 0 {
		return nil
	}
	return settled[w.random.IntN(len(settled))]
}

// hire looks whether the account is there and creates it.
func (w *worker) hire(ctx context.Context) {
	if len(w.people) >= maxPeople {
		w.dismiss(ctx)
		return
	}
	w.made++
	p := newPerson(w.index, w.made)
	w.push(ctx, push{method: http.MethodGet, path: okta.Filtered("/Users", "userName", p.userName), want: http.StatusOK,
		done: func(x exchange) { w.wantTotal(x, 0) }})
	w.keep(func() {
		p.pending = true
		w.people = append(w.people, p)
	})
	w.push(ctx, push{method: http.MethodPost, path: "/Users", body: p.body(), want: http.StatusCreated, about: &p.fate,
		done: func(x exchange) { p.id = x.id() }})
}

func (w *worker) wantTotal(x exchange, want int) {
	if got := x.resource()["totalResults"]; got != float64(want) {
		w.wrong("%s, want %d results", x, want)
	}
}

func (w *worker) dismiss(ctx context.Context) {
	p := w.pick(anybody)
	if p == nil {
		return
	}
	w.push(ctx, push{method: http.MethodDelete, path: "/Users/" + p.id, want: http.StatusNoContent,
		again: http.StatusNotFound,
		about: &p.fate, done: func(exchange) {
			w.people = slices.DeleteFunc(w.people, func(q *person) bool { return q == p })
			for _, t := range slices.Concat(w.teams, w.shares) {
				delete(t.members, p)
			}
		}})
}

// patchPerson changes a user as the apps of the catalog do.
func (w *worker) patchPerson(ctx context.Context, p *person, value okta.Object, done func()) {
	w.push(ctx, push{method: http.MethodPatch, path: "/Users/" + p.id,
		body: okta.Patch(okta.Object{"op": "replace", "value": value}),
		want: http.StatusOK, about: &p.fate, done: func(exchange) { done() }})
}

// putPerson reads a user, changes it and writes all of it back.
func (w *worker) putPerson(ctx context.Context, p *person, change func(okta.Object), done func()) {
	var body okta.Object
	w.push(ctx, push{method: http.MethodGet, path: "/Users/" + p.id, want: http.StatusOK,
		done: func(x exchange) { body = x.resource() }})
	if body == nil {
		return
	}
	change(body)
	w.push(ctx, push{method: http.MethodPut, path: "/Users/" + p.id, body: body,
		want: http.StatusOK, about: &p.fate, done: func(exchange) { done() }})
}

func (w *worker) newTitle() string {
	w.made++
	return fmt.Sprintf("Title %d", w.made)
}

func (w *worker) promoteByPatch(ctx context.Context) {
	if p := w.pick(anybody); p != nil {
		title := w.newTitle()
		w.patchPerson(ctx, p, okta.Object{"title": title}, func() { p.title = title })
	}
}

func (w *worker) promoteByPut(ctx context.Context) {
	if p := w.pick(anybody); p != nil {
		title := w.newTitle()
		w.putPerson(ctx, p, func(b okta.Object) { b["title"] = title }, func() { p.title = title })
	}
}

func (w *worker) rename(ctx context.Context) {
	p := w.pick(anybody)
	if p == nil {
		return
	}
	w.made++
	family := fmt.Sprintf("Renamed %d-%d", w.index, w.made)
	userName := fmt.Sprintf("r%d-%d@acme.com", w.index, w.made)
	done := func() { p.family, p.userName = family, userName }
	name := okta.Object{"givenName": p.given, "familyName": family}
	if w.random.IntN(2) == 0 {
		w.patchPerson(ctx, p, okta.Object{"userName": userName, "name": name}, done)
		return
	}
	w.putPerson(ctx, p, func(b okta.Object) { b["userName"], b["name"] = userName, name }, done)
}

func (w *worker) suspend(ctx context.Context) {
	p := w.pick(func(p *person) bool { return p.active })
	switch {
	case p == nil:
	case w.random.IntN(2) == 0:
		w.patchPerson(ctx, p, okta.Object{"active": false}, func() { p.active = false })
	default:
		w.putPerson(ctx, p, func(b okta.Object) { b["active"] = false }, func() { p.active = false })
	}
}

// revive brings somebody back, by a change or by creating the account again.
func (w *worker) revive(ctx context.Context) {
	p := w.pick(func(p *person) bool { return !p.active })
	if p == nil {
		return
	}
	done := func() { p.active = true }
	switch w.random.IntN(3) {
	case 0:
		w.patchPerson(ctx, p, okta.Object{"active": true}, done)
	case 1:
		w.putPerson(ctx, p, func(b okta.Object) { b["active"] = true }, done)
	default:
		body := p.body()
		body["active"] = true
		w.push(ctx, push{method: http.MethodPost, path: "/Users", body: body, want: http.StatusCreated, about: &p.fate,
			done: func(x exchange) {
				done()
				if x.id() != p.id {
					w.wrong("%s, want the account with the id %s", x, p.id)
				}
			}})
	}
}

// look reads a user: what was acknowledged must be there.
func (w *worker) look(ctx context.Context) {
	p := w.pick(anybody)
	if p == nil {
		return
	}
	w.push(ctx, push{method: http.MethodGet, path: "/Users/" + p.id, want: http.StatusOK, done: func(x exchange) {
		got := x.resource()
		if title, _ := got["title"].(string); title != p.title || got["active"] != p.active || got["userName"] != p.userName {
			w.wrong("%s, want %+v", x, *p)
		}
	}})
}

func (w *worker) search(ctx context.Context) {
	p := w.pick(anybody)
	if p == nil {
		return
	}
	attribute, value := "userName", p.userName
	if w.random.IntN(4) == 0 {
		attribute, value = "externalId", p.externalID
	}
	w.push(ctx, push{method: http.MethodGet, path: okta.Filtered("/Users", attribute, value), want: http.StatusOK,
		done: func(x exchange) { w.wantTotal(x, 1) }})
}

func (w *worker) listAll(ctx context.Context) {
	path := "/Users?startIndex=1&count=100"
	if w.random.IntN(2) == 0 {
		path = "/Groups?startIndex=1&count=100"
	}
	w.push(ctx, push{method: http.MethodGet, path: path, want: http.StatusOK})
}

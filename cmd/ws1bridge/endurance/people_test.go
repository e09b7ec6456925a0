package endurance

import (
	"context"
	"fmt"
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
		w.outdatedLook("%s, want %d results", x, want)
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
		body: okta.Patch(okta.Replace(value)),
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
			w.outdatedLook("%s, want %+v", x, *p)
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

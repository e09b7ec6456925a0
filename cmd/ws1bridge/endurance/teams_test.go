package endurance

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"ws1bridge/cmd/ws1bridge/okta"
)

// found creates a group with members. Where the answer was lost in a crash, the
// group may be there already: Okta's administrator links to it.
func (w *worker) found(ctx context.Context) {
	if len(w.teams) >= maxTeams {
		w.disband(ctx)
		return
	}
	w.made++
	t := &team{name: fmt.Sprintf("Team %d-%d", w.index, w.made), members: w.some()}
	w.keep(func() {
		t.pending = true
		w.teams = append(w.teams, t)
	})
	again := 0
	if w.crashes || w.copies {
		again = http.StatusConflict
	}
	w.push(ctx, push{method: http.MethodPost, path: "/Groups", want: http.StatusCreated, again: again, about: &t.fate,
		body: okta.Group(t.name, t.list()...),
		done: func(x exchange) {
			t.id = x.id()
			t.pending = x.status == http.StatusConflict
		}})
	if (w.crashes || w.copies) && t.pending && t.id == "" {
		w.link(ctx, t)
	}
}

// link finds the group by its name, and then writes its members.
func (w *worker) link(ctx context.Context, t *team) {
	w.push(ctx, push{method: http.MethodGet, path: okta.Filtered("/Groups", "displayName", t.name), want: http.StatusOK,
		done: func(x exchange) {
			w.wantTotal(x, 1)
			if list, _ := x.resource()["Resources"].([]any); len(list) == 1 {
				t.id, _ = list[0].(okta.Object)["id"].(string)
			}
			w.linked.Add(1)
		}})
	if t.id != "" {
		w.putTeam(ctx, t, t.members)
	}
}

// some are up to six of the worker's people.
func (w *worker) some() map[*person]bool {
	chosen := map[*person]bool{}
	for range w.random.IntN(7) {
		if p := w.pick(anybody); p != nil {
			chosen[p] = true
		}
	}
	return chosen
}

func (w *worker) disband(ctx context.Context) {
	t := w.pickTeam()
	if t == nil {
		return
	}
	w.push(ctx, push{method: http.MethodDelete, path: "/Groups/" + t.id, want: http.StatusNoContent,
		again: http.StatusNotFound,
		about: &t.fate, done: func(exchange) { w.teams = slices.DeleteFunc(w.teams, func(u *team) bool { return u == t }) }})
}

func (w *worker) patchTeam(ctx context.Context, t *team, done func(), operations ...okta.Object) {
	w.push(ctx, push{method: http.MethodPatch, path: "/Groups/" + t.id, body: okta.Patch(operations...),
		want:  http.StatusNoContent,
		about: &t.fate, done: func(exchange) { done() }})
}

func (w *worker) join(ctx context.Context, t *team, joining map[*person]bool) {
	if len(joining) == 0 {
		return
	}
	members := (&team{members: joining}).list()
	w.patchTeam(ctx, t, func() { maps.Copy(t.members, joining) }, okta.AddMembers(members...))
}

// leave takes some out, one operation for each of them, as Okta does.
func (w *worker) leave(ctx context.Context, t *team) {
	var operations []okta.Object
	var leaving []*person
	for p := range t.members {
		if len(leaving) < 3 {
			leaving = append(leaving, p)
			operations = append(operations, okta.RemoveMember(p.id))
		}
	}
	if len(leaving) == 0 {
		return
	}
	w.patchTeam(ctx, t, func() {
		for _, p := range leaving {
			delete(t.members, p)
		}
	}, operations...)
}

func (w *worker) joinByPatch(ctx context.Context) {
	if t := w.pickTeam(); t != nil {
		w.join(ctx, t, w.some())
	}
}

func (w *worker) leaveByPatch(ctx context.Context) {
	if t := w.pickTeam(); t != nil {
		w.leave(ctx, t)
	}
}

func (w *worker) replaceByPatch(ctx context.Context) {
	t := w.pickTeam()
	if t == nil {
		return
	}
	next := w.some()
	w.patchTeam(ctx, t, func() { t.members = next },
		okta.Object{"op": "replace", "path": "members", "value": (&team{members: next}).list()})
}

func (w *worker) replaceByPut(ctx context.Context) {
	if t := w.pickTeam(); t != nil {
		w.putTeam(ctx, t, w.some())
	}
}

func (w *worker) putTeam(ctx context.Context, t *team, next map[*person]bool) {
	body := okta.Group(t.name, (&team{members: next}).list()...)
	body["id"] = t.id
	w.push(ctx, push{method: http.MethodPut, path: "/Groups/" + t.id, want: http.StatusOK, about: &t.fate,
		body: body, done: func(exchange) { t.members = next }})
}

func (w *worker) renameTeam(ctx context.Context) {
	t := w.pickTeam()
	if t == nil {
		return
	}
	w.made++
	w.keep(func() { t.next = fmt.Sprintf("Renamed team %d-%d", w.index, w.made) })
	w.patchTeam(ctx, t, func() { t.name, t.next = t.next, "" },
		okta.Replace(okta.Object{"id": t.id, "displayName": t.next}))
}

// lookAtTeam reads a group: the members must be those that were acknowledged.
func (w *worker) lookAtTeam(ctx context.Context) {
	t := w.pickTeam()
	if t == nil {
		return
	}
	w.push(ctx, push{method: http.MethodGet, path: "/Groups/" + t.id, want: http.StatusOK, done: func(x exchange) {
		var got, want []string
		members, _ := x.resource()["members"].([]any)
		for _, m := range members {
			got = append(got, m.(okta.Object)["value"].(string))
		}
		for p := range t.members {
			want = append(want, p.id)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || x.resource()["displayName"] != t.name {
			w.outdatedLook("%s, want the name %s and the members %s", x, t.name, strings.Join(want, " "))
		}
	}})
}

func (w *worker) searchTeam(ctx context.Context) {
	if t := w.pickTeam(); t != nil {
		w.push(ctx, push{method: http.MethodGet, path: okta.Filtered("/Groups", "displayName", t.name), want: http.StatusOK,
			done: func(x exchange) { w.wantTotal(x, 1) }})
	}
}

// share changes the worker's part of a group that all workers change.
func (w *worker) share(ctx context.Context) {
	t := w.shares[w.random.IntN(len(w.shares))]
	switch {
	case t.pending:
	case w.random.IntN(2) == 0:
		w.join(ctx, t, w.some())
	default:
		w.leave(ctx, t)
	}
}

package endurance

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"

	"ws1bridge/cmd/ws1bridge/okta"
)

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

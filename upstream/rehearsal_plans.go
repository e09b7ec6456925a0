package upstream

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// plans is what a Rehearsal remembers. Records are copied in and out.
type plans struct {
	max int

	mu     sync.Mutex // guards what follows
	users  map[string]userPlan
	groups map[string]groupPlan
	order  []string // ids, in the order in which they were first planned
	weight int      // of all plans
}

func newPlans(limit int) plans {
	return plans{max: limit, users: map[string]userPlan{}, groups: map[string]groupPlan{}}
}

// userPlan is what would have become of a user.
type userPlan struct {
	at      time.Time
	created bool // it exists here alone
	deleted bool
	user    User       // as it was created; of one that Access has, the domain alone
	change  difference // since then
}

// groupPlan is what would have become of a group.
type groupPlan struct {
	at             time.Time
	created        bool
	deleted        bool
	group          Group // as it was at first, without members
	name           string
	externalID     string
	added, removed map[string]Member
	joined         []string // ids of added, in order
}

func (p groupPlan) weight() int { return 1 + len(p.added) + len(p.removed) }

func (p groupPlan) clone() groupPlan {
	p.added, p.removed, p.joined = maps.Clone(p.added), maps.Clone(p.removed), slices.Clone(p.joined)
	if p.added == nil {
		p.added = map[string]Member{}
	}
	if p.removed == nil {
		p.removed = map[string]Member{}
	}
	return p
}

func (p *plans) user(id string) (userPlan, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	plan, ok := p.users[id]
	return plan, ok
}

// group returns a copy that the caller may change.
func (p *plans) group(id string) (groupPlan, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	plan, ok := p.groups[id]
	return plan.clone(), ok
}

func (p *plans) putUser(id string, plan userPlan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.users[id]; !known {
		p.order = append(p.order, id)
		p.weight++
	}
	p.users[id] = plan
	p.forget()
}

func (p *plans) putGroup(id string, plan groupPlan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if before, known := p.groups[id]; known {
		p.weight -= before.weight()
	} else {
		p.order = append(p.order, id)
	}
	p.groups[id] = plan
	p.weight += plan.weight()
	p.forget()
}

// forget drops the oldest plans while there are too many. It needs mu.
func (p *plans) forget() {
	for p.weight > p.max && len(p.order) > 1 {
		id := p.order[0]
		p.order = p.order[1:]
		if _, ok := p.users[id]; ok {
			delete(p.users, id)
			p.weight--
			continue
		}
		p.weight -= p.groups[id].weight()
		delete(p.groups, id)
	}
}

// remaining are the members who would still be users.
func (p *plans) remaining(members []Member) []Member {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.users) == 0 {
		return members
	}
	return slices.DeleteFunc(slices.Clone(members), func(m Member) bool { return p.users[m.ID].deleted })
}

// allUsers are the plans for users, in the order in which they were made.
func (p *plans) allUsers() (ids []string, all []userPlan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range p.order {
		if plan, ok := p.users[id]; ok {
			ids, all = append(ids, id), append(all, plan)
		}
	}
	return ids, all
}

// allGroups are the plans for groups, in the order in which they were made. They
// are not copied: they must be read only.
func (p *plans) allGroups() (ids []string, all []groupPlan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range p.order {
		if plan, ok := p.groups[id]; ok {
			ids, all = append(ids, id), append(all, plan)
		}
	}
	return ids, all
}

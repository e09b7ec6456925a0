package drift

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"ws1bridge/scim"
	"ws1bridge/scim/schema"
)

const groupsEndpoint = "/Groups"

// does is how to repair the group, in words, and what that settles.
func (g *group) does() (does []string, settles []Difference) {
	coming := slices.DeleteFunc(slices.Clone(g.join), func(one *person) bool {
		return one.account == "" && !one.creatable
	})
	isSettled := map[Kind]bool{GroupMissing: true, MembersMissing: true}
	switch {
	case !g.isTouchable():
		return nil, nil
	case g.held == nil:
		does = append(does, fmt.Sprintf("create the group (members: %d)", len(coming)))
	default:
		if g.isRenamed() {
			isSettled[GroupRenamed] = true
			does = append(does, "rename it, which is "+g.held.DisplayName)
		}
		if len(coming) > 0 {
			does = append(does, "take in "+some(namesOf(coming)))
		}
		if len(g.leave) > 0 && g.mayTakeOut() {
			isSettled[MembersExtra] = true
			does = append(does, "take out "+some(displaysOf(g.leave)))
		}
	}
	for _, d := range g.found {
		if isSettled[d.Kind] {
			settles = append(settles, d)
		}
	}
	return does, settles
}

// repaired makes the group what Okta holds of it.
func (g *group) repaired(ctx context.Context, r *repair) (done []string, _ error) {
	now, err := r.compareGroup(ctx, g.Mapping)
	if err != nil {
		return nil, err
	}
	now.join = withAccounts(now.join)
	mayJoin := Difference{Kind: MembersMissing} // of those who had no account yet
	if !now.isTouchable() || haveChanged(slices.Concat(g.found, []Difference{mayJoin}), now.found) {
		return nil, ErrChanged
	}
	if now.held == nil {
		return now.created(ctx, r)
	}
	for _, step := range now.steps() {
		if err := r.patch(ctx, groupsEndpoint, now.held.ID, "", step.operation); err != nil {
			return done, err
		}
		done = append(done, step.does)
	}
	return done, nil
}

// created creates the group with its members.
func (g *group) created(ctx context.Context, r *repair) ([]string, error) {
	body := map[string]any{"schemas": []string{schema.Group}, "displayName": g.name,
		"members": members(accountsOf(g.join))}
	if _, err := r.send(ctx, scim.Push{Method: http.MethodPost, Endpoint: groupsEndpoint}, body); err != nil {
		return nil, err
	}
	does, _ := g.does()
	return does, nil
}

// step is one change of a group.
type step struct {
	does      string
	operation map[string]any
}

// steps are the changes that make the group right.
func (g *group) steps() (all []step) {
	if g.isRenamed() {
		all = append(all, step{"rename it, which was " + g.held.DisplayName,
			map[string]any{"op": "replace", "path": "displayName", "value": g.name}})
	}
	for batch := range slices.Chunk(g.join, maxMembers) {
		all = append(all, step{"take in " + some(namesOf(batch)),
			map[string]any{"op": "add", "path": "members", "value": members(accountsOf(batch))}})
	}
	if !g.mayTakeOut() {
		return all
	}
	for batch := range slices.Chunk(g.leave, maxMembers) {
		ids := make([]string, len(batch))
		for i, m := range batch {
			ids[i] = m.ID
		}
		all = append(all, step{"take out " + some(displaysOf(batch)),
			map[string]any{"op": "remove", "path": "members", "value": members(ids)}})
	}
	return all
}

func accountsOf(list []*person) (ids []string) {
	for _, one := range list {
		ids = append(ids, one.account)
	}
	return ids
}

// members are ids as SCIM has them.
func members(ids []string) []map[string]any {
	list := make([]map[string]any, len(ids))
	for i, id := range ids {
		list[i] = map[string]any{"value": id}
	}
	return list
}

package drift

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"ws1bridge/scim"
	"ws1bridge/scim/problem"
)

// Caller is who repairs, in the log and in the journal.
const Caller = "drift"

// Plan is what a repair does.
type Plan struct {
	Actions []Action
	// ByHand are the differences that somebody else has to settle, most of them in Okta.
	ByHand []Difference
}

// Action repairs one person, or one group.
type Action struct {
	Name string
	// Does is what it does, in words.
	Does []string

	settles []Difference
	// do does what is still to be done. It may be called again.
	do func(ctx context.Context, r *repair) (done []string, _ error)
}

// Done is what became of an action.
type Done struct {
	Action

	// Changes are those that were made, in words. There may be some, and an error.
	Changes []string
	// Err is why it was not done; ErrChanged where the two sides are not as they were compared.
	Err error
}

// Reason is why it was not done, without what names a person.
func (d Done) Reason() string {
	if refused, ok := errors.AsType[refusal](d.Err); ok {
		return refused.why.Sentence()
	}
	return "it could not be read again"
}

// ErrChanged says that what was compared has changed since.
var ErrChanged = errors.New("it has changed since it was compared: compare again")

// Push makes a change as a push of Okta would.
type Push func(context.Context, scim.Push) scim.Outcome

// Plan is how to repair what differs. Accounts that nobody is assigned to are deactivated only
// where that is asked for. The error says why what Okta says is not to be gone by.
func (r *Result) Plan(deactivateUnassigned bool) (plan Plan, _ error) {
	if err := r.people.checkTrust(); err != nil {
		return Plan{}, err
	}
	plan.Actions = r.people.actions()
	if deactivateUnassigned {
		plan.Actions = append(plan.Actions, r.people.deactivations()...)
	}
	for _, g := range r.groups {
		if does, settles := g.does(); len(does) > 0 {
			plan.Actions = append(plan.Actions, Action{Name: g.name, Does: does, settles: settles, do: g.repaired})
		}
	}
	settled := map[string]bool{}
	for _, a := range plan.Actions {
		for _, d := range a.settles {
			settled[d.key()] = true
		}
	}
	for _, d := range r.Differences {
		if !settled[d.key()] {
			plan.ByHand = append(plan.ByHand, d)
		}
	}
	return plan, nil
}

// key tells differences apart.
func (d Difference) key() string {
	return fmt.Sprintf("%q", []string{string(d.Kind), d.Name, d.ID, d.OktaID})
}

// checkTrust refuses what cannot be true of the app that pushes here.
func (p *people) checkTrust() error {
	links, known := 0, 0
	for _, one := range p.all {
		if one.ExternalID != "" {
			links++
		}
		if one.by >= byExternalID {
			known++
		}
	}
	const look = "nothing is repaired: see that okta.app_id is the app that pushes here, and that whoever asks may see " +
		"all who are assigned"
	switch accounts := len(p.byAccount) + len(p.others); {
	case p.app.Status != "" && p.app.Status != "ACTIVE":
		return fmt.Errorf("the app is %s in Okta, so nothing is repaired", p.app.Status)
	case len(p.all) == 0 && accounts > 0:
		return errors.New("okta says that nobody is assigned, and there are accounts; " + look)
	case links > 0 && known == 0 && accounts > 0:
		return errors.New("of all who are linked to an account, nobody has one; " + look)
	}
	return nil
}

const (
	// attempts is how often an action is tried that the bridge asks to repeat.
	attempts = 4
	// maxTroubles is after how many actions in a row that one of the two sides keeps from being done
	// the rest is not tried.
	maxTroubles = 3
	// maxMembers is how many members one change names.
	maxMembers = 1000
)

// Apply does what the plan says, one after the other: people before groups. Before each, and each
// time again, both sides are read, and what is not as it was compared is left alone. told is told
// what became of each. The error says why the rest was not done.
func (p Plan) Apply(ctx context.Context, r *Result, push Push, told func(Done)) error {
	repair, troubles := &repair{people: r.people, push: push}, 0
	for i, a := range p.Actions {
		changes, err := repair.patiently(ctx, a)
		told(Done{Action: a, Changes: changes, Err: err})
		refused, isRefused := errors.AsType[refusal](err)
		if troubles++; err == nil || isRefused && refused.after == 0 || errors.Is(err, ErrChanged) {
			troubles = 0
		}
		if ctx.Err() != nil {
			err, troubles = context.Cause(ctx), maxTroubles
		}
		if troubles == maxTroubles {
			return fmt.Errorf("stopped after %d of %d: %w", i+1, len(p.Actions), err)
		}
	}
	return nil
}

// repair is one under way.
type repair struct {
	*people

	push Push
	// assigned is who is assigned, read since the repair began; nil for not yet.
	assigned *assigned
}

// refusal is why the bridge refused a change, in words for an operator.
type refusal struct {
	why *problem.Error
	// after is when the change may be made; 0 where it is no use to come again.
	after time.Duration
}

func (r refusal) Error() string { return r.why.Plain() }

// patiently does an action, and what is left of it again, as Okta repeats a push.
func (r *repair) patiently(ctx context.Context, a Action) (done []string, _ error) {
	for attempt := 1; ; attempt++ {
		more, err := a.do(ctx, r)
		done = append(done, more...)
		refused, _ := errors.AsType[refusal](err)
		if refused.after == 0 || attempt == attempts {
			return done, err
		}
		select {
		case <-ctx.Done():
			return done, context.Cause(ctx)
		case <-time.After(refused.after):
		}
	}
}

// send makes a change.
func (r *repair) send(ctx context.Context, p scim.Push, body any) (id string, err error) {
	p.Caller = Caller
	if p.Body, err = json.Marshal(body); err != nil {
		return "", err
	}
	o := r.push(ctx, p)
	switch {
	case o.Problem == nil:
		return cmp.Or(o.ID, p.ID), nil
	case o.Status == http.StatusPreconditionFailed:
		return "", ErrChanged
	case o.Status == http.StatusTooManyRequests && !o.Problem.Lasting:
		return "", refusal{o.Problem, o.RetryAfter}
	}
	return "", refusal{why: o.Problem}
}

// patch changes a resource by operations, if it still has the version; "" is any.
func (r *repair) patch(ctx context.Context, endpoint, id, version string, operations ...map[string]any) error {
	_, err := r.send(ctx, scim.Push{Method: http.MethodPatch, Endpoint: endpoint, ID: id, Version: version},
		map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": operations})
	return err
}

// activity is the operation that has somebody log in, or not.
func activity(isActive bool) map[string]any {
	return map[string]any{"op": "replace", "value": map[string]any{"active": isActive}}
}

// haveChanged reports whether there are kinds of differences that there were not.
func haveChanged(before, now []Difference) bool {
	return slices.ContainsFunc(now, func(d Difference) bool {
		return !slices.ContainsFunc(before, func(b Difference) bool { return b.Kind == d.Kind })
	})
}

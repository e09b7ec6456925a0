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
	Name string `json:"name"`
	// Does is what it does, in words.
	Does []string `json:"does"`

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
// where that is asked for.
func (r *Result) Plan(deactivateUnassigned bool) (plan Plan) {
	byHand := map[Kind]bool{NotLinked: true, GroupNotLinked: true, Twice: true, NotPushable: true, OktaFailed: true,
		Unassigned: !deactivateUnassigned}
	for _, d := range r.Differences {
		one := r.people.byID[d.OktaID] // nil where the source does not know the id
		isStuck := (d.Kind == Missing || d.Kind == LinkGone) && (one == nil || !one.creatable)
		if byHand[d.Kind] || isStuck {
			plan.ByHand = append(plan.ByHand, d)
		}
	}
	plan.Actions = r.people.actions()
	if deactivateUnassigned {
		plan.Actions = append(plan.Actions, r.people.deactivations()...)
	}
	for _, g := range r.groups {
		if does := g.does(); len(does) > 0 {
			plan.Actions = append(plan.Actions, Action{Name: g.name, Does: does, do: g.repaired})
		}
	}
	return plan
}

// Apply does what the plan says, one after the other: people before groups. Before each, both
// sides are read again, and what is not as it was compared is left alone. told is told what
// became of each. The error says why the rest was not done.
func (p Plan) Apply(ctx context.Context, r *Result, push Push, told func(Done)) error {
	repair := &repair{people: r.people, push: push}
	for i, a := range p.Actions {
		changes, err := a.do(ctx, repair)
		told(Done{Action: a, Changes: changes, Err: err})
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if errors.Is(err, errAway) || ctx.Err() != nil {
			return fmt.Errorf("stopped after %d of %d: %w", i+1, len(p.Actions), err)
		}
	}
	return nil
}

// repair is one under way.
type repair struct {
	*people

	push Push
}

const (
	// pushAttempts is how often a change is made that the bridge asks to repeat.
	pushAttempts = 4
	// maxMembers is how many members one change names.
	maxMembers = 1000
)

// errAway says that Access takes nothing now.
var errAway = errors.New("the bridge gave up repeating it")

// refusal is why the bridge refused a change, in words for an operator.
type refusal struct{ why *problem.Error }

func (r refusal) Error() string { return r.why.Plain() }

// send makes a change, and repeats it as Okta does.
func (r *repair) send(ctx context.Context, p scim.Push, body any) (id string, err error) {
	p.Caller = Caller
	if p.Body, err = json.Marshal(body); err != nil {
		return "", err
	}
	for attempt := 1; ; attempt++ {
		o := r.push(ctx, p)
		switch {
		case o.Problem == nil:
			return cmp.Or(o.ID, p.ID), nil
		case o.Status != http.StatusTooManyRequests, o.Problem.Lasting:
			return "", refusal{o.Problem}
		case attempt == pushAttempts:
			return "", fmt.Errorf("%w: %w", errAway, refusal{o.Problem})
		}
		select {
		case <-ctx.Done():
			return "", context.Cause(ctx)
		case <-time.After(o.RetryAfter):
		}
	}
}

// patch changes a resource by operations.
func (r *repair) patch(ctx context.Context, endpoint, id string, operations ...map[string]any) error {
	_, err := r.send(ctx, scim.Push{Method: http.MethodPatch, Endpoint: endpoint, ID: id}, map[string]any{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": operations})
	return err
}

// haveChanged reports whether there are kinds of differences that there were not.
func haveChanged(before, now []Difference) bool {
	return slices.ContainsFunc(now, func(d Difference) bool {
		return !slices.ContainsFunc(before, func(b Difference) bool { return b.Kind == d.Kind })
	})
}

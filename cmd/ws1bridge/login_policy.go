package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
)

// policyPoll is how often access policies are read while somebody changes them.
const policyPoll = 2 * time.Second

// finishLogin looks whether people can log in now, says what is left to be done, and
// waits for it if that was asked for.
func (p *program) finishLogin(ctx context.Context, t *tenant, f loginSetup, o loginOutcome) error {
	over := time.NewTimer(f.wait)
	defer over.Stop()
	for told := false; ; told = true {
		if err := p.checkLogins(ctx, t, &o); err != nil {
			return err
		}
		if !policyIsOpen(o.Checks) || f.wait == 0 || mayNotReadPolicies(ctx, t) {
			return p.concludeLogin(o, f)
		}
		if !told {
			p.say(f.json, "\n%sLooking for up to %v whether it is done.\n", policyWork(o.methods), f.wait)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-over.C:
			return p.concludeLogin(o, f)
		case <-time.After(policyPoll):
		}
	}
}

// checkLogins makes the checks of the doctor for the domains.
func (p *program) checkLogins(ctx context.Context, t *tenant, o *loginOutcome) error {
	defer p.underWay("checking log-ins")()
	o.Checks = nil
	for _, domain := range o.Domains {
		err := doctor.Domain(ctx, t.Client, domain, func(r doctor.Result) { o.Checks = append(o.Checks, r) })
		if err != nil {
			return err
		}
	}
	return nil
}

// policyIsOpen reports whether a policy is all that is missing, as far as that is known.
func policyIsOpen(checks []doctor.Result) bool {
	open := false
	for _, c := range checks {
		isPolicy := strings.HasPrefix(c.Name, doctor.PolicyCheck)
		if c.Outcome == doctor.Failed && !isPolicy {
			return false
		}
		open = open || isPolicy && c.Outcome != doctor.OK
	}
	return open
}

// mayNotReadPolicies reports whether looking is of no use.
func mayNotReadPolicies(ctx context.Context, t *tenant) bool {
	_, err := t.Policies(ctx)
	return errors.Is(err, upstream.ErrNotPermitted)
}

// policyWork is what somebody has to do at the console: rules are not written, because a
// wrong one locks everybody out.
func policyWork(methods []string) string {
	return fmt.Sprintf(`One thing is left to be done in the console of Access, because the bridge never writes policies:
  1. Resources > Policies > default_access_policy_set > Edit > Configuration
  2. In the rule for those who come from ALL RANGES with a Web Browser (and with the apps that they use),
     under "then the user may authenticate using", choose: %s
  3. If people of other directories log in by the same rule, keep their method as the fallback.
  4. Save.
`, strings.Join(methods, ", "))
}

// concludeLogin prints what the checks found and, where the policy is what is missing,
// what to do about it.
func (p *program) concludeLogin(o loginOutcome, f loginSetup) error {
	open := policyIsOpen(o.Checks)
	sheet := p.newSheet(o.Domains)
	sheet.quiet = f.json
	p.say(f.json, "\n")
	for _, r := range o.Checks {
		sheet.add(r)
	}
	if f.json {
		if err := printJSON(p.stdout, o); err != nil {
			return err
		}
	} else if open && f.wait == 0 {
		p.say(false, "\n%sThen: ws1bridge login show\n", policyWork(o.methods))
	}
	if open && f.wait > 0 {
		return fmt.Errorf("the access policy was not seen to have the method %s", strings.Join(o.methods, ", "))
	}
	return nil
}

package doctor

import (
	"context"
	"strings"
	"time"
)

// Outcome is how a check ended.
type Outcome string

// The outcomes.
const (
	OK      Outcome = "ok"
	Failed  Outcome = "failed"
	Unknown Outcome = "unknown" // it could not be checked, which proves nothing
)

// Result is what came of a check.
type Result struct {
	Name string `json:"name"`
	// Domain is that whose people could not log in otherwise, "" for what is not about
	// log-ins.
	Domain  string  `json:"domain,omitempty"`
	Outcome Outcome `json:"outcome"`
	// Finding says in one line what was seen.
	Finding string `json:"finding"`
	// Fix says in one line what to do; empty where there is nothing.
	Fix string `json:"fix,omitempty"`
	// Partial says of a failure that it is one for some people of the domain only.
	Partial bool `json:"partial,omitempty"`
}

// verdict is a Result without its name.
type verdict struct {
	outcome      Outcome
	finding, fix string
	partial      bool
}

func ok(finding string) verdict           { return advised(finding, "") }
func advised(finding, fix string) verdict { return verdict{outcome: OK, finding: finding, fix: fix} }
func failed(finding, fix string) verdict  { return verdict{outcome: Failed, finding: finding, fix: fix} }
func unknown(finding, fix string) verdict {
	return verdict{outcome: Unknown, finding: finding, fix: fix}
}

// failedForSome is a failure for some people only.
func failedForSome(finding, fix string) verdict {
	return verdict{outcome: Failed, finding: finding, fix: fix, partial: true}
}

// check is one thing that must be right.
type check struct {
	name string
	// domain is that whose people need it to log in.
	domain string
	// after names the checks that must be OK for this one to make sense.
	after []string
	// skip says that the check is not asked for.
	skip bool
	run  func(context.Context) verdict
}

// run makes the checks one after the other, as far as their premises hold.
func run(ctx context.Context, checks []check, begin func(string), report func(Result)) error {
	reasons := map[string]string{} // why a check is not OK, by its name
	for _, c := range checks {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.skip {
			continue
		}
		v, reason := blocked(c, reasons)
		if reason == "" {
			if begin != nil {
				begin(c.name)
			}
			v = c.run(ctx)
			reason = shortfall(c, v)
		}
		if err := ctx.Err(); err != nil {
			return err // the verdict is that of an interrupted check
		}
		reasons[c.name] = reason
		report(Result{Name: c.name, Domain: c.domain, Outcome: v.outcome, Finding: oneLine(v.finding), Fix: oneLine(v.fix),
			Partial: v.partial})
	}
	return nil
}

// blocked is the verdict on a check of which a premise does not hold, and the
// reason at the root of it, "" where all hold.
func blocked(c check, reasons map[string]string) (verdict, string) {
	for _, premise := range c.after {
		if reason := reasons[premise]; reason != "" {
			return unknown("not checked, because "+reason, ""), reason
		}
	}
	return verdict{}, ""
}

// shortfall says what of a check is missing for those that build on it.
func shortfall(c check, v verdict) string {
	switch v.outcome {
	case Failed:
		return "the check of the " + c.name + " failed"
	case Unknown:
		return "the " + c.name + " is not known"
	}
	return ""
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// span writes a time without its zeros at the end, such as 3h or 10m.
func span(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

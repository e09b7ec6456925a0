package translate

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// Trace is what becomes of one user on the way to Access and back, and why.
type Trace struct {
	// Refused is what Okta would be answered instead, "" where the user is taken.
	Refused string `json:"refused,omitempty"`
	// Domain is the directory's domain, and what chose it.
	Domain TracedDomain `json:"domain"`
	// Attributes are the pairs that have a value, in the order of the table.
	Attributes []TracedAttribute `json:"attributes"`
	// Dropped is what goes nowhere.
	Dropped []Dropped `json:"dropped,omitempty"`
	// Sent is what Access would be sent, by path.
	Sent map[string]any `json:"sent"`
	// Read is what Okta would read.
	Read schema.Resource `json:"read"`
}

// TracedDomain is a domain and where it comes from.
type TracedDomain struct {
	Name string `json:"name"`
	// Source is attribute, userName, email, default, or Access itself.
	Source string `json:"source"`
	Rule   string `json:"rule,omitempty"`
}

// TracedAttribute is one pair at work.
type TracedAttribute struct {
	SCIM   string `json:"scim,omitempty"`
	Access string `json:"access"`
	// Okta and Sent are the values on both sides, Read is the value once more
	// on the side where the trace began.
	Okta any `json:"okta,omitempty"`
	Sent any `json:"sent,omitempty"`
	Read any `json:"read,omitempty"`
	// By is the pair, Rule the domain rule that changed the value.
	By   string `json:"by"`
	Rule string `json:"rule,omitempty"`
	Note string `json:"note,omitempty"`
	// Lost says that the value did not come back as it was.
	Lost bool `json:"lost,omitempty"`
}

// Dropped is an attribute that goes nowhere.
type Dropped struct {
	Attribute string `json:"attribute"`
	Reason    string `json:"reason"`
}

// Lost are the attributes whose values did not come back as they were.
func (tr Trace) Lost() []string {
	var names []string
	for _, a := range tr.Attributes {
		if a.Lost {
			names = append(names, cmp.Or(a.SCIM, a.Access))
		}
	}
	return names
}

// TraceOkta follows a user of Okta's that is to be created to Access and back.
func (t *Translator) TraceOkta(r schema.Resource) Trace {
	domain, sent, err := t.NewUser(r)
	if err != nil {
		return Trace{Refused: err.Error(), Dropped: t.dropped(r)}
	}
	chosen, _ := t.chooseDomain(r) // it did, a moment ago
	u := upstream.User{Domain: domain, Attributes: sent}
	trace := Trace{
		Domain:  TracedDomain{Name: domain, Source: chosen.source, Rule: chosen.rule.by()},
		Dropped: t.dropped(r), Sent: sentPaths(sent), Read: t.UserToSCIM(u),
	}
	for i := range t.pairs {
		p := &t.pairs[i]
		given, _ := get(r, p.scim)
		read, _ := get(trace.Read, p.scim)
		if p.computed != nil {
			given, read = nil, nil
		}
		a := TracedAttribute{SCIM: p.scim.String(), Access: p.access.String(), Okta: given, Sent: sent[p.access], Read: read, By: p.by(), Note: p.note(given, sent[p.access])}
		value, _ := p.form.toAccess(given)
		back, _ := p.form.toAccess(read)
		if a.Rule = t.ruleOf(p, value, false); p.computed != nil {
			a.Rule = t.ruleOf(p, a.Sent, true) // what it was before is not known any more
		}
		if a.Lost = p.computed == nil && value != nil && !p.same(value, back); a.Lost {
			a.Rule = cmp.Or(a.Rule, t.ruleOf(p, sent[p.access], true))
			a.Note = "another value leads to the same in Access, and is what Okta reads"
		}
		if a.Sent != nil || value != nil {
			trace.Attributes = append(trace.Attributes, a)
		}
	}
	trace.Attributes = append(trace.Attributes, t.tracedDomains(r, trace)...)
	return trace
}

// tracedDomains are the attributes that name the domain.
func (t *Translator) tracedDomains(r schema.Resource, trace Trace) []TracedAttribute {
	var out []TracedAttribute
	for _, p := range t.domainPaths {
		given, _ := get(r, p)
		read, _ := get(trace.Read, p)
		if given == nil || given == "" {
			continue
		}
		a := TracedAttribute{SCIM: p.String(), Access: schema.Workspace + ":" + domainName, Okta: given, Sent: trace.Domain.Name, Read: read,
			By: "domains.attributes", Rule: trace.Domain.Rule}
		if t.showsDomain {
			shown, _ := read.(string)
			a.Lost = !domains.SameAddress(fmt.Sprint("@", given), "@"+shown)
		} else {
			a.Note = "chooses the directory, and is shown where domains.attributes names it"
		}
		out = append(out, a)
	}
	return out
}

// TraceAccess follows a user of Access's to Okta and back, as when Okta writes
// what it has read.
func (t *Translator) TraceAccess(u upstream.User) Trace {
	trace := Trace{Domain: TracedDomain{Name: u.Domain, Source: "Access"}, Read: t.UserToSCIM(u)}
	sent, err := t.UserChange(u, trace.Read)
	if err != nil {
		trace.Refused = err.Error()
		return trace
	}
	trace.Sent = sentPaths(sent)
	mapped := map[upstream.Path]bool{}
	for i := range t.pairs {
		p := &t.pairs[i]
		mapped[p.access] = true
		held := u.Attributes[p.access]
		back, named := sent[p.access]
		if !named {
			back = held // it stays
		}
		if held == nil && back == nil {
			continue
		}
		a := TracedAttribute{SCIM: p.scim.String(), Access: p.access.String(), Sent: back, Read: held, By: p.by(),
			Rule: t.ruleOf(p, held, true), Note: p.note(held, back)}
		if p.computed == nil {
			a.Okta, _ = get(trace.Read, p.scim)
			a.Lost = held != nil && !p.same(held, back)
		}
		trace.Attributes = append(trace.Attributes, a)
	}
	for _, path := range slices.SortedFunc(maps.Keys(u.Attributes), func(a, b upstream.Path) int { return cmp.Compare(a.String(), b.String()) }) {
		if !mapped[path] {
			trace.Dropped = append(trace.Dropped, Dropped{path.String(), "no pair maps it: Okta is not shown it, and it stays"})
		}
	}
	return trace
}

func sentPaths(a upstream.Attributes) map[string]any {
	out := map[string]any{}
	for p, v := range a {
		if v != nil {
			out[p.String()] = v
		}
	}
	return out
}

// same reports whether two values of the pair are the same; the form of a
// domain does not count in one that holds a domain.
func (p *pair) same(a, b upstream.Value) bool {
	x, ok := a.(string)
	y, ok2 := b.(string)
	if p.kind != noKind && ok && ok2 {
		return domains.SameAddress(x, y)
	}
	return reflect.DeepEqual(a, b)
}

// note says what is particular about a value of the pair.
func (p *pair) note(given any, sent upstream.Value) string {
	switch {
	case p.computed != nil:
		return "computed by " + p.computed.source
	case (given == nil || given == "") && sent != nil && sent == p.fallback:
		return "the default"
	case p.createOnly:
		return "set on creation, never changed"
	}
	return ""
}

// ruleOf is the rule that changes a value of the pair.
func (t *Translator) ruleOf(p *pair, v upstream.Value, back bool) string {
	s, ok := v.(string)
	if p.kind == noKind || !ok {
		return ""
	}
	both := &t.rules.byKind[p.kind]
	change := both.there.apply
	if back {
		change = both.undo
	}
	_, rule := rewrite(change, p.kind, s)
	return rule.by()
}

// by says which rule it is, "" for none.
func (r *compiled) by() string {
	if r == nil {
		return ""
	}
	return r.setting + ": " + r.String()
}

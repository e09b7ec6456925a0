package translate

import (
	"cmp"
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

// recorder notes what a translation does, for a trace. A nil one notes nothing.
type recorder struct {
	chosen choice
	steps  map[upstream.Path]step // by what the pair is in Access
}

// step is what became of one pair on the way to Access, or from there.
type step struct {
	given any            // as Okta has it, or as it is computed
	read  upstream.Value // given, as the form reads it
	sent  upstream.Value
	rule  *compiledRule // what changed it on the way
	// tidied says that white space around it, or a dot after its domain, was left out.
	tidied bool
}

func newRecorder() *recorder { return &recorder{steps: map[upstream.Path]step{}} }

func (r *recorder) choose(c choice) {
	if r != nil {
		r.chosen = c
	}
}

func (r *recorder) note(p *pair, s step) {
	if r != nil {
		r.steps[p.access] = s
	}
}

// TraceOkta follows a user of Okta's that is to be created to Access and back.
func (t *Translator) TraceOkta(r schema.Resource) Trace {
	trace := Trace{Dropped: t.dropped(r)}
	there, back := newRecorder(), newRecorder()
	created, err := t.newUser(r, there)
	if err != nil {
		trace.Refused = err.Error()
		return trace
	}
	trace.Domain = TracedDomain{created.Domain, there.chosen.source, there.chosen.rule.by()}
	trace.Sent = sentPaths(created.Attributes)
	trace.Read = t.userToSCIM(upstream.User{Domain: created.Domain, Attributes: kept(created.Attributes)}, back)
	for _, p := range with(t.pairs, t.sentByName(r)) {
		if s := there.steps[p.access]; s.sent != nil {
			trace.Attributes = append(trace.Attributes, p.fromOkta(s, back.steps[p.access], trace.Read))
		}
	}
	trace.Attributes = append(trace.Attributes, t.domainsFromOkta(r, trace)...)
	return trace
}

// fromOkta is a pair that went to Access and back, with what Okta reads then.
func (p *pair) fromOkta(there, back step, read schema.Resource) TracedAttribute {
	a := p.traced(there)
	a.Rule, a.Sent = there.rule.by(), there.sent
	if p.computed != nil {
		return a
	}
	a.Okta = there.given
	a.Read, _ = get(read, p.scim)
	returned, _ := p.form.toAccess(a.Read)
	if there.read != nil && !p.same(merged(there.read), returned) {
		a.Lost = true
		a.Rule = cmp.Or(a.Rule, back.rule.by())
		a.Note = "another value leads to the same in Access, and is what Okta reads"
	}
	return a
}

// domainsFromOkta are the attributes that name the domain.
func (t *Translator) domainsFromOkta(r schema.Resource, trace Trace) []TracedAttribute {
	var out []TracedAttribute
	for _, p := range t.domainPaths {
		given, _ := textAt(r, p)
		if given == "" {
			continue
		}
		a := tracedDomain(p)
		a.Okta, _ = get(r, p)
		a.Sent, a.Rule = trace.Domain.Name, trace.Domain.Rule
		if t.showsDomain {
			a.Read, _ = get(trace.Read, p)
			shown, _ := textAt(trace.Read, p)
			a.Lost = !domains.SameAddress("@"+given, "@"+shown)
		} else {
			a.Note = "chooses the directory, and is shown where domains.attributes names it"
		}
		out = append(out, a)
	}
	return out
}

// TraceAccess follows a user of Access's to Okta and back, as when Okta writes
// what it has read. Where Okta's write would be refused, Access keeps all values.
func (t *Translator) TraceAccess(u upstream.User) Trace {
	shown, sent := newRecorder(), newRecorder()
	trace := Trace{Domain: TracedDomain{Name: u.Domain, Source: "Access"}, Read: t.userToSCIM(u, shown)}
	change, err := t.userChange(u, trace.Read, sent)
	if err != nil {
		trace.Refused = err.Error()
	} else {
		trace.Sent = sentPaths(change)
	}
	for _, p := range with(t.pairs, t.heldByName(u.Attributes)) {
		a := p.traced(sent.steps[p.access])
		a.Rule, a.Read = shown.steps[p.access].rule.by(), u.Attributes[p.access]
		a.Sent = a.Read // what is not changed stays
		if v, ok := change[p.access]; ok {
			a.Sent = v
		}
		if p.computed != nil {
			a.Rule = sent.steps[p.access].rule.by()
		} else {
			a.Okta, _ = get(trace.Read, p.scim)
			a.Lost = a.Read != nil && !p.same(a.Read, a.Sent)
		}
		if p.isInvented(a.Read) {
			a.Note = "made up by the bridge, because Okta sent none; not shown to Okta"
		}
		if a.Read != nil || a.Sent != nil {
			trace.Attributes = append(trace.Attributes, a)
		}
	}
	trace.Attributes = append(trace.Attributes, t.domainsFromAccess(trace, shown.chosen)...)
	trace.Dropped = t.unmapped(u.Attributes)
	return trace
}

// domainsFromAccess are the attributes that Okta is shown the domain in.
func (t *Translator) domainsFromAccess(trace Trace, shown choice) []TracedAttribute {
	if shown.domain == "" {
		return nil
	}
	var out []TracedAttribute
	for _, p := range t.domainPaths {
		a := tracedDomain(p)
		a.Okta, _ = get(trace.Read, p)
		a.Sent, a.Read, a.Rule = shown.domain, shown.domain, shown.rule.by()
		out = append(out, a)
	}
	return out
}

// unmapped are the attributes of Access that Okta is not shown.
func (t *Translator) unmapped(held upstream.Attributes) []Dropped {
	var out []Dropped
	shown := with(t.pairs, t.heldByName(held))
	for path := range held {
		if !slices.ContainsFunc(shown, func(p *pair) bool { return p.access == path }) {
			out = append(out, Dropped{path.String(), "no pair maps it: Okta is not shown it, and it stays"})
		}
	}
	slices.SortFunc(out, func(a, b Dropped) int { return cmp.Compare(a.Attribute, b.Attribute) })
	return out
}

// traced is what a trace says of the pair whatever the values are, and what is
// particular about a step.
func (p *pair) traced(s step) TracedAttribute {
	a := TracedAttribute{SCIM: p.scim.String(), Access: p.access.String(), By: p.by()}
	switch {
	case p.computed != nil:
		a.Note = "computed by " + p.computed.source
	case s.read == nil && s.sent != nil:
		a.Note = "the default"
	case s.tidied:
		a.Note = tidiedNote
	case p.createOnly:
		a.Note = "set on creation, never changed"
	}
	return a
}

// tidiedNote says what Access is not sent.
const tidiedNote = "without the white space around it, and without a dot after its domain"

// tracedDomain is an attribute that names the domain.
func tracedDomain(p scimPath) TracedAttribute {
	return TracedAttribute{SCIM: p.String(), Access: schema.Workspace + ":" + domainName, By: "domains.attributes"}
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

// by says which rule it is, "" for none.
func (r *compiledRule) by() string {
	if r == nil {
		return ""
	}
	return r.setting + ": " + r.String()
}

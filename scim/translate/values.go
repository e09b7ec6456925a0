package translate

import (
	"ws1bridge/scim/domains"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// origin is what the values for Access are made of.
type origin struct {
	schema.Resource
	env   environment // what computed attributes see, nil where nothing is computed
	trace *recorder
	held  upstream.Attributes // what Access has, nil for a new user
}

// environment is what computed attributes see of a user, nil where nothing is computed.
func (t *Translator) environment(r schema.Resource, domain string) (environment, error) {
	if len(t.computed) == 0 {
		return nil, nil
	}
	if err := checkInputs(r); err != nil {
		return nil, err
	}
	return newEnvironment(t.tidied(r), domain), nil
}

// value is what Access should hold for a pair, nil for nothing.
func (t *Translator) value(p *pair, from origin) (upstream.Value, error) {
	given, wrong := p.given(from)
	var read upstream.Value
	if wrong == nil {
		read, wrong = p.form.toAccess(given)
	}
	spelled := read
	if wrong == nil && !t.isHeld(p, read, from) {
		read, wrong = p.tidy(read)
	}
	if wrong != nil {
		return nil, wrong.of(p.name())
	}
	if s, ok := read.(string); ok && p.required && domains.IsBlank(s) && from.held[p.access] != read {
		read = nil // nobody has a name of white space
	}
	sent, rule := p.fallback, (*compiledRule)(nil)
	if read != nil {
		sent, rule = p.rewritten(read, t.rules.toAccess)
	}
	from.trace.note(p, step{
		given: given, read: read, sent: sent, rule: rule, tidied: p.kind != noKind && read != spelled,
	})
	return sent, nil
}

// isHeld reports whether Access has the value already, in whatever spelling: what
// Okta has read from there may be written back.
func (t *Translator) isHeld(p *pair, read upstream.Value, from origin) bool {
	s, ok := read.(string)
	held, ok2 := from.held[p.access].(string)
	if p.kind == noKind || !ok || !ok2 {
		return false
	}
	sent, _ := t.rules.toAccess(p.kind, s)
	return sent == held
}

// tidy is a name, an address or a domain without white space around it and a dot
// after its domain, which nobody sees, and which must not send the person to
// another directory, or past a rule. Within it there are no line ends, and in its
// domain no white space.
func (p *pair) tidy(v upstream.Value) (upstream.Value, *fault) {
	s, ok := v.(string)
	if p.kind == noKind || !ok {
		return v, nil
	}
	clean := domains.CleanAddress(s)
	switch {
	case clean == "":
		return nil, nil
	case domains.BreaksLine(clean):
		return nil, brokenName
	case domains.Hides(clean):
		return nil, hiddenInName
	case clean == s:
		return v, nil // not s, which would be put on the heap once more
	}
	return clean, nil
}

// tidied is a user with its names and addresses as Access gets them, for computed
// attributes to see.
func (t *Translator) tidied(r schema.Resource) schema.Resource {
	out, copied := r, false
	for _, p := range t.mapped {
		s, wrong := textAt(r, p.scim)
		clean := domains.CleanAddress(s)
		if p.kind == noKind || wrong != nil || clean == s {
			continue
		}
		if !copied {
			out, copied = schema.Copy(r).(map[string]any), true
		}
		put(out, p.scim, clean)
	}
	return out
}

// given is the value of a pair as Okta has it, or as it is computed.
func (p *pair) given(from origin) (any, *fault) {
	if p.computed != nil {
		return p.computed.evaluate(from.env)
	}
	return get(from.Resource, p.scim)
}

// rewritten is a value of the pair with its domain changed, and the rule that did it.
func (p *pair) rewritten(v upstream.Value, change rewriter) (upstream.Value, *compiledRule) {
	s, ok := v.(string)
	if p.kind == noKind || !ok {
		return v, nil
	}
	changed, rule := change(p.kind, s)
	if rule == nil {
		return v, nil // not s, which would be put on the heap once more
	}
	return changed, rule
}

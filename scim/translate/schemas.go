package translate

import (
	"cmp"
	"fmt"
	"slices"
)

// SchemaAttribute is an attribute that the table maps, for callers to be told of.
type SchemaAttribute struct {
	Schema string // URN of an extension, "" for the core schema
	Name   string
	// Boolean says that it is true or false; everything else is text.
	Boolean bool
	// Multi says that it holds several values.
	Multi bool
	// Sub are its sub-attributes, nil for a simple attribute.
	Sub []string
	// Silent says that callers may send it, but are neither told of it nor shown
	// it: a domain that stands where nobody configured one, or what only computed
	// attributes look at.
	Silent bool
}

// SchemaAttributes lists what callers may send, by schema, each once, those that
// name the domain among them.
func (t *Translator) SchemaAttributes() []SchemaAttribute {
	var out []SchemaAttribute
	at := func(p scimPath) *SchemaAttribute {
		i := slices.IndexFunc(out, func(a SchemaAttribute) bool { return a.Schema == p.schema && a.Name == p.name })
		if i < 0 {
			out = append(out, SchemaAttribute{Schema: p.schema, Name: p.name})
			i = len(out) - 1
		}
		return &out[i]
	}
	for _, p := range t.pairs {
		if p.computed == nil {
			at(p.scim).describe(p)
		}
	}
	for _, p := range t.domainPaths {
		at(p).Silent = !t.showsDomain
	}
	for _, p := range t.pairs {
		if p.computed == nil {
			continue
		}
		for _, read := range p.computed.unshown {
			if !known(out, read) {
				at(read).Silent = true
			}
		}
	}
	slices.SortStableFunc(out, func(a, b SchemaAttribute) int { return cmp.Compare(a.Schema, b.Schema) })
	return out
}

func known(attributes []SchemaAttribute, p scimPath) bool {
	return slices.ContainsFunc(attributes, func(a SchemaAttribute) bool { return a.Schema == p.schema && a.Name == p.name })
}

func (a *SchemaAttribute) describe(p pair) {
	switch f := p.form.(type) {
	case flag:
		a.Boolean = p.scim.sub == ""
	case list:
		a.Multi = true
		a.add(slices.Concat(f.identity, f.other, []string{"primary"})...)
	case texts:
		a.Multi = true
	case email:
		a.Multi = true
		a.add("value", "type", "primary")
	}
	if p.scim.values.some() {
		a.Multi = true
		a.add(p.scim.values.sub)
	}
	if p.scim.sub != "" {
		a.add(p.scim.sub)
	}
}

func (a *SchemaAttribute) add(subs ...string) {
	for _, sub := range subs {
		if !slices.Contains(a.Sub, sub) {
			a.Sub = append(a.Sub, sub)
		}
	}
}

// Attributes lists the SCIM attributes that users are shown with, as
// "schema:attribute", or "attribute" for the core schema, each once.
func (t *Translator) Attributes() []string {
	var names []string
	for _, a := range t.SchemaAttributes() {
		if !a.Silent {
			names = append(names, scimPath{schema: a.Schema, name: a.Name}.String())
		}
	}
	return names
}

// extensionsOf are the URNs of the extensions that the table and the domain
// stand in, the well-known ones first.
func (t *Translator) extensionsOf() []string {
	var urns []string
	for _, a := range t.SchemaAttributes() {
		if !a.Silent && a.Schema != "" && !slices.Contains(urns, a.Schema) {
			urns = append(urns, a.Schema)
		}
	}
	return urns
}

// Pair is a line of the attribute table in force.
type Pair struct {
	// SCIM is "" for a computed attribute, whose expression is Value.
	SCIM   string `json:"scim,omitempty"`
	Access string `json:"access"`
	Value  string `json:"value,omitempty"`
	// Required, OnCreate and Default are as of Attribute.
	Required bool   `json:"required,omitempty"`
	OnCreate bool   `json:"on_create,omitempty"`
	Default  string `json:"default,omitempty"`
	// By is where the pair is from: "default pair" or a setting.
	By string `json:"by"`
}

// Pairs lists the table in force, defaults and changes together.
func (t *Translator) Pairs() []Pair {
	pairs := make([]Pair, len(t.pairs))
	for i, p := range t.pairs {
		pairs[i] = Pair{SCIM: p.scim.String(), Access: p.access.String(), Required: p.required, OnCreate: p.createOnly, By: p.by()}
		if p.computed != nil {
			pairs[i].Value = p.computed.source
		}
		if p.fallback != nil {
			pairs[i].Default = fmt.Sprint(p.fallback)
		}
	}
	return pairs
}

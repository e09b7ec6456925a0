package translate

import (
	"cmp"
	"fmt"
	"slices"

	"ws1bridge/scim/schema"
)

// SchemaAttributes lists what callers may send, by schema, each once, those that
// name the domain among them.
func (t *Translator) SchemaAttributes() []schema.Mapped {
	var list attributeList
	for _, p := range t.mapped {
		announce(list.at(p.scim), p)
	}
	for _, p := range t.domainPaths {
		list.at(p).Silent, list.at(p).Address = !t.showsDomain, true
	}
	for _, p := range t.computed {
		for _, read := range p.computed.unshown {
			if list.find(read) < 0 {
				list.at(read).Silent = true
			}
		}
	}
	slices.SortStableFunc(list, func(a, b schema.Mapped) int { return cmp.Compare(a.Schema, b.Schema) })
	return list
}

// attributeList is a list of attributes while it is made.
type attributeList []schema.Mapped

// find is the place of an attribute, -1 where it is not in the list.
func (l attributeList) find(p scimPath) int {
	return slices.IndexFunc(l, func(a schema.Mapped) bool { return a.Schema == p.URN && a.Name == p.Name })
}

// at is the attribute of a path, which is put into the list where it is missing.
func (l *attributeList) at(p scimPath) *schema.Mapped {
	i := l.find(p)
	if i < 0 {
		*l = append(*l, schema.Mapped{Schema: p.URN, Name: p.Name})
		i = len(*l) - 1
	}
	return &(*l)[i]
}

// announce adds to an attribute what a pair says of it.
func announce(a *schema.Mapped, p *pair) {
	a.Address = a.Address || p.kind != noKind
	var subs []string
	switch f := p.form.(type) {
	case flag:
		a.Boolean = p.scim.Sub == ""
	case list:
		a.Multi = true
		subs = slices.Concat(f.identity, f.other, []string{"primary"})
	case texts:
		a.Multi = true
	case email:
		a.Multi = true
		subs = []string{"value", "type", "primary"}
		a.Types = append(a.Types, emailType)
	}
	if p.scim.values.some() {
		a.Multi = true
		subs = append(subs, p.scim.values.sub)
	}
	if kind, ok := p.scim.values.value.(string); ok && a.Types != nil && p.scim.values.sub == "type" {
		a.Types = append(a.Types, kind)
	}
	if p.demanded() && p.fallback == nil {
		a.Required = append(a.Required, p.valueName())
	}
	if p.createOnly {
		a.Fixed = append(a.Fixed, p.scim.Sub)
	}
	if p.scim.Sub != "" {
		subs = append(subs, p.scim.Sub)
	}
	for _, sub := range subs {
		if !slices.Contains(a.Sub, sub) {
			a.Sub = append(a.Sub, sub)
		}
	}
}

// valueName is the sub-attribute that the value of a pair is in, "" for none.
func (p *pair) valueName() string {
	if _, ok := p.form.(email); ok && p.scim.Sub == "" {
		return "value"
	}
	return p.scim.Sub
}

// Attributes lists the SCIM attributes that users are shown with, as
// "schema:attribute", or "attribute" for the core schema, each once.
func (t *Translator) Attributes() []string {
	var names []string
	for _, a := range t.SchemaAttributes() {
		if !a.Silent {
			names = append(names, attributePath(a.Schema, a.Name).String())
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
		pairs[i] = Pair{SCIM: p.scim.String(), Access: p.access.String(),
			Required: p.required, OnCreate: p.createOnly, By: p.by()}
		if p.computed != nil {
			pairs[i].Value = p.computed.source
		}
		if p.fallback != nil {
			pairs[i].Default = fmt.Sprint(p.fallback)
		}
	}
	return pairs
}

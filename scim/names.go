package scim

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	elimity "github.com/elimity-com/scim"
	"github.com/elimity-com/scim/schema"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/translate"
)

// nameTable knows how the schemas of a resource type spell its attributes.
// Attribute names and URNs are case-insensitive in requests (RFC 7643 section
// 2.1); inside the bridge there is one spelling.
type nameTable struct {
	core       attributeTable
	coreURN    string
	extensions map[string]extensionNames // by lower-case URN
}

type extensionNames struct {
	urn   string
	names attributeTable
}

// attributeTable holds attributes by lower-case name.
type attributeTable map[string]attributeName

// attributeName is an attribute: its spelling, and what of its characteristics
// (RFC 7643 section 2.2) decides how it is compared.
type attributeName struct {
	name  string
	kind  string // data type, such as kindString
	multi bool
	exact bool           // text is compared with regard to case
	sub   attributeTable // nil for simple attributes
}

// The data types of attributes (RFC 7643 section 2.3) that are told apart.
const (
	kindString   = "string"
	kindBoolean  = "boolean"
	kindDateTime = "dateTime"
	kindInteger  = "integer"
	kindDecimal  = "decimal"
	kindBinary   = "binary"
	kindComplex  = "complex"
)

// commonAttributes are those of every resource (RFC 7643 section 3.1).
func commonAttributes() attributeTable {
	text := func(name string) attributeName { return attributeName{name: name, kind: kindString, exact: true} }
	date := func(name string) attributeName { return attributeName{name: name, kind: kindDateTime} }
	return tableOf(
		attributeName{name: "schemas", kind: kindString, multi: true, exact: true},
		text("id"), text("externalId"),
		attributeName{name: "meta", kind: kindComplex, sub: tableOf(
			text("resourceType"), date("created"), date("lastModified"), text("location"), text("version"))},
	)
}

func tableOf(attributes ...attributeName) attributeTable {
	table := attributeTable{}
	for _, a := range attributes {
		table[strings.ToLower(a.name)] = a
	}
	return table
}

func newNameTable(t elimity.ResourceType) nameTable {
	table := nameTable{core: namesOf(t.Schema), coreURN: t.Schema.ID, extensions: map[string]extensionNames{}}
	maps.Copy(table.core, commonAttributes())
	for _, e := range t.SchemaExtensions {
		table.extensions[strings.ToLower(e.Schema.ID)] = extensionNames{urn: e.Schema.ID, names: namesOf(e.Schema)}
	}
	return table
}

// accept lets callers send attributes that the schemas do not announce.
func (t nameTable) accept(attributes []translate.SchemaAttribute) {
	for _, a := range attributes {
		if !a.Silent {
			continue
		}
		names := t.core
		if a.Schema != "" {
			e, ok := t.extensions[strings.ToLower(a.Schema)]
			if !ok {
				e = extensionNames{urn: a.Schema, names: attributeTable{}}
				t.extensions[strings.ToLower(a.Schema)] = e
			}
			names = e.names
		}
		names[strings.ToLower(a.Name)] = attributeName{name: a.Name, kind: kindString}
	}
}

func namesOf(s schema.Schema) attributeTable {
	table := attributeTable{}
	for _, a := range s.Attributes {
		entry := nameOf(a)
		if a.HasSubAttributes() {
			entry.sub = attributeTable{}
			for _, sub := range a.SubAttributes() {
				entry.sub[strings.ToLower(sub.Name())] = nameOf(sub)
			}
			entry.sub.exactIDs()
		}
		table[strings.ToLower(a.Name())] = entry
	}
	return table
}

func nameOf(a schema.CoreAttribute) attributeName {
	return attributeName{name: a.Name(), kind: a.AttributeType(), multi: a.MultiValued(), exact: a.CaseExact()}
}

// exactIDs makes the value of a reference to another resource what it is: an
// id, which is case-exact (RFC 7643 section 3.1).
func (t attributeTable) exactIDs() {
	if value, ok := t["value"]; ok && t["$ref"].name != "" {
		value.exact = true
		t["value"] = value
	}
}

// key names a comparison of an attribute of the core schema, in lower case:
// "username eq". It is "" for others.
func (t nameTable) key(c filter.Comparison) string {
	a := c.Attribute
	if a.URN != "" && !strings.EqualFold(a.URN, t.coreURN) {
		return ""
	}
	a.URN = ""
	return strings.ToLower(a.String()) + " " + string(c.Operator)
}

// ignored are attributes of the core schemas that callers may send and that
// change nothing: Okta echoes what it read, and its create-time password is a
// placeholder that must go nowhere.
var ignored = []string{"schemas", "id", "meta", "groups", "password", "roles"}

// tidy copies a resource with every name spelled as its schema spells it. What
// no schema knows is left out and named in unknown; what is ignored is left out.
// Of two spellings of one name the last in byte order counts, always the same.
func (t nameTable) tidy(raw map[string]any) (clean translate.Resource, unknown []string) {
	clean = translate.Resource{}
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		value, lower := raw[key], strings.ToLower(key)
		if e, ok := t.extensions[lower]; ok {
			block, ok := value.(map[string]any)
			if !ok && value != nil {
				clean[e.urn] = value // for the translation to refuse
				continue
			}
			tidied, strange := e.names.tidy(block)
			merge(clean, e.urn, tidied)
			for _, s := range strange {
				unknown = append(unknown, e.urn+":"+s)
			}
			continue
		}
		entry, ok := t.core[lower]
		switch {
		case !ok && Ignored(lower): // no schema has it, and it is no news
		case !ok:
			unknown = append(unknown, key)
		case !Ignored(entry.name):
			clean[entry.name] = entry.tidy(value)
		}
	}
	slices.Sort(unknown)
	return clean, unknown
}

func merge(r translate.Resource, urn string, block map[string]any) {
	if have, ok := r[urn].(map[string]any); ok {
		maps.Copy(have, block)
		return
	}
	r[urn] = block
}

func (t attributeTable) tidy(raw map[string]any) (clean map[string]any, unknown []string) {
	clean = map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		if entry, ok := t[strings.ToLower(key)]; ok {
			clean[entry.name] = entry.tidy(raw[key])
		} else {
			unknown = append(unknown, key)
		}
	}
	return clean, unknown
}

// tidy spells the sub-attributes in a value.
func (a attributeName) tidy(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if a.sub == nil {
			return v
		}
		out := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if sub, ok := a.sub[strings.ToLower(key)]; ok {
				out[sub.name] = v[key]
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = a.tidy(item)
		}
		return out
	}
	return value
}

// maxNames bounds how many names of dropped attributes are remembered.
const maxNames = 1000

// namesOnce remembers which names were told already. The zero value is ready.
type namesOnce struct {
	mu   sync.Mutex // guards seen
	seen map[string]bool
}

// first reports whether name was not told before.
func (n *namesOnce) first(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen[name] || len(n.seen) >= maxNames {
		return false
	}
	if n.seen == nil {
		n.seen = map[string]bool{}
	}
	n.seen[name] = true
	return true
}

// UserResource is a user as the endpoint takes it from a body: names as the
// schemas spell them, without what goes nowhere. unknown are the names of the
// attributes that no schema has.
func UserResource(t *translate.Translator, raw map[string]any) (clean translate.Resource, unknown []string) {
	names := newNameTable(resourceTypes(t)[0])
	names.accept(t.SchemaAttributes())
	return names.tidy(raw)
}

// Ignored reports whether an attribute of the core schema goes nowhere by design.
func Ignored(name string) bool { return slices.Contains(ignored, strings.ToLower(name)) }

// noteDropped counts attributes that have no home in Access, and names each once
// in the life of the process.
func (h *Handler) noteDropped(r *http.Request, names []string) {
	rec := recordOf(r)
	if h.metrics != nil && len(names) > 0 {
		h.metrics.dropped.Add(float64(len(names)))
	}
	for _, name := range names {
		if name = attributeLabel(name); h.dropped.first(name) {
			rec.dropped = append(rec.dropped, name)
		}
	}
}

// notAName stands in the log for what does not look like the name of an attribute.
const notAName = "[not a name]"

// attributeLabel is the name of an attribute as it may stand in the log. What a
// path holds in brackets may be a person's data, and what does not look like a
// name may be anything.
func attributeLabel(name string) string {
	name, _, _ = strings.Cut(name, "[")
	strange := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:$", r)
	}
	if name == "" || strings.ContainsFunc(name, strange) {
		return notAName
	}
	return clip(name)
}

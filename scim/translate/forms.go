package translate

import (
	"encoding/json"
	"strconv"
	"strings"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// fault is what is wrong with a value. It becomes a problem where it is known
// which attribute has the value.
type fault struct {
	problem func(attribute string) *problem.Error
	// sub is the sub-attribute that is wrong, "" for the value itself.
	sub string
}

// The faults of values in a resource.
var (
	notText       = &fault{problem: problem.NotText}
	notBoolean    = &fault{problem: problem.NotBoolean}
	notList       = &fault{problem: problem.NotList}
	notInObject   = &fault{problem: problem.NotInObject}
	brokenName    = &fault{problem: problem.BrokenName}
	hiddenInName  = &fault{problem: problem.HiddenInDomain}
	tooManyValues = &fault{problem: func(attribute string) *problem.Error {
		return problem.TooManyValues(attribute, schema.MaxValues)
	}}
)

// in is the fault of the value that has the sub-attribute.
func (f *fault) in(sub string) *fault { return &fault{f.problem, sub} }

// of is the problem of the attribute.
func (f *fault) of(attribute string) *problem.Error {
	if f.sub != "" {
		attribute += "." + f.sub
	}
	return f.problem(attribute)
}

// form is how the value of a pair looks in both worlds. A nil value is no value.
type form interface {
	// toAccess converts a SCIM value as decoded from JSON.
	toAccess(v any) (upstream.Value, *fault)
	toSCIM(v upstream.Value) any
}

// text is a string on both sides.
type text struct{}

func (text) toAccess(v any) (upstream.Value, *fault) {
	switch t := v.(type) {
	case nil:
		return nil, nil
	case string:
		if t == "" {
			return nil, nil
		}
		return v, nil // not t, which would be put on the heap once more
	case json.Number:
		// Okta's expressions turn an employee number into a JSON number easily.
		return t.String(), nil
	}
	return nil, notText
}

func (text) toSCIM(v upstream.Value) any {
	switch t := v.(type) {
	case string:
		if t != "" {
			return v
		}
	case bool:
		return strconv.FormatBool(t)
	}
	return nil
}

// flag is a boolean on both sides.
type flag struct{}

func (flag) toAccess(v any) (upstream.Value, *fault) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case bool:
		return v, nil
	case string: // "True" and "False" are a habit of Microsoft Entra's
		if b, err := strconv.ParseBool(strings.ToLower(v)); err == nil {
			return b, nil
		}
		if v == "" {
			return nil, nil
		}
	}
	return nil, notBoolean
}

func (flag) toSCIM(v upstream.Value) any {
	if b, ok := v.(bool); ok {
		return b
	}
	return nil
}

// emailType is the type that every address is shown with: Access keeps none.
const emailType = "work"

// email is SCIM's list of addresses and the one that Access keeps: the primary
// one, else the first.
type email struct{}

func (email) toAccess(v any) (upstream.Value, *fault) {
	items, wrong := elementsOf(v)
	if wrong != nil {
		return nil, wrong
	}
	var best upstream.Value
	for _, item := range items {
		value, wrong := text{}.toAccess(item["value"])
		if wrong != nil {
			return nil, wrong.in("value")
		}
		primary, wrong := flag{}.toAccess(item["primary"])
		if wrong != nil {
			return nil, wrong.in("primary")
		}
		says := hasAddress(value)
		if says && primary == true {
			return value, nil
		}
		if best == nil || says && !hasAddress(best) {
			best = value
		}
	}
	return best, nil
}

// hasAddress reports whether a value is more than white space.
func hasAddress(v upstream.Value) bool {
	s, _ := v.(string)
	return !domains.IsBlank(s)
}

func (email) toSCIM(v upstream.Value) any {
	address, _ := v.(string)
	if address == "" {
		return nil
	}
	return []any{map[string]any{"value": address, "type": emailType, "primary": true}}
}

// list is a multi-valued attribute with the same sub-attributes on both sides.
// A value without any of the identity sub-attributes counts as no value.
type list struct {
	identity, other []string
}

func (l list) toAccess(v any) (upstream.Value, *fault) {
	items, wrong := elementsOf(v)
	if wrong != nil {
		return nil, wrong
	}
	if len(items) > schema.MaxValues {
		return nil, tooManyValues
	}
	var out []upstream.Element
	for _, item := range items {
		element, wrong := l.element(item)
		if wrong != nil {
			return nil, wrong
		}
		if element != nil {
			out = append(out, element)
		}
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}

// element converts one value, nil where nothing identifies it.
func (l list) element(item map[string]any) (upstream.Element, *fault) {
	element := make(upstream.Element, len(item))
	identified := false
	for i, names := range [][]string{l.identity, l.other} {
		for _, name := range names {
			value, wrong := text{}.toAccess(item[name])
			if wrong != nil {
				return nil, wrong.in(name)
			}
			if value != nil {
				element[name] = value
				identified = identified || i == 0
			}
		}
	}
	primary, wrong := flag{}.toAccess(item["primary"])
	if wrong != nil {
		return nil, wrong.in("primary")
	}
	if primary != nil {
		element["primary"] = primary
	}
	if !identified {
		return nil, nil
	}
	return element, nil
}

func (l list) toSCIM(v upstream.Value) any {
	elements, _ := v.([]upstream.Element)
	var out []any
	for _, e := range elements {
		// What Access holds is read by the same rules as what Okta sends: the
		// sub-attributes are the same, and a value that can't be read is left out.
		if item, wrong := l.element(e); wrong == nil && item != nil {
			out = append(out, item)
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// texts is a list of bare strings on the SCIM side, as Okta sends its own arrays.
type texts struct{}

func (texts) toAccess(v any) (upstream.Value, *fault) {
	return list{identity: []string{"value"}}.toAccess(v)
}

func (texts) toSCIM(v upstream.Value) any {
	elements, _ := v.([]upstream.Element)
	var out []any
	for _, e := range elements {
		if value := (text{}).toSCIM(e["value"]); value != nil {
			out = append(out, value)
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// elementsOf reads a multi-valued attribute: a list, or a single value, of
// objects or bare strings.
func elementsOf(v any) ([]map[string]any, *fault) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string, json.Number:
		return []map[string]any{{"value": v}}, nil
	case map[string]any:
		return []map[string]any{v}, nil
	case []any:
		out := make([]map[string]any, 0, len(v))
		for _, item := range v {
			one, wrong := elementsOf(item)
			if _, nested := item.([]any); wrong != nil || nested {
				return nil, notList
			}
			out = append(out, one...)
		}
		return out, nil
	}
	return nil, notList
}

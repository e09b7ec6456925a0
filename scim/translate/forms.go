package translate

import (
	"fmt"
	"strconv"
	"strings"

	"ws1bridge/upstream"
)

// form is how the value of a pair looks in both worlds. A nil value is no value.
type form interface {
	// toAccess converts a SCIM value as decoded from JSON. Its error says what
	// the value should have been.
	toAccess(v any) (upstream.Value, error)
	toSCIM(v upstream.Value) any
}

// text is a string on both sides.
type text struct{}

func (text) toAccess(v any) (upstream.Value, error) {
	switch t := v.(type) {
	case nil:
		return nil, nil
	case string:
		if t == "" {
			return nil, nil
		}
		return v, nil // not t, which would be put on the heap once more
	case float64:
		// Okta's expressions turn an employee number into a JSON number easily.
		return strconv.FormatFloat(t, 'f', -1, 64), nil
	}
	return nil, fmt.Errorf("must be a string")
}

func (text) toSCIM(v upstream.Value) any {
	switch t := v.(type) {
	case string:
		if t != "" {
			return v
		}
	case float64:
		return strconv.FormatFloat(t, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(t)
	}
	return nil
}

// flag is a boolean on both sides.
type flag struct{}

func (flag) toAccess(v any) (upstream.Value, error) {
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
	return nil, fmt.Errorf("must be true or false")
}

func (flag) toSCIM(v upstream.Value) any {
	if b, ok := v.(bool); ok {
		return b
	}
	return nil
}

// email is SCIM's list of addresses and the one that Access keeps: the primary
// one, else the first.
type email struct{}

func (email) toAccess(v any) (upstream.Value, error) {
	items, err := items(v)
	if err != nil {
		return nil, err
	}
	var best upstream.Value
	for _, item := range items {
		value, err := text{}.toAccess(item["value"])
		if err != nil {
			return nil, fmt.Errorf("value %w", err)
		}
		primary, err := flag{}.toAccess(item["primary"])
		if err != nil {
			return nil, fmt.Errorf("primary %w", err)
		}
		if value != nil && primary == true {
			return value, nil
		}
		if best == nil {
			best = value
		}
	}
	return best, nil
}

func (email) toSCIM(v upstream.Value) any {
	address, _ := v.(string)
	if address == "" {
		return nil
	}
	return []any{map[string]any{"value": address, "type": "work", "primary": true}}
}

// maxValues bounds a multi-valued attribute: lists are compared in the square of
// their length.
const maxValues = 100

// list is a multi-valued attribute with the same sub-attributes on both sides.
// A value without any of the identity sub-attributes is none.
type list struct {
	identity, other []string
}

func (l list) toAccess(v any) (upstream.Value, error) {
	items, err := items(v)
	if err != nil {
		return nil, err
	}
	if len(items) > maxValues {
		return nil, fmt.Errorf("has more than %d values", maxValues)
	}
	var out []upstream.Element
	for _, item := range items {
		element, err := l.element(item)
		if err != nil {
			return nil, err
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
func (l list) element(item map[string]any) (upstream.Element, error) {
	element := make(upstream.Element, len(item))
	identified := false
	for i, names := range [][]string{l.identity, l.other} {
		for _, name := range names {
			value, err := text{}.toAccess(item[name])
			if err != nil {
				return nil, fmt.Errorf("%s %w", name, err)
			}
			if value != nil {
				element[name] = value
				identified = identified || i == 0
			}
		}
	}
	primary, err := flag{}.toAccess(item["primary"])
	if err != nil {
		return nil, fmt.Errorf("primary %w", err)
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
		// sub-attributes are the same, and a value that can't be read is none.
		if item, err := l.element(e); err == nil && item != nil {
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

func (texts) toAccess(v any) (upstream.Value, error) {
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

// items reads a multi-valued attribute: a list, or a single value, of objects
// or bare strings.
func items(v any) ([]map[string]any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		return []map[string]any{{"value": v}}, nil
	case map[string]any:
		return []map[string]any{v}, nil
	case []any:
		out := make([]map[string]any, 0, len(v))
		for _, item := range v {
			one, err := items(item)
			if _, nested := item.([]any); err != nil || nested {
				return nil, fmt.Errorf("must be a list of objects with a value")
			}
			out = append(out, one...)
		}
		return out, nil
	}
	return nil, fmt.Errorf("must be a list of objects with a value")
}

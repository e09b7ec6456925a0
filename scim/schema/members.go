package schema

import (
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/upstream/jsonvalue"
)

// Members are the members of a group: what its attribute of that name holds until somebody
// looks into it. There may be many thousands, of whom most requests only ask the list.
type Members struct {
	List []Member
	// Users is what the id of a member follows in the reference to it; "" for none.
	Users string
}

// Member is a user in a group.
type Member struct{ Value, Display string }

// ReadMembers reads the value of members: as Members, if these can hold all that it says,
// and else as any other value.
func ReadMembers(r jsonvalue.Reader, d *jsontext.Decoder) (any, error) {
	if d.PeekKind() != '[' {
		return r.Read(d)
	}
	if _, _, err := r.Next(d); err != nil {
		return nil, err
	}
	var m Members
	var odd []any // all values, once one of them is more than a member
	for d.PeekKind() != ']' {
		value, err := readMember(r, d)
		one, isMember := value.(Member)
		switch {
		case err != nil:
			return nil, err
		case isMember && odd == nil:
			m.List = append(m.List, one)
			continue
		case isMember:
			value = one.value("")
		case odd == nil:
			odd = m.values()
		}
		odd = append(odd, value)
	}
	_, _, err := r.Next(d)
	if odd != nil {
		return odd, err
	}
	return m, err
}

// readMember reads one value of members: a Member, or whatever else it is.
func readMember(r jsonvalue.Reader, d *jsontext.Decoder) (any, error) {
	if d.PeekKind() != '{' {
		return r.Read(d)
	}
	if _, _, err := r.Next(d); err != nil {
		return nil, err
	}
	var m Member
	var more map[string]any
	for {
		kind, text, err := r.Next(d)
		switch {
		case err != nil:
			return nil, err
		case kind == '}' && more == nil && m.Value != "":
			return m, nil
		case kind == '}':
			whole := m.value("")
			maps.Copy(whole, more)
			return whole, nil
		}
		name := Shared(text)
		v, err := r.Read(d)
		if err != nil {
			return nil, err
		}
		switch text, isText := v.(string); {
		case isText && name == "value":
			m.Value = text
		case isText && name == "display":
			m.Display = text
		case name == "type" && text == "User", name == "$ref": // which are always the same
		default:
			if more == nil {
				more = map[string]any{}
			}
			more[name] = v
		}
	}
}

// values are the members as values of any other attribute.
func (m Members) values() []any {
	out := make([]any, len(m.List))
	for i, one := range m.List {
		out[i] = one.value(m.Users)
	}
	return out
}

func (m Member) value(users string) map[string]any {
	value := map[string]any{"type": "User"}
	if m.Value != "" {
		value["value"] = m.Value
	}
	if m.Display != "" {
		value["display"] = m.Display
	}
	if users != "" {
		value["$ref"] = users + m.Value
	}
	return value
}

// MarshalJSON is AppendJSON.
func (m Members) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil) }

// AppendJSON writes the members as values of any other attribute.
func (m Members) AppendJSON(b []byte) ([]byte, error) {
	const usual = 140 // bytes of a member, beside the reference
	b = slices.Grow(b, len(m.List)*(usual+len(m.Users)))
	ref := []byte(m.Users)
	return jsonvalue.AppendList(b, m.List, func(b []byte, one Member) ([]byte, error) {
		b = append(b, '{')
		if m.Users != "" {
			ref = append(ref[:len(m.Users)], one.Value...)
			b = jsonvalue.AppendText(jsonvalue.AppendName(b, "$ref"), ref)
		}
		if one.Display != "" {
			b = jsonvalue.AppendText(jsonvalue.AppendName(b, "display"), one.Display)
		}
		b = append(jsonvalue.AppendName(b, "type"), `"User"`...)
		b = jsonvalue.AppendText(jsonvalue.AppendName(b, "value"), one.Value)
		return append(b, '}'), nil
	})
}

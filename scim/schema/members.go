package schema

// Members are the members of a group: what its attribute of that name holds until somebody
// looks into it. There may be many thousands, of whom most requests only ask the list.
type Members struct {
	List []Member
	// Users is what the id of a member follows in the reference to it; "" for none.
	Users string
}

// Member is a user in a group.
type Member struct{ Value, Display string }

// values are the members as values of any other attribute.
func (m Members) values() []any {
	out := make([]any, len(m.List))
	for i, one := range m.List {
		value := map[string]any{"value": one.Value, "type": "User"}
		if one.Display != "" {
			value["display"] = one.Display
		}
		if m.Users != "" {
			value["$ref"] = m.Users + one.Value
		}
		out[i] = value
	}
	return out
}

// MarshalJSON writes the members as values of any other attribute.
func (m Members) MarshalJSON() ([]byte, error) { return m.appendJSON(nil) }

func (m Members) appendJSON(b []byte) ([]byte, error) {
	return appendList(b, m.List, func(b []byte, one Member) (_ []byte, err error) {
		b = append(b, '{')
		if m.Users != "" {
			if b, err = appendText(append(b, `"$ref":`...), m.Users+one.Value); err != nil {
				return b, err
			}
			b = append(b, ',')
		}
		if one.Display != "" {
			if b, err = appendText(append(b, `"display":`...), one.Display); err != nil {
				return b, err
			}
			b = append(b, ',')
		}
		b, err = appendText(append(b, `"type":"User","value":`...), one.Value)
		return append(b, '}'), err
	})
}

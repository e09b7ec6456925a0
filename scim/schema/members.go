package schema

import "ws1bridge/upstream/jsonvalue"

// Members are the members of a group: what its attribute of that name holds until somebody
// looks into it. There may be many thousands, of whom most requests only ask the list.
type Members struct {
	List []Member
	// Users is what the id of a member follows in the reference to it; "" for none.
	Users string
}

// Member is a user in a group.
type Member struct{ Value, Display string }

// MembersOf is the value of members as Members, if these can hold all that it says; else
// it is the value as it is.
func MembersOf(value any) any {
	list, ok := value.([]any)
	if !ok {
		return value
	}
	m := Members{List: make([]Member, len(list))}
	for i, item := range list {
		object, _ := item.(map[string]any)
		for name, v := range object {
			text, isText := v.(string)
			switch {
			case !isText:
				return value
			case name == "value":
				m.List[i].Value = text
			case name == "display":
				m.List[i].Display = text
			case name == "type" && text == "User", name == "$ref": // which are always the same
			default:
				return value
			}
		}
		if m.List[i].Value == "" {
			return value
		}
	}
	return m
}

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

// MarshalJSON is AppendJSON.
func (m Members) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil) }

// AppendJSON writes the members as values of any other attribute.
func (m Members) AppendJSON(b []byte) ([]byte, error) {
	return jsonvalue.AppendList(b, m.List, func(b []byte, one Member) ([]byte, error) {
		b = append(b, '{')
		if m.Users != "" {
			b = jsonvalue.AppendText(jsonvalue.AppendName(b, "$ref"), m.Users+one.Value)
		}
		if one.Display != "" {
			b = jsonvalue.AppendText(jsonvalue.AppendName(b, "display"), one.Display)
		}
		b = append(jsonvalue.AppendName(b, "type"), `"User"`...)
		b = jsonvalue.AppendText(jsonvalue.AppendName(b, "value"), one.Value)
		return append(b, '}'), nil
	})
}

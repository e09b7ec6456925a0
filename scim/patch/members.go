package patch

import "ws1bridge/scim/schema"

// Parts are the operations on a group, where those on its members do not depend on who is
// in it.
type Parts struct {
	// Join are the values of members that are to be in the group in the end, and Leave the
	// ids of those that are not.
	Join  []any
	Leave []string
	// Others are the operations on other attributes.
	Others []Operation
}

// Apart takes the operations on members from the others. It is not ok where who is to be
// in the group follows from who is: where the list is replaced, or selected from by anything
// but ids.
func Apart(operations []Operation) (_ Parts, ok bool) {
	var parts Parts
	last := map[string]int{} // the last step for each id
	var steps []memberStep
	for _, o := range operations {
		if o.target.schema != "" || o.target.attribute.Name != members {
			parts.Others = append(parts.Others, o)
			continue
		}
		of, ok := o.memberSteps()
		if !ok {
			return Parts{}, false
		}
		for _, s := range of {
			last[s.id] = len(steps)
			steps = append(steps, s)
		}
	}
	for i, s := range steps {
		switch {
		case s.id != "" && last[s.id] != i:
		case s.joins:
			parts.Join = append(parts.Join, s.value)
		default:
			parts.Leave = append(parts.Leave, s.id)
		}
	}
	return parts, true
}

// memberStep is what an operation does to one member.
type memberStep struct {
	id    string // "" for a value that has none
	joins bool
	value any
}

// memberSteps are what the operation does to members, one by one.
func (o Operation) memberSteps() (steps []memberStep, ok bool) {
	switch {
	case o.saysNull():
		return nil, true
	case o.op == opAdd && o.target.values == nil:
		for _, item := range schema.List(o.value) {
			steps = append(steps, memberStep{memberID(item), true, item})
		}
		return steps, true
	case o.op == opRemove && o.target.values.byID():
		for id := range o.target.values.ids {
			steps = append(steps, memberStep{id: id})
		}
		return steps, true
	case o.op == opRemove && o.target.values == nil && o.value != nil:
		for _, item := range schema.List(o.value) {
			s := memberStep{id: memberID(item)}
			if steps = append(steps, s); s.id == "" {
				return nil, false
			}
		}
		return steps, true
	}
	return nil, false
}

func memberID(item any) string {
	element, ok := item.(map[string]any)
	if !ok {
		id, _ := schema.Text(item)
		return id
	}
	id, _ := schema.Text(element["value"])
	return id
}

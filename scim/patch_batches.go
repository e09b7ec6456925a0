package scim

import "slices"

// coalesce joins runs of operations that mean the same together: Okta removes
// members one operation each, a thousand in a PATCH, and each would go through
// the whole list.
func coalesce(operations []operation) []operation {
	var out []operation
	for _, o := range operations {
		if len(out) == 0 || !out[len(out)-1].absorb(o) {
			out = append(out, o.ownCopy())
		}
	}
	return out
}

// absorb takes next into o, where both together are one operation.
func (o *operation) absorb(next operation) bool {
	same := o.op == next.op && o.target.schema == next.target.schema &&
		o.target.attribute.name == next.target.attribute.name && o.target.attribute.multi &&
		o.target.sub == "" && next.target.sub == ""
	if !same {
		return false
	}
	switch {
	case o.op == opAdd && o.target.attribute.name == members && o.target.values == nil && next.target.values == nil:
		o.value = append(asList(o.value), asList(next.value)...)
		return true
	case o.op == opRemove:
		values, ok := o.target.values.(valueIn)
		value, ok2 := next.target.values.(valueIs)
		if ok && ok2 {
			values[string(value)] = true
		}
		return ok && ok2
	}
	return false
}

// ownCopy is o with a value that absorb may change.
func (o operation) ownCopy() operation {
	if value, ok := o.target.values.(valueIs); ok && o.op == opRemove {
		o.target.values = valueIn{string(value): true}
	}
	if list, ok := o.value.([]any); ok && o.op == opAdd {
		o.value = slices.Clone(list)
	}
	return o
}

// valueIn selects by the value sub-attribute being one of several.
type valueIn map[string]bool

func (v valueIn) matches(element map[string]any) bool {
	value, ok := element["value"].(string)
	return ok && v[value]
}

// describe is nil: a set of values describes no single one.
func (valueIn) describe() map[string]any { return nil }

package patch

import (
	"cmp"
	"context"
	"maps"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
)

// maxComparisons bounds what the filters of a PATCH may cost: a second or so.
const maxComparisons = 5_000_000

// Apply applies the operations in their order to a copy of the resource: all of
// them, or none. It ends early with the cause of ctx; every other error is a
// *problem.Error.
func Apply(ctx context.Context, current schema.Resource, operations []Operation) (schema.Resource, error) {
	next := maps.Clone(current)
	work, copied := 0, map[string]bool{}
	for _, o := range merge(operations) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		// What the filter of the operation takes.
		work += len(schema.List(next[o.target.attribute.Name])) * o.target.values.cost()
		if work > maxComparisons {
			return nil, problem.TooManyComparisons()
		}
		if whole := cmp.Or(o.target.schema, o.target.attribute.Name); !copied[whole] && next[whole] != nil {
			next[whole], copied[whole] = schema.Copy(next[whole]), true
		}
		if err := o.apply(next); err != nil {
			return nil, err
		}
	}
	return next, nil
}

func (o Operation) apply(r schema.Resource) error {
	o.value = schema.Copy(o.value) // later operations may change what it becomes
	name, block := o.target.attribute.Name, r
	if o.target.schema != "" {
		block = schema.Object(r, o.target.schema)
	}
	switch {
	case name == "":
		for name := range block {
			block[name] = nil
		}
		return nil
	case !o.target.attribute.Multi && o.target.values != nil:
		return problem.NotMultiValued(name)
	case o.saysNull():
		if !o.target.attribute.Multi || o.op == opReplace && name != members {
			block[name] = nil
		}
		return nil
	case !o.target.attribute.Multi:
		o.applyToValue(block)
		return nil
	}
	list, err := o.applyToList(schema.List(block[name]))
	switch {
	case err != nil:
		return err
	case len(list) > schema.MaxValues && name != members:
		return problem.TooManyValues(name, schema.MaxValues)
	case list != nil: // nil where there was none and nothing was added
		block[name] = list
	}
	return nil
}

// saysNull reports whether the operation gives a whole attribute the value null,
// which unassigns it (RFC 7643 section 2.5), as in a PUT. Members are the
// exception: nobody loses access to everything because a list was not at hand. To
// remove them an operation says so. null added to a list adds nothing.
func (o Operation) saysNull() bool {
	return o.value == nil && o.op != opRemove && o.target.values == nil && o.target.sub == ""
}

// applyToValue changes a single-valued attribute.
func (o Operation) applyToValue(block map[string]any) {
	name := o.target.attribute.Name
	part, isObject := o.value.(map[string]any)
	switch {
	case o.target.sub != "" && o.op == opRemove:
		delete(schema.Object(block, name), o.target.sub)
	case o.target.sub != "":
		schema.Object(block, name)[o.target.sub] = o.value
	case o.op == opRemove:
		delete(block, name)
	case isObject && o.target.attribute.Sub != nil:
		// RFC 7644 section 3.5.2.1 and 3.5.2.3: sub-attributes that the value
		// does not name stay.
		maps.Copy(schema.Object(block, name), part)
	default:
		block[name] = o.value
	}
}

// MarkRemoved notes as null in after what before has and after lacks: what is
// merely absent from a resource may stay as it is.
func MarkRemoved(before, after map[string]any) {
	for name, was := range before {
		now, there := after[name]
		if !there {
			after[name] = nil
			continue
		}
		inner, ok := was.(map[string]any)
		if innerNow, ok2 := now.(map[string]any); ok && ok2 {
			MarkRemoved(inner, innerNow)
		}
	}
}

// merge makes one operation of those that follow each other and mean the same
// together: Okta removes members one operation each, a thousand in a PATCH, and
// each would go through the whole list.
func merge(operations []Operation) (out []Operation) {
	for len(operations) > 0 {
		n := 1
		for n < len(operations) && operations[0].mergesWith(operations[n]) {
			n++
		}
		out = append(out, merged(operations[:n]))
		operations = operations[n:]
	}
	return out
}

// mergesWith reports whether o and next are one operation together: both add members,
// or both remove values by their ids.
func (o Operation) mergesWith(next Operation) bool {
	a, b := o.target, next.target
	switch {
	case o.op != next.op || a.schema != b.schema || a.attribute.Name != b.attribute.Name || a.sub != "" || b.sub != "":
		return false
	case o.op == opAdd:
		return a.attribute.Name == members && a.values == nil && b.values == nil
	}
	return o.op == opRemove && a.values.byID() && b.values.byID()
}

func merged(run []Operation) Operation {
	o := run[0]
	switch {
	case len(run) == 1:
	case o.op == opAdd:
		var all []any
		for _, one := range run {
			all = append(all, schema.List(one.value)...)
		}
		o.value = all
	default:
		all := map[string]bool{}
		for _, one := range run {
			maps.Copy(all, one.target.values.ids)
		}
		o.target.values = &selector{ids: all}
	}
	return o
}

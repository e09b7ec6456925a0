package scim

import (
	"context"
	"maps"

	scimerrors "github.com/elimity-com/scim/errors"

	"ws1bridge/scim/translate"
)

// maxValues bounds a multi-valued attribute of a user, which takes time in the
// square of its length. Members of groups are not bounded.
const maxValues = 100

// applyPatch applies the operations in their order to a copy of the resource:
// all of them, or none. It ends early with the error of ctx.
func applyPatch(ctx context.Context, current translate.Resource, operations []operation) (translate.Resource, error) {
	next := copyValue(current).(map[string]any)
	work := 0
	for _, o := range coalesce(operations) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if work += o.cost(next); work > maxComparisons {
			return nil, badRequest(scimerrors.ScimTypeTooMany, "The filters in the paths of this PATCH would have to be compared too often: send fewer operations, or select members by value eq.")
		}
		if err := o.apply(next); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// maxComparisons bounds what the filters of a PATCH may cost: a second or so.
const maxComparisons = 5_000_000

// cost is how many comparisons the filter of the operation takes.
func (o operation) cost(r translate.Resource) int {
	f, ok := o.target.values.(expressionFilter)
	if !ok {
		return 0
	}
	return len(asList(r[o.target.attribute.name])) * comparisons(f.expression)
}

func (o operation) apply(r translate.Resource) error {
	o.value = copyValue(o.value) // later operations may change what it becomes
	block := r
	if o.target.schema != "" {
		block = object(r, o.target.schema)
	}
	if o.target.attribute.multi {
		list, err := o.applyToList(asList(block[o.target.attribute.name]))
		if err != nil {
			return err
		}
		if len(list) > maxValues && o.target.attribute.name != members {
			return tooManyValues(o.target.attribute.name)
		}
		if list != nil { // nil where there was none and nothing was added
			block[o.target.attribute.name] = list
		}
		return nil
	}
	if o.target.values != nil {
		return badRequest(scimerrors.ScimTypeInvalidPath, "The attribute "+o.target.attribute.name+" is not multi-valued: its path takes no filter.")
	}
	o.applyToValue(block)
	return nil
}

// applyToValue changes a single-valued attribute.
func (o operation) applyToValue(block map[string]any) {
	name := o.target.attribute.name
	part, isObject := o.value.(map[string]any)
	switch {
	case o.target.sub != "" && o.op == opRemove:
		delete(object(block, name), o.target.sub)
	case o.target.sub != "":
		object(block, name)[o.target.sub] = o.value
	case o.op == opRemove:
		delete(block, name)
	case isObject && o.target.attribute.sub != nil:
		// RFC 7644 section 3.5.2.1 and 3.5.2.3: sub-attributes that the value
		// does not name stay.
		maps.Copy(object(block, name), part)
	default:
		block[name] = o.value
	}
}

// markRemoved notes as null what a PATCH removed: what is merely absent from a
// resource may stay as it is.
func markRemoved(before, after map[string]any) {
	for name, was := range before {
		now, there := after[name]
		if !there {
			after[name] = nil
			continue
		}
		inner, ok := was.(map[string]any)
		if innerNow, ok2 := now.(map[string]any); ok && ok2 {
			markRemoved(inner, innerNow)
		}
	}
}

// object returns the object at name, made where there is none.
func object(block map[string]any, name string) map[string]any {
	o, ok := block[name].(map[string]any)
	if !ok {
		o = map[string]any{}
		block[name] = o
	}
	return o
}

// copyValue copies objects and lists deeply.
func copyValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = copyValue(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = copyValue(e)
		}
		return out
	}
	return v
}

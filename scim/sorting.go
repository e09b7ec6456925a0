package scim

import (
	"cmp"
	"slices"
	"strings"
	"time"

	scimerrors "github.com/elimity-com/scim/errors"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/translate"
)

// ordering is what a query wants to be sorted by (RFC 7644 section 3.4.2.3).
type ordering struct {
	by         operand
	descending bool
}

// parseOrdering reads sortBy and sortOrder; nil where nothing is to be sorted.
func parseOrdering(sortBy, sortOrder string, in scope) (*ordering, error) {
	descending := strings.EqualFold(sortOrder, "descending")
	if !descending && sortOrder != "" && !strings.EqualFold(sortOrder, "ascending") {
		return nil, badRequest(scimerrors.ScimTypeInvalidValue, "The parameter sortOrder must be ascending or descending.")
	}
	if sortBy == "" {
		return nil, nil
	}
	path, err := filter.ParsePath(sortBy)
	if err != nil || path.Filter != nil {
		return nil, badRequest(scimerrors.ScimTypeInvalidValue, "The parameter sortBy must be the name of an attribute, such as name.familyName.")
	}
	by, err := in.operand(path.Attribute)
	if err != nil {
		return nil, badRequest(scimerrors.ScimTypeInvalidValue, "No schema here has the attribute that sortBy names (see /Schemas).")
	}
	if by.whole.multi {
		if by, err = preferred(in, path.Attribute); err != nil {
			return nil, err
		}
	}
	if by.leaf.kind == kindComplex {
		if by = by.value(); by.leaf.kind == kindComplex {
			return nil, badRequest(scimerrors.ScimTypeInvalidValue,
				"The parameter sortBy names a complex attribute: name one of its sub-attributes, such as "+by.whole.name+"."+by.whole.anySub()+".")
		}
	}
	return &ordering{by, descending}, nil
}

// preferred is the operand for a multi-valued attribute that is sorted by: its
// primary value, else its first, or the sub-attribute of that which is named.
func preferred(in scope, a filter.Attribute) (operand, error) {
	o, err := in.operand(filter.Attribute{URN: a.URN, Name: a.Name})
	if err != nil {
		return o, err
	}
	elements := o.values
	o.values = func(r map[string]any) []any {
		list := elements(r)
		for _, e := range list {
			if element, ok := e.(map[string]any); ok && element["primary"] == true {
				return []any{e}
			}
		}
		return list[:min(len(list), 1)]
	}
	if a.Sub == "" {
		return o, nil
	}
	return o.sub(a)
}

// sort sorts resources and keeps the order of those that are equal. Those
// without a value come last, or first where the order is descending.
func (o *ordering) sort(resources []translate.Resource) {
	if o == nil {
		return
	}
	type keyed struct {
		key      any
		resource translate.Resource
	}
	list := make([]keyed, len(resources))
	for i, r := range resources {
		list[i] = keyed{o.key(r), r}
	}
	slices.SortStableFunc(list, func(a, b keyed) int {
		outcome := compareKeys(a.key, b.key)
		if o.descending {
			return -outcome
		}
		return outcome
	})
	for i, k := range list {
		resources[i] = k.resource
	}
}

// key is what the resource is sorted by: a string, float64, time.Time or bool,
// nil for no value.
func (o *ordering) key(r translate.Resource) any {
	values := o.by.values(r)
	if len(values) == 0 {
		return nil
	}
	switch o.by.leaf.kind {
	case kindDateTime:
		if t, ok := date(values[0]); ok {
			return t
		}
	case kindInteger, kindDecimal:
		if n, ok := number(values[0]); ok {
			return n
		}
	case kindBoolean:
		if b, ok := truth(values[0]); ok {
			return b
		}
	default:
		if s, ok := words(values[0]); ok && o.by.leaf.exact {
			return s
		} else if ok {
			return strings.ToLower(s)
		}
	}
	return nil
}

func compareKeys(a, b any) int {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y)
		}
	case float64:
		if y, ok := b.(float64); ok {
			return cmp.Compare(x, y)
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	case bool:
		if y, ok := b.(bool); ok {
			return rank(x) - rank(y)
		}
	}
	// One of them has no value, or both.
	return rank(a == nil) - rank(b == nil)
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

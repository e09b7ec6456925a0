package query

import (
	"slices"
	"strings"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/match"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
)

// Ordering is what a query wants to be sorted by (RFC 7644 section 3.4.2.3).
type Ordering struct {
	by         schema.Operand
	descending bool
}

// OrderBy reads sortBy and sortOrder; nil where nothing is to be sorted. The
// error is a *problem.Error.
func OrderBy(sortBy, sortOrder string, in match.Scope) (*Ordering, error) {
	descending := strings.EqualFold(sortOrder, "descending")
	if !descending && sortOrder != "" && !strings.EqualFold(sortOrder, "ascending") {
		return nil, problem.SortOrder()
	}
	if sortBy == "" {
		return nil, nil
	}
	path, err := filter.ParsePath(sortBy)
	if err != nil || path.Filter != nil {
		return nil, problem.SortBy()
	}
	by, err := in.Operand(path.Attribute)
	if err != nil {
		return nil, problem.SortByUnknown()
	}
	if by.Whole.Multi {
		if by, err = preferred(in, path.Attribute); err != nil {
			return nil, err
		}
	}
	by, ok := by.Simple()
	if !ok {
		return nil, problem.SortByComplex(by.Whole.ExampleOfSub())
	}
	return &Ordering{by, descending}, nil
}

// preferred is the operand for a multi-valued attribute that is sorted by: its
// primary value, else its first, or the sub-attribute of that which is named.
func preferred(in match.Scope, path filter.Attribute) (schema.Operand, error) {
	o, err := in.Operand(filter.Attribute{URN: path.URN, Name: path.Name})
	if err != nil {
		return o, err
	}
	elements := o.Values
	o.Values = func(r schema.Resource) []any {
		list := elements(r)
		for _, e := range list {
			if element, ok := e.(map[string]any); ok && element["primary"] == true {
				return []any{e}
			}
		}
		return list[:min(len(list), 1)]
	}
	if path.Sub == "" {
		return o, nil
	}
	return o.SubOperand(path)
}

func (o *Ordering) isBy(name string) bool {
	return o != nil && strings.EqualFold(o.by.Whole.Name, name)
}

// sort sorts resources and keeps the order of those that are equal. Those
// without a value come last, or first where the order is descending.
func (o *Ordering) sort(resources []schema.Resource) {
	if o == nil {
		return
	}
	type keyed struct {
		key      any
		resource schema.Resource
	}
	list := make([]keyed, len(resources))
	for i, r := range resources {
		list[i] = keyed{o.key(r), r}
	}
	slices.SortStableFunc(list, func(a, b keyed) int {
		outcome := match.Compare(a.key, b.key)
		if o.descending {
			return -outcome
		}
		return outcome
	})
	for i, k := range list {
		resources[i] = k.resource
	}
}

// key is what the resource is sorted by, nil for no value.
func (o *Ordering) key(r schema.Resource) any {
	values := o.by.Values(r)
	if len(values) == 0 {
		return nil
	}
	return match.SortKey(o.by.Leaf, values[0])
}

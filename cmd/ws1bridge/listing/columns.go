package listing

import (
	"fmt"
	"slices"
	"strings"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/schema"
)

// Column is a value of a record in a list.
type Column[T any] struct {
	Name  string
	Value func(T) any
}

// Resolve finds an attribute of users by its path, without the URN of an extension where
// the name says enough.
func Resolve(x schema.Index, extensions []string, name string) (schema.Operand, error) {
	candidates := []string{name}
	for _, urn := range extensions {
		candidates = append(candidates, urn+":"+name)
	}
	for _, candidate := range candidates {
		path, err := filter.ParsePath(candidate)
		if err != nil || path.Filter != nil {
			continue
		}
		o, err := x.Operand(path.Attribute)
		if err != nil {
			continue
		}
		if simple, ok := o.Simple(); ok {
			return simple, nil
		}
		return schema.Operand{}, fmt.Errorf("%s has parts: name one of them, such as %s", name,
			o.Whole.ExampleOfSub())
	}
	return schema.Operand{}, fmt.Errorf("there is no attribute %s (ws1bridge map --table lists those that there are)",
		name)
}

// ValueOf is what a resource has of an attribute: a list of texts if it can have several.
func ValueOf(o schema.Operand, r schema.Resource) any {
	var texts []string
	values := o.Values(r)
	for _, v := range values {
		if text, ok := schema.Text(v); ok {
			texts = append(texts, text)
		}
	}
	switch {
	case len(values) == 0:
		return nil
	case o.Whole.Multi:
		return texts
	case len(texts) == 1:
		return texts[0]
	}
	return values[0]
}

// Choose gives the columns with the names, separated by commas: those of one's own, and
// those that find knows.
func Choose[T any](
	names string, own []Column[T], find func(name string) (Column[T], error),
) (chosen []Column[T], _ error) {
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		i := slices.IndexFunc(own, func(c Column[T]) bool { return strings.EqualFold(c.Name, name) })
		if i >= 0 {
			chosen = append(chosen, own[i])
			continue
		}
		c, err := find(name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, c)
	}
	return chosen, nil
}

// Fill adds a row for a record.
func Fill[T any](r *Rows, columns []Column[T], record T) {
	values := make([]any, len(columns))
	for i, c := range columns {
		values[i] = c.Value(record)
	}
	r.Add(values...)
}

// NamesOf are the names of columns.
func NamesOf[T any](columns []Column[T]) (names []string) {
	for _, c := range columns {
		names = append(names, c.Name)
	}
	return names
}

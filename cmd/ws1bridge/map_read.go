package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// maxInput bounds what is read.
const maxInput = 256 << 20

// readResources reads SCIM resources: one, several after one another, lists of
// them, and answers to queries.
func readResources(stdin io.Reader, args []string) ([]map[string]any, error) {
	input, done, err := openInput(stdin, args)
	if err != nil {
		return nil, err
	}
	defer done()
	var resources []map[string]any
	decoder := json.NewDecoder(io.LimitReader(input, maxInput))
	for {
		var v any
		err := decoder.Decode(&v)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the input is not JSON: %w", err)
		}
		if resources, err = appendResources(resources, v); err != nil {
			return nil, err
		}
	}
	if len(resources) == 0 {
		return nil, errors.New("the input holds no resource")
	}
	return resources, nil
}

func appendResources(resources []map[string]any, v any) ([]map[string]any, error) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			var err error
			if resources, err = appendResources(resources, item); err != nil {
				return nil, err
			}
		}
		return resources, nil
	case map[string]any:
		if list, ok := v["Resources"].([]any); ok {
			return appendResources(resources, list)
		}
		return append(resources, v), nil
	}
	return nil, errors.New("the input must hold SCIM resources: JSON objects")
}

// isAccess reports whether the resource is one of Access.
func (f mapFlags) isAccess(r map[string]any) bool {
	if f.okta || f.access {
		return f.access
	}
	schemas, _ := r["schemas"].([]any)
	return slices.Contains(schemas, any(upstream.CoreSchema))
}

// trace follows a resource to the other side and back.
func (f mapFlags) trace(t *translate.Translator, r map[string]any) (translate.Trace, error) {
	if f.isAccess(r) {
		b, err := json.Marshal(r)
		if err != nil {
			return translate.Trace{}, err
		}
		u, err := upstream.DecodeUser(b)
		if err != nil {
			return translate.Trace{}, usageError{err}
		}
		return t.TraceAccess(u), nil
	}
	clean, unknown := schema.Users(t.SchemaAttributes()).Index.Tidy(r)
	trace := t.TraceOkta(clean)
	for _, name := range unknown {
		trace.Dropped = append(trace.Dropped, translate.Dropped{Attribute: name, Reason: "no pair maps it"})
	}
	for name, v := range r {
		if list, isList := v.([]any); schema.Ignored(name) && name != "schemas" && v != nil && (!isList || len(list) > 0) {
			trace.Dropped = append(trace.Dropped, translate.Dropped{Attribute: name, Reason: "it is read-only, or goes nowhere by design"})
		}
	}
	slices.SortFunc(trace.Dropped, func(a, b translate.Dropped) int { return strings.Compare(a.Attribute, b.Attribute) })
	return trace, nil
}

package translate

import (
	"encoding/json"

	"ws1bridge/scim/schema"
)

// get finds the value at a path, nil where there is none.
func get(r schema.Resource, p scimPath) (any, *fault) {
	block := r
	if p.URN != "" {
		var ok bool
		if block, ok = r[p.URN].(map[string]any); !ok && r[p.URN] != nil {
			return nil, notInObject
		}
	}
	v := block[p.Name]
	if p.values.some() {
		return getSelected(v, p)
	}
	if p.Sub == "" {
		return v, nil
	}
	switch parent := v.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return parent[p.Sub], nil
	case string, json.Number:
		switch {
		case p.Name == "manager" && p.Sub == "value": // "manager": "id", as some send it
			return parent, nil
		case p.Name == "manager" || parent == "":
			return nil, nil
		}
	}
	return nil, notInObject
}

// getSelected finds the first value of a list that the path's selector means
// and that holds something.
func getSelected(v any, p scimPath) (any, *fault) {
	list, wrong := elementsOf(v)
	if wrong != nil {
		return nil, wrong
	}
	for _, item := range list {
		if value := item[p.Sub]; p.values.matches(item) && value != nil && value != "" {
			return value, nil
		}
	}
	return nil, nil
}

// has reports whether the resource names the attribute at all, even as null, or says null
// for the whole extension.
func has(r schema.Resource, p scimPath) bool {
	block := r
	if p.URN != "" {
		whole, ok := r[p.URN]
		if ok && whole == nil {
			return true
		}
		block, _ = whole.(map[string]any)
	}
	_, ok := block[p.Name]
	return ok
}

// put sets the value at a path and makes what it is in. A value that the
// list of a selector holds already is left as it is: it came from the whole
// list, which has more of it.
func put(r schema.Resource, p scimPath, v any) {
	block := r
	if p.URN != "" {
		block = schema.Object(r, p.URN)
	}
	switch {
	case p.values.some():
		block[p.Name] = putSelected(block[p.Name], p, v)
	case p.Sub != "":
		schema.Object(block, p.Name)[p.Sub] = v
	default:
		block[p.Name] = v
	}
}

func putSelected(list any, p scimPath, v any) any {
	values, _ := list.([]any)
	for _, item := range values {
		value, ok := item.(map[string]any)
		if !ok || !p.values.matches(value) {
			continue
		}
		if value[p.Sub] == nil {
			value[p.Sub] = v
		}
		return values
	}
	value := p.values.example()
	value[p.Sub] = v
	return append(values, value)
}

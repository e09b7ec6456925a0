package accesstest

import (
	"net/http"
	"slices"
	"strings"
)

// projection returns a function that reduces a resource to the minimal set (id, userName or
// displayName, meta, schemas) and the attributes that are named; without names it keeps all. Unknown
// names are refused: "the specified attributes are invalid" (Access OpenAPI).
func (s *schema) projection(wanted, excluded []string) (func(object) object, error) {
	keep, err := s.paths(wanted)
	if err != nil {
		return nil, err
	}
	drop, err := s.paths(excluded)
	if err != nil {
		return nil, err
	}
	minimal := []string{"schemas", "id", "meta", s.label}
	return func(in object) object {
		out := in
		if len(wanted) > 0 {
			out = object{}
			for _, name := range minimal {
				out[name] = in[name]
			}
			for _, p := range keep {
				copyPath(out, in, p)
			}
		}
		for _, p := range drop {
			if p.urn == "" && p.sub == "" && !slices.Contains(minimal, p.name) {
				delete(out, p.name)
			}
		}
		return out
	}, nil
}

func (s *schema) paths(names []string) ([]path, error) {
	var out []path
	for _, name := range names {
		if strings.EqualFold(name, "schemas") {
			continue // always there
		}
		p, _, ok := s.resolve(name)
		if !ok {
			return nil, refuse(http.StatusBadRequest, "invalid.attributes", "The specified attributes are invalid: %s", name)
		}
		out = append(out, p)
	}
	return out, nil
}

// copyPath copies what a path names, without sharing what it changes.
func copyPath(out, in object, p path) {
	if p.urn != "" {
		block, ok := in[p.urn].(object)
		if !ok {
			return
		}
		if p.name == "" {
			out[p.urn] = block
			return
		}
		target, ok := out[p.urn].(object)
		if !ok {
			target = object{}
		}
		copyPath(target, block, path{name: p.name, sub: p.sub})
		if len(target) > 0 {
			out[p.urn] = target
		}
		return
	}
	value, ok := in[p.name]
	switch {
	case !ok:
	case p.sub == "":
		out[p.name] = value
	default:
		out[p.name] = onlySub(out[p.name], value, p.sub)
	}
}

// onlySub adds one sub-attribute of a value to what is kept of it so far.
func onlySub(kept, value any, sub string) any {
	switch have := value.(type) {
	case object:
		out, ok := kept.(object)
		if !ok {
			out = object{}
		}
		if member, ok := have[sub]; ok {
			out[sub] = member
		}
		return out
	case []any:
		before, _ := kept.([]any)
		out := make([]any, len(have))
		for i, item := range have {
			var old any
			if i < len(before) {
				old = before[i]
			}
			out[i] = onlySub(old, item, sub)
		}
		return out
	}
	return value
}

package accesstest

import (
	"net/http"
	"slices"
	"strings"
)

// projection is what an answer shows of a resource. The zero value shows all of it.
type projection struct {
	minimal []string // core attributes that are always there; empty: all are
	keep    []path   // beside them
	drop    []string // core attributes
}

// projection reduces resources to the minimal set (id, userName or displayName, meta, schemas) and the
// attributes that are named; without names it keeps all. Unknown names are refused: "the specified
// attributes are invalid" (Access OpenAPI). Whole core attributes can be excluded, but for the minimal set.
func (s *schema) projection(wanted, excluded []string) (p projection, err error) {
	if p.keep, err = s.paths(wanted); err != nil {
		return p, err
	}
	dropped, err := s.paths(excluded)
	if err != nil {
		return p, err
	}
	minimal := []string{"schemas", "id", "meta", s.label}
	if len(wanted) > 0 {
		p.minimal = minimal
	}
	for _, drop := range dropped {
		if drop.urn == "" && drop.sub == "" && !slices.Contains(minimal, drop.name) {
			p.drop = append(p.drop, drop.name)
		}
	}
	return p, nil
}

// shows reports whether anything of a core attribute is shown: what is not need not be computed.
func (p projection) shows(name string) bool {
	return !slices.Contains(p.drop, name) && (len(p.minimal) == 0 ||
		slices.ContainsFunc(p.keep, func(keep path) bool { return keep.urn == "" && keep.name == name }))
}

// of returns what is shown of a resource, which it may change.
func (p projection) of(in object) object {
	out := in
	if len(p.minimal) > 0 {
		out = object{}
		for _, name := range p.minimal {
			out[name] = in[name]
		}
		for _, keep := range p.keep {
			copyPath(out, in, keep)
		}
	}
	for _, name := range p.drop {
		delete(out, name)
	}
	return out
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
	case reference:
		if _, whole := kept.(reference); whole {
			return kept
		}
		return onlySub(kept, have.object(), sub)
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

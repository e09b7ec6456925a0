package accesstest

import (
	"io"
	"maps"
	"slices"
	"strings"
)

// incoming is a resource as a client sent it, with names spelled as the schema does. Texts may be
// empty, which clears in a PATCH.
type incoming struct {
	content

	remove []string // meta.attributes
}

func (s *schema) read(body io.Reader) (*incoming, error) {
	resource, err := readObject(body)
	if err != nil {
		return nil, err
	}
	return s.parse(resource)
}

// parse reads a resource as leniently and as strictly as the UnboundID SCIM 1.1 SDK in its strict
// mode: names have no case, unknown attributes and blocks that are not listed are refused, unknown
// sub-attributes are dropped. null is no value (what public clients rely on).
func (s *schema) parse(body object) (*incoming, error) {
	listed, err := s.listed(body)
	if err != nil {
		return nil, err
	}
	in := &incoming{content: newContent()}
	for _, key := range slices.Sorted(maps.Keys(body)) {
		lower, value := strings.ToLower(key), body[key]
		switch {
		case lower == "schemas" || value == nil:
		case lower == "meta":
			if err := s.parseMeta(in, value); err != nil {
				return nil, err
			}
		case listed[lower]:
			if err := s.parseBlock(in, key, value); err != nil {
				return nil, err
			}
		default:
			if err := s.parseInto(in.attrs, coreURN, object{key: value}); err != nil {
				return nil, err
			}
		}
	}
	return in, nil
}

// listed returns the schemas that the body declares, in lower case. The SDK looks "schemas" up with
// case; without it the core schema alone is assumed.
func (s *schema) listed(body object) (map[string]bool, error) {
	value, ok := body["schemas"]
	if !ok || value == nil {
		return map[string]bool{coreURN: true}, nil
	}
	urns, ok := value.([]any)
	if !ok {
		return nil, malformed(s.name, "schemas is not an array.")
	}
	out := map[string]bool{}
	for _, urn := range urns {
		name, ok := urn.(string)
		if !ok {
			return nil, malformed(s.name, "schemas is not an array of strings.")
		}
		out[strings.ToLower(name)] = true
	}
	if !out[coreURN] {
		return nil, malformed(s.name, "'%s' must be declared in the schemas attribute.", coreURN)
	}
	return out, nil
}

// parseMeta takes the names in meta.attributes; the rest of meta is read-only.
func (s *schema) parseMeta(in *incoming, value any) error {
	meta, ok := value.(object)
	if !ok {
		return malformed(s.name, "JSON object expected for complex attribute 'meta'")
	}
	for key, names := range meta {
		if !strings.EqualFold(key, "attributes") || names == nil {
			continue
		}
		list, ok := names.([]any)
		if !ok {
			return malformed(s.name, "meta.attributes is not an array.")
		}
		for _, name := range list {
			if named, ok := name.(string); ok {
				in.remove = append(in.remove, named)
			}
		}
	}
	return nil
}

func (s *schema) parseBlock(in *incoming, urn string, value any) error {
	members, ok := value.(object)
	if !ok {
		return malformed(s.name, "JSON object expected for '%s'", urn)
	}
	canonical, _, _, ok := s.block(urn)
	if !ok {
		return malformed(s.name, "No attributes are defined for schema %s", urn)
	}
	if canonical == coreURN {
		return s.parseInto(in.attrs, urn, members)
	}
	if in.ext[canonical] == nil {
		in.ext[canonical] = object{}
	}
	return s.parseInto(in.ext[canonical], urn, members)
}

// parseInto adds the members of a block to dst, without the read-only ones.
func (s *schema) parseInto(dst object, urn string, members object) error {
	_, defs, open, _ := s.block(urn)
	for _, key := range slices.Sorted(maps.Keys(members)) {
		value := members[key]
		if value == nil {
			continue
		}
		def, ok := defs[strings.ToLower(key)]
		if !ok {
			if !open {
				return malformed(s.name, "Attribute %s is not defined for schema %s", key, urn)
			}
			def = attribute{name: key} // custom attributes have case
		}
		if def.readOnly || def.name == "password" { // a password is taken and never kept
			continue
		}
		parsed, err := s.parseValue(def, value)
		if err != nil {
			return err
		}
		dst[def.name] = parsed
	}
	return nil
}

func (s *schema) parseValue(def attribute, value any) (any, error) {
	switch def.kind {
	case complexValue:
		members, ok := value.(object)
		if !ok {
			return nil, malformed(s.name, "JSON object expected for complex attribute '%s'", def.name)
		}
		return s.parseMembers(def, members)
	case multiValued:
		return s.parseValues(def, value)
	case boolean:
		return s.parseBoolean(def.name, value)
	default:
		return s.parseText(def.name, value)
	}
}

func (s *schema) parseMembers(def attribute, members object) (object, error) {
	out := object{}
	for key, value := range members {
		sub, ok := def.subs[strings.ToLower(key)]
		if !ok || value == nil {
			continue
		}
		parsed, err := s.parseValue(sub, value)
		if err != nil {
			return nil, err
		}
		out[sub.name] = parsed
	}
	return out, nil
}

// parseValues takes an array of objects or texts, and a lone text: public clients send
// "emails":"a@b". A lone object, as {"work":"a@b"}, has its JSON for a value: what is no array is one
// simple value for the UnboundID SCIM 1.1 SDK.
func (s *schema) parseValues(def attribute, value any) ([]any, error) {
	var list []any
	switch sent := value.(type) {
	case []any:
		list = sent
	case object:
		list = []any{string(encode(sent))}
	default:
		list = []any{sent}
	}
	out := []any{}
	for _, item := range list {
		if item == nil {
			continue
		}
		members, ok := item.(object)
		if !ok {
			members = object{"value": item}
		}
		parsed, err := s.parseMembers(def, members)
		if err != nil {
			return nil, err
		}
		out = append(out, parsed)
	}
	return out, nil
}

// parseText takes scalars by their text, as the SDK does.
func (s *schema) parseText(name string, value any) (any, error) {
	if text, ok := scalarText(value); ok {
		return text, nil
	}
	return nil, malformed(s.name, "simple value expected for attribute '%s'", name)
}

// parseBoolean takes the texts true and false too, and the empty one, which clears.
func (s *schema) parseBoolean(name string, value any) (any, error) {
	switch scalar := value.(type) {
	case bool:
		return scalar, nil
	case string:
		if scalar == "" {
			return scalar, nil
		}
		if strings.EqualFold(scalar, "true") || strings.EqualFold(scalar, "false") {
			return strings.EqualFold(scalar, "true"), nil
		}
	}
	return nil, malformed(s.name, "boolean expected for attribute '%s'", name)
}

package upstream

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/upstream/jsonvalue"
)

// entry is an attribute with its value.
type entry struct {
	Path
	value any
}

// entries appends the attributes of the body in a fixed order, those of a schema and those
// of an attribute together.
func (b body) entries(all []entry) []entry {
	for p, v := range b.set {
		switch {
		case b.owner != nil && isEmpty(v): // nobody is created with nothing
		case p == emailsPath:
			all = append(all, entry{p, []Element{{"value": v}}})
		default:
			all = append(all, entry{p, v})
		}
	}
	all = append(all, b.owner...)
	if len(b.members) > 0 {
		all = append(all, entry{membersPath, memberList{b.members, b.leaving}})
	}
	if len(b.cleared) > 0 {
		all = append(all, entry{PathOf("", "meta", "attributes"), pathList(b.cleared)})
	}
	slices.SortFunc(all, func(a, b entry) int { return comparePaths(a.Path, b.Path) })
	return all
}

// MarshalJSON is AppendJSON.
func (b body) MarshalJSON() ([]byte, error) { return b.AppendJSON(nil) }

// AppendJSON writes attributes as Access reads them: extensions in blocks of their
// own, and each block's URN in schemas, without which Access calls the resource
// malformed.
func (b body) AppendJSON(out []byte) (_ []byte, err error) {
	var usual [40]entry
	entries := b.entries(usual[:0])
	out = append(out, `{"schemas":["`+CoreSchema+`"`...)
	for _, urn := range b.extensions(entries) {
		out = jsonvalue.AppendText(append(out, ','), urn)
	}
	out = append(out, ']')
	schema, parent := "", "" // those that are open
	for _, e := range entries {
		if parent != "" && (e.Schema() != schema || e.Name() != parent) {
			out, parent = append(out, '}'), ""
		}
		if e.Schema() != schema {
			if schema != "" {
				out = append(out, '}')
			}
			schema = e.Schema()
			out = append(jsonvalue.AppendName(out, schema), '{')
		}
		name := e.Name()
		if e.Sub() != "" {
			name = e.Sub()
			if parent == "" {
				parent = e.Name()
				out = append(jsonvalue.AppendName(out, parent), '{')
			}
		}
		if out, err = jsonvalue.Append(jsonvalue.AppendName(out, name), e.value); err != nil {
			return out, err
		}
	}
	for _, open := range []string{parent, schema} {
		if open != "" {
			out = append(out, '}')
		}
	}
	return append(out, '}'), nil
}

// extensions are the URNs of the extensions that the body names.
func (b body) extensions(entries []entry) (urns []string) {
	declare := func(urn string) {
		if urn != "" && !slices.Contains(urns, urn) {
			urns = append(urns, urn)
		}
	}
	for _, e := range entries {
		declare(e.Schema())
	}
	for _, p := range b.cleared {
		declare(p.Schema())
	}
	return urns
}

// pathList is what meta.attributes names.
type pathList []Path

// AppendJSON writes paths as texts.
func (l pathList) AppendJSON(b []byte) ([]byte, error) {
	return jsonvalue.AppendList(b, l, func(b []byte, p Path) ([]byte, error) {
		return jsonvalue.AppendText(b, p.String()), nil
	})
}

// memberList are members that come, or that go. Access's PATCH merges members, it
// never replaces the list; type and value go together in every request, because
// the SDK that Access is probably built on matches by both.
type memberList struct {
	members []Member
	leaving bool
}

// AppendJSON writes members as values.
func (l memberList) AppendJSON(b []byte) ([]byte, error) {
	return jsonvalue.AppendList(b, l.members, func(b []byte, m Member) ([]byte, error) {
		b = jsonvalue.AppendText(append(b, `{"type":"User","value":`...), m.ID)
		if l.leaving {
			b = append(b, `,"operation":"delete"`...)
		}
		return append(b, '}'), nil
	})
}

// packedBody is a body as it is sent.
type packedBody []byte

// pack writes a body once for all that is done with it.
func (b body) pack() (packedBody, error) { return b.AppendJSON(make([]byte, 0, 512)) }

// AppendJSON copies the body.
func (p packedBody) AppendJSON(b []byte) ([]byte, error) { return append(b, p...), nil }

// MarshalJSON is the body.
func (p packedBody) MarshalJSON() ([]byte, error) { return p, nil }

// attributes are those that the body sets.
func (p packedBody) attributes() Attributes {
	var u userRecord
	_ = u.decode(jsontext.NewDecoder(bytes.NewReader(p))) // it was written by the client itself
	return u.Attributes
}

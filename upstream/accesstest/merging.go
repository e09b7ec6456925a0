package accesstest

import (
	"maps"
	"slices"
	"strings"
)

// content is the changeable part of a record: core attributes, and extensions by URN.
type content struct {
	attrs object
	ext   map[string]object
}

func newContent() content { return content{attrs: object{}, ext: map[string]object{}} }

// workspace returns a text of the workspace extension.
func (c content) workspace(name string) string {
	value, _ := c.ext[workspaceURN][name].(string)
	return value
}

// core returns a text of the core attributes.
func (c content) core(name string) string {
	value, _ := c.attrs[name].(string)
	return value
}

func (c content) clone() content {
	out := content{attrs: clone(c.attrs), ext: make(map[string]object, len(c.ext))}
	for urn, block := range c.ext {
		out.ext[urn] = clone(block)
	}
	return out
}

// clone copies an object, which holds JSON alone, with all that is in it.
func clone(o object) object {
	out := make(object, len(o))
	for name, value := range o {
		out[name] = cloneValue(value)
	}
	return out
}

func cloneValue(value any) any {
	switch have := value.(type) {
	case object:
		return clone(have)
	case []any:
		out := make([]any, len(have))
		for i, item := range have {
			out[i] = cloneValue(item)
		}
		return out
	}
	return value
}

// apply merges a partial resource by the rules of SCIM 1.1 §3.3.2: the attributes that
// meta.attributes names go first, then simple attributes are replaced, complex ones merged by
// sub-attribute, multi-valued ones by value. An empty text clears (public clients).
func (c content) apply(s *schema, in *incoming, ignoreRemovals bool) {
	if !ignoreRemovals {
		for _, name := range in.remove {
			c.remove(s, name)
		}
	}
	// Access keeps one e-mail: public clients send a new one without type and it replaces the old.
	if _, sent := in.attrs["emails"]; sent {
		delete(c.attrs, "emails")
	}
	merge(c.attrs, in.attrs)
	for urn, block := range in.ext {
		if c.ext[urn] == nil {
			c.ext[urn] = object{}
		}
		merge(c.ext[urn], block)
		if len(c.ext[urn]) == 0 {
			delete(c.ext, urn)
		}
	}
}

// remove clears what a name in meta.attributes names. Unknown and read-only names are ignored, as
// the UnboundID SCIM 1.1 SDK does.
func (c content) remove(s *schema, name string) {
	p, def, ok := s.resolve(name)
	if !ok || def.readOnly || def.fixed {
		return
	}
	block := c.attrs
	if p.urn != "" {
		block = c.ext[p.urn]
	}
	switch {
	case p.name == "":
		c.removeBlock(s, p.urn)
	case p.sub == "":
		delete(block, p.name)
	default:
		removeSub(block, p)
	}
}

// removeBlock clears an extension except what a client cannot write.
func (c content) removeBlock(s *schema, urn string) {
	for name := range c.ext[urn] {
		if def := s.ext[urn][strings.ToLower(name)]; !def.readOnly && !def.fixed {
			delete(c.ext[urn], name)
		}
	}
	if len(c.ext[urn]) == 0 {
		delete(c.ext, urn)
	}
}

func removeSub(block object, p path) {
	switch value := block[p.name].(type) {
	case object:
		delete(value, p.sub)
		if len(value) == 0 {
			delete(block, p.name)
		}
	case []any:
		for _, item := range value {
			if entry, ok := item.(object); ok {
				delete(entry, p.sub)
			}
		}
	}
}

func merge(dst, src object) {
	for name, value := range src {
		switch sent := value.(type) {
		case object:
			members, ok := dst[name].(object)
			if !ok {
				members = object{}
			}
			merge(members, sent)
			dst[name] = members
			if len(members) == 0 {
				delete(dst, name)
			}
		case []any:
			old, _ := dst[name].([]any)
			dst[name] = mergeValues(old, sent)
			if len(dst[name].([]any)) == 0 {
				delete(dst, name)
			}
		case string:
			dst[name] = sent
			if sent == "" {
				delete(dst, name)
			}
		default:
			dst[name] = sent
		}
	}
}

// mergeValues merges entries by their value. Addresses have none: they are always added, and
// cannot be deleted one by one. One entry at most stays primary.
func mergeValues(old, sent []any) []any {
	out := slices.Clone(old)
	for _, item := range sent {
		entry := maps.Clone(item.(object))
		operation, _ := entry["operation"].(string)
		delete(entry, "operation")
		maps.DeleteFunc(entry, func(_ string, v any) bool { return v == "" })
		at := slices.IndexFunc(out, func(have any) bool {
			return entry["value"] != nil && have.(object)["value"] == entry["value"]
		})
		if strings.EqualFold(operation, "delete") {
			if at >= 0 {
				out = slices.Delete(out, at, at+1)
			}
			continue
		}
		if onlyLabels(entry) {
			continue
		}
		if entry["primary"] == true {
			for _, other := range out {
				delete(other.(object), "primary")
			}
		}
		if at < 0 {
			out = append(out, entry)
			continue
		}
		maps.Copy(out[at].(object), entry)
	}
	return out
}

// onlyLabels reports whether an entry says nothing: at most a type or display without a value.
func onlyLabels(entry object) bool {
	for name := range entry {
		if name != "type" && name != "display" && name != "primary" {
			return false
		}
	}
	return true
}

package classic

import (
	"encoding/json"
	"slices"
	"strings"

	"ws1bridge/scim/schema"
)

// Change is an operation of a PATCH of SCIM 2.0.
type Change struct {
	Op, Path string
	Value    any
}

// The operations of RFC 7644 section 3.5.2.
const (
	add     = "add"
	replace = "replace"
	remove  = "remove"
)

// ReadChanges takes a PATCH of SCIM 1.1 apart, a partial resource (protocol, section
// 3.3.2): what meta.attributes names is cleared first; then single values replace, lists
// merge, and an element with the operation delete leaves its list. Changes are in a fixed
// order: those of meta.attributes, then by name, those of a list as they stand.
func ReadChanges(raw map[string]any, x schema.Index) []Change {
	var changes []Change
	for _, name := range clearedBy(raw) {
		changes = append(changes, Change{Op: remove, Path: Path(name)})
	}
	raw = FromResource(raw)
	for _, name := range sortedNames(raw) {
		if isOfMessage(name) {
			continue
		}
		if e, ok := x.Extension(name); ok {
			changes = append(changes, changesOf(e, raw[name])...)
			continue
		}
		a, _ := x.Core(name)
		changes = append(changes, changesOfOne(name, raw[name], a)...)
	}
	return changes
}

// isOfMessage reports whether a name is of the message, or of what nobody may change.
func isOfMessage(name string) bool {
	return slices.ContainsFunc([]string{"id", schemasName, metaName}, func(other string) bool {
		return strings.EqualFold(name, other)
	})
}

// clearedBy are the attributes that meta.attributes names.
func clearedBy(raw map[string]any) (names []string) {
	for name, value := range raw {
		meta, ok := value.(map[string]any)
		if !ok || !strings.EqualFold(name, metaName) {
			continue
		}
		for inner, list := range meta {
			if !strings.EqualFold(inner, "attributes") {
				continue
			}
			for _, item := range schema.List(list) {
				if s, isText := item.(string); isText && strings.TrimSpace(s) != "" {
					names = append(names, s)
				}
			}
		}
	}
	return names
}

func sortedNames(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// changesOf are those of the attributes of an extension.
func changesOf(e schema.Extension, value any) (changes []Change) {
	object, ok := value.(map[string]any)
	if !ok {
		return []Change{{Op: replace, Path: e.URN, Value: value}}
	}
	for _, name := range sortedNames(object) {
		a, _ := e.Find(name)
		changes = append(changes, changesOfOne(e.URN+":"+name, object[name], a)...)
	}
	return changes
}

// changesOfOne are those of one attribute.
func changesOfOne(path string, value any, a schema.Attribute) []Change {
	if list, isList := asList(value); isList {
		return changesOfList(path, list)
	}
	object, isObject := value.(map[string]any)
	if !isObject || a.Type != schema.Complex || len(object) == 0 {
		return []Change{{Op: replace, Path: path, Value: value}}
	}
	changes := make([]Change, 0, len(object))
	for _, name := range sortedNames(object) {
		changes = append(changes, Change{Op: replace, Path: path + "." + name, Value: object[name]})
	}
	return changes
}

// asList are the elements of a list in any of its forms.
func asList(value any) (list []any, ok bool) {
	switch value := value.(type) {
	case []any:
		return value, true
	case schema.Members:
		for _, m := range value.List {
			element := map[string]any{"value": m.Value}
			if m.Display != "" {
				element["display"] = m.Display
			}
			list = append(list, element)
		}
		return list, true
	}
	return nil, false
}

// changesOfList merges a list: runs of elements that come are added together, each that
// goes is removed by its value.
func changesOfList(path string, list []any) (changes []Change) {
	var coming []any
	flush := func() {
		if len(coming) > 0 {
			changes = append(changes, Change{Op: add, Path: path, Value: coming})
			coming = nil
		}
	}
	for _, item := range list {
		element, ok := item.(map[string]any)
		if !ok || !isRemoval(element) {
			coming = append(coming, item)
			continue
		}
		flush()
		value, _ := schema.Text(element["value"])
		changes = append(changes, Change{Op: remove, Path: path + "[value eq " + quoted(value) + "]"})
	}
	flush()
	return changes
}

// isRemoval reports whether an element leaves its list; it loses the word that says so.
func isRemoval(element map[string]any) (leaves bool) {
	for name, value := range element {
		if strings.EqualFold(name, operationName) {
			word, _ := value.(string)
			leaves = leaves || strings.EqualFold(word, removal)
			delete(element, name)
		}
	}
	return leaves
}

// quoted is a text as filters have it (RFC 7644 section 3.4.2.2): a JSON string.
func quoted(s string) string {
	b, _ := json.Marshal(s) // a text can be encoded
	return string(b)
}

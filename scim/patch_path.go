package scim

import (
	"errors"
	"strings"

	scimerrors "github.com/elimity-com/scim/errors"

	"ws1bridge/scim/filter"
)

// target is what an operation changes.
type target struct {
	schema    string // URN of an extension, "" for the core schema
	attribute attributeName
	values    valueFilter // which values of a multi-valued attribute; nil for all
	sub       string      // sub-attribute, or ""
}

// target reads the path of an operation. It is not known when no schema has
// such an attribute.
func (t nameTable) target(path string) (_ target, known bool, err error) {
	if t.foreign(path) {
		return target{}, false, nil
	}
	parsed, err := filter.ParsePath(path)
	if err != nil {
		return target{}, false, invalidPath("The path of an operation cannot be read: " + syntaxDetail(err) +
			". A path looks like name.givenName or emails[type eq \"work\"].value.")
	}
	table, schema, ok := t.tableOf(parsed.Attribute.URN)
	if !ok {
		return target{}, false, nil
	}
	attribute, ok := table[strings.ToLower(parsed.Attribute.Name)]
	if !ok {
		return target{}, false, nil
	}
	out := target{schema: schema, attribute: attribute}
	if parsed.Filter != nil {
		if out.values, err = newValueFilter(parsed.Filter, attribute); err != nil {
			return target{}, false, inPath(err)
		}
	}
	if parsed.Attribute.Sub == "" {
		return out, true, nil
	}
	sub, ok := attribute.sub[strings.ToLower(parsed.Attribute.Sub)]
	out.sub = sub.name
	return out, ok, nil
}

// inPath makes the trouble with a filter trouble with the path that holds it.
func inPath(err error) error {
	if e, ok := errors.AsType[scimerrors.ScimError](err); ok {
		return invalidPath(e.Detail)
	}
	return err
}

// tableOf finds the attributes of the schema with that URN.
func (t nameTable) tableOf(urn string) (table attributeTable, schema string, ok bool) {
	if urn == "" || strings.EqualFold(urn, t.coreURN) {
		return t.core, "", true
	}
	e, ok := t.extensions[strings.ToLower(urn)]
	return e.names, e.urn, ok
}

// foreign reports whether the path begins with the URN of a schema that the
// table does not have.
func (t nameTable) foreign(path string) bool {
	lower := strings.ToLower(path)
	if !strings.HasPrefix(lower, "urn:") || strings.HasPrefix(lower, strings.ToLower(t.coreURN)+":") {
		return false
	}
	for urn := range t.extensions {
		if strings.HasPrefix(lower, urn+":") {
			return false
		}
	}
	return true
}

func invalidPath(detail string) error { return badRequest(scimerrors.ScimTypeInvalidPath, detail) }

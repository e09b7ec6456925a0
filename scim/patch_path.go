package scim

import (
	"strings"

	scimerrors "github.com/elimity-com/scim/errors"
	filter "github.com/scim2/filter-parser/v2"
)

// maxPath bounds what the parser gets, up to 1,000 times in a request: a path
// takes it time in the square of its length.
const maxPath = 512

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
	if id, ok := memberPath(path); ok {
		return target{attribute: t.core["members"], values: valueIs(id)}, t.core["members"].name != "", nil
	}
	if len(path) > maxPath || guardFilter(path) != nil {
		return target{}, false, invalidPath("The path is longer than 512 bytes, too deep, or not valid UTF-8.")
	}
	if e, ok := t.extensions[strings.ToLower(path)]; ok {
		return target{}, false, invalidPath("The path " + e.urn + " names a whole extension: name its attributes.")
	}
	if t.foreign(path) {
		return target{}, false, nil
	}
	parsed, err := filter.ParsePath([]byte(path))
	if err != nil {
		return target{}, false, invalidPath("The path of an operation cannot be parsed. A path looks like name.givenName or emails[type eq \"work\"].value.")
	}
	table, schema, ok := t.tableOf(parsed.AttributePath.URI())
	if !ok {
		return target{}, false, nil
	}
	attribute, ok := table[strings.ToLower(parsed.AttributePath.AttributeName)]
	if !ok {
		return target{}, false, nil
	}
	out := target{schema: schema, attribute: attribute}
	if parsed.ValueExpression != nil {
		out.values = expressionFilter{parsed.ValueExpression, attribute}
	}
	sub := parsed.AttributePath.SubAttributeName()
	if sub == "" {
		sub = parsed.SubAttributeName()
	}
	if sub == "" {
		return out, true, nil
	}
	out.sub, ok = attribute.sub[strings.ToLower(sub)]
	return out, ok, nil
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
// table does not have. Such a URN need not be one that the parser can read:
// Okta's own may hold an underscore, and Access's end in a number.
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

// memberPath reads the one path with a filter that Okta sends, a thousand times
// in a PATCH: members[value eq "id"].
func memberPath(path string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(path, `members[value eq `)
	if !ok {
		return "", false
	}
	literal, ok := strings.CutSuffix(rest, "]")
	if !ok {
		return "", false
	}
	return jsonString(literal)
}

func invalidPath(detail string) error { return badRequest(scimerrors.ScimTypeInvalidPath, detail) }

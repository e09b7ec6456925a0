package classic

import "strings"

// Filter is a filter in which attributes have their paths of SCIM 2.0. Texts in it stay as
// they are.
func Filter(filter string) string {
	var out, word strings.Builder
	flush := func() {
		out.WriteString(Path(word.String()))
		word.Reset()
	}
	inText, escaped := false, false
	for _, r := range filter {
		switch {
		case inText:
			out.WriteRune(r)
			inText = r != '"' || escaped
			escaped = r == '\\' && !escaped
		case r == '"':
			flush()
			out.WriteRune(r)
			inText = true
		case strings.ContainsRune(" ()[]", r):
			flush()
			out.WriteRune(r)
		default:
			word.WriteRune(r)
		}
	}
	flush()
	return out.String()
}

// Attributes describes attributes of SCIM 2.0 (RFC 7643 section 7) in the words of SCIM 1.1
// (core schema, section 10.1). urn is the schema that they are of.
func Attributes(described []map[string]any, urn string) (out []any) {
	for _, a := range described {
		one := attribute(a)
		one["schema"] = toURN11(urn)
		var subs []any
		list, _ := a["subAttributes"].([]map[string]any)
		for _, sub := range list {
			if sub["name"] != reference {
				subs = append(subs, attribute(sub))
			}
		}
		if len(subs) > 0 {
			one["subAttributes"] = subs
		}
		out = append(out, one)
	}
	return out
}

// attribute is what SCIM 1.1 says of any attribute.
func attribute(a map[string]any) map[string]any {
	return map[string]any{
		"name": a["name"], "type": a["type"], "multiValued": a["multiValued"] == true, "description": a["description"],
		"readOnly": a["mutability"] == "readOnly", "required": a["required"] == true, "caseExact": a["caseExact"] == true,
	}
}

package trace

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// maxCell bounds the width of a column of values; JSON has them whole.
const maxCell = 40

// whole is a value for people, "-" for none.
func whole(v any) string {
	if values := listed(v); len(values) > 0 {
		return strings.Join(values, ", ")
	}
	return oneLine(v, "-")
}

// cell is a value in a table, of bounded width.
func cell(v any) string {
	if v == nil {
		return ""
	}
	text := whole(v)
	if runes := []rune(text); len(runes) > maxCell {
		return string(runes[:maxCell-1]) + "…"
	}
	return text
}

// oneLine is a value on a line: text as it is, all else as JSON.
func oneLine(v any, nothing string) string {
	if v == nil {
		return nothing
	}
	if s, ok := v.(string); ok {
		return visible(s)
	}
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return "?"
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// visible is a text with what nobody would see of it: white space around it, line
// ends, and characters without a shape.
func visible(s string) string {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	if s != strings.TrimSpace(s) || strings.ContainsFunc(s, hidden) {
		return strconv.Quote(s)
	}
	return s
}

// listed are the values of a list with their types, nil where v is none.
func listed(v any) []string {
	var elements []map[string]any
	switch v := v.(type) {
	case []upstream.Element:
		elements = v
	case []any:
		for _, item := range v {
			element, _ := item.(map[string]any)
			if element == nil {
				element = map[string]any{"value": item}
			}
			elements = append(elements, element)
		}
	}
	var values []string
	for _, e := range elements {
		value, _ := schema.Text(e["value"])
		if value == "" {
			return nil
		}
		value = visible(value)
		if kind, _ := e["type"].(string); kind != "" {
			value += " (" + kind + ")"
		}
		values = append(values, value)
	}
	return values
}

// short is a path with the well-known schemas named by a word.
func short(path string) string {
	for _, s := range []struct{ urn, word string }{
		{schema.Enterprise, "enterprise"}, {upstream.EnterpriseSchema, "enterprise"},
		{upstream.WorkspaceSchema, "workspace"}, {"urn:scim:schemas:extension:workspace:tenant", "tenant"},
	} {
		if rest, ok := strings.CutPrefix(path, s.urn+":"); ok {
			return s.word + ":" + rest
		}
	}
	return path
}

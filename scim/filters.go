package scim

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	scimerrors "github.com/elimity-com/scim/errors"
	filter "github.com/scim2/filter-parser/v2"
)

const (
	// maxFilter and maxDepth keep the parser from harm: 90,000 parentheses
	// overflow its stack, which ends a Go process.
	maxFilter = 4 << 10
	maxDepth  = 32
)

// comparison is a filter of the form: attribute eq "value".
type comparison struct {
	attribute string // as the schema spells it
	value     string
}

// parseFilter reads the filters that can be answered: one equality. The two
// that Okta sends never reach the general parser, which takes 0.2 ms for them.
func parseFilter(raw string, names nameTable) (*comparison, error) {
	if err := guardFilter(raw); err != nil {
		return nil, err
	}
	c, ok := simpleEquality(raw)
	if !ok {
		expression, err := filter.ParseFilter([]byte(raw))
		if err != nil {
			return nil, invalidFilter(`The filter cannot be parsed. A filter looks like: userName eq "jane@example.com".`)
		}
		if c, ok = asEquality(expression); !ok {
			return nil, unsupportedFilter()
		}
	}
	attribute := strings.ToLower(c.attribute)
	if urn := strings.ToLower(names.coreURN) + ":"; strings.HasPrefix(attribute, urn) {
		attribute = attribute[len(urn):]
	}
	entry, ok := names.core[attribute]
	if !ok {
		return nil, unsupportedFilter()
	}
	c.attribute = entry.name
	return &c, nil
}

// guardFilter refuses what would cost the parser too much.
func guardFilter(raw string) error {
	switch {
	case len(raw) > maxFilter:
		return invalidFilter("The filter is longer than 4 KB.")
	case strings.Count(raw, "(") > maxDepth || strings.Count(raw, "[") > maxDepth:
		return invalidFilter("The filter has more than 32 parentheses.")
	case !utf8.ValidString(raw) || strings.ContainsRune(raw, utf8.RuneError):
		return invalidFilter("The filter is not valid UTF-8.")
	}
	return nil
}

// simpleEquality reads: attribute eq "value".
func simpleEquality(raw string) (comparison, bool) {
	attribute, rest, ok := strings.Cut(strings.TrimSpace(raw), " ")
	if !ok || strings.ContainsAny(attribute, `"()[]`) {
		return comparison{}, false
	}
	operator, literal, ok := strings.Cut(strings.TrimSpace(rest), " ")
	if !ok || !strings.EqualFold(operator, "eq") {
		return comparison{}, false
	}
	value, ok := jsonString(literal)
	return comparison{attribute: attribute, value: value}, ok
}

// asEquality reads an equality that the parser had to take apart, such as one
// in parentheses.
func asEquality(expression filter.Expression) (comparison, bool) {
	e, ok := expression.(*filter.AttributeExpression)
	if !ok || e.Operator != filter.EQ {
		return comparison{}, false
	}
	value, ok := stringLiteral(e.CompareValue)
	return comparison{attribute: e.AttributePath.String(), value: value}, ok
}

// stringLiteral undoes the JSON escapes, which the parser leaves in.
func stringLiteral(v any) (string, bool) {
	raw, ok := v.(string)
	if !ok {
		return "", false
	}
	return jsonString(`"` + raw + `"`)
}

// jsonString decodes a JSON string, and nothing else.
func jsonString(literal string) (string, bool) {
	var s *string // nil where the literal is null
	if json.Unmarshal([]byte(literal), &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

func invalidFilter(detail string) scimerrors.ScimError {
	return badRequest(scimerrors.ScimTypeInvalidFilter, detail)
}

func unsupportedFilter() scimerrors.ScimError {
	return invalidFilter("This filter is not supported. Supported are: userName eq (users), displayName eq (groups), externalId eq and id eq, with a string in double quotes.")
}

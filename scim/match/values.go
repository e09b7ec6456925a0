package match

import (
	"cmp"
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/filter"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream/names"
)

// comparison compares one value of the attribute with want.
func comparison(a schema.Attribute, operator filter.Operator, want any) (func(any) bool, error) {
	if err := checkOperator(a, operator); err != nil {
		return nil, err
	}
	w, ok := read(a.Type, want)
	if _, isText := w.(string); !ok || !isText && isTextual(operator) {
		return nil, problem.NotComparable(a.Name, string(operator), cmp.Or(comparedWith[a.Type], "a string in double quotes"))
	}
	return func(v any) bool {
		have, ok := read(a.Type, v)
		if text, isText := have.(string); isText {
			return compareText(text, operator, w.(string), a)
		}
		return ok && ordered(Compare(have, w), operator)
	}, nil
}

// checkOperator refuses operators that an attribute of the type does not have.
func checkOperator(a schema.Attribute, operator filter.Operator) error {
	equality := operator == filter.Equal || operator == filter.NotEqual
	switch {
	case a.Type == schema.Boolean && !equality:
		return problem.BooleanOperators(a.Name)
	case a.Type == schema.Binary && !equality:
		return problem.BinaryOperators(a.Name)
	}
	return nil
}

// isTextual reports whether the operator compares pieces of text.
func isTextual(o filter.Operator) bool {
	return o == filter.Contains || o == filter.StartsWith || o == filter.EndsWith
}

// comparedWith says what values of a type are compared with.
var comparedWith = map[schema.Type]string{
	schema.Boolean: "true or false", schema.Integer: "a number", schema.Decimal: "a number",
	schema.DateTime: "a date such as 2026-01-31T12:00:00Z",
}

// read makes a bool, a *big.Float, a time.Time or a string of a value, whichever
// values of the type are compared as. It is not ok for any other value.
func read(t schema.Type, v any) (value any, ok bool) {
	switch t {
	case schema.Boolean:
		return truth(v)
	case schema.Integer, schema.Decimal:
		return number(v)
	case schema.DateTime:
		return date(v)
	}
	s, ok := schema.Text(v)
	if !ok {
		return nil, false
	}
	return s, true
}

// truth reads a boolean, also one that a client put in quotes.
func truth(v any) (any, bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		b, err := strconv.ParseBool(strings.ToLower(v))
		return b, err == nil
	}
	return nil, false
}

// number reads a number with all digits that anybody has reason to send.
func number(v any) (any, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return nil, false
	}
	f, _, err := big.ParseFloat(n.String(), 10, precision, big.ToNearestEven)
	return f, err == nil
}

// precision is that of numbers that are compared, in bits: 77 digits.
const precision = 256

// date reads an xsd:dateTime (RFC 7643 section 2.3.5).
func date(v any) (any, bool) {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil
}

func compareText(have string, operator filter.Operator, want string, a schema.Attribute) bool {
	isEquality := operator == filter.Equal || operator == filter.NotEqual
	switch {
	case isEquality && a.Address:
		return domains.SameAddress(have, want)
	case isEquality && a.Trimmed:
		have, want = strings.TrimSpace(have), strings.TrimSpace(want)
	}
	if !a.CaseExact {
		have, want = names.Fold(have), names.Fold(want)
	}
	switch operator {
	case filter.Contains:
		return strings.Contains(have, want)
	case filter.StartsWith:
		return strings.HasPrefix(have, want)
	case filter.EndsWith:
		return strings.HasSuffix(have, want)
	}
	return ordered(strings.Compare(have, want), operator)
}

// outcomes are those of a comparison that satisfy an operator. ne is tested as
// eq: who asks for it wants no value to be equal.
var outcomes = map[filter.Operator][]int{
	filter.Equal: {0}, filter.NotEqual: {0},
	filter.Greater: {1}, filter.GreaterOrEqual: {0, 1},
	filter.Less: {-1}, filter.LessOrEqual: {-1, 0},
}

// ordered reads an operator as a condition on the outcome of a comparison.
func ordered(outcome int, operator filter.Operator) bool {
	return slices.Contains(outcomes[operator], outcome)
}

// SortKey is what a value of the attribute is sorted by, nil for a value that is
// not of its type.
func SortKey(a schema.Attribute, v any) any {
	key, ok := read(a.Type, v)
	if s, isText := key.(string); isText && !a.CaseExact {
		return names.Fold(s)
	}
	if !ok {
		return nil
	}
	return key
}

// Compare orders two values of one type; nil comes last.
func Compare(a, b any) int {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y)
		}
	case *big.Float:
		if y, ok := b.(*big.Float); ok {
			return x.Cmp(y)
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	case bool:
		if y, ok := b.(bool); ok {
			return rank(x) - rank(y)
		}
	}
	return rank(a == nil) - rank(b == nil) // one of them has no value, or both
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

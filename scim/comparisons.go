package scim

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/filter"
)

// test is the comparison of one value of the attribute with want.
func (a attributeName) test(operator filter.Operator, want any) (func(any) bool, error) {
	mismatch := func(kind string) error {
		return invalidFilter("The attribute " + a.name + " can be compared by " + string(operator) + " with " + kind + " only.")
	}
	switch a.kind {
	case kindBoolean:
		w, ok := truth(want)
		if operator != filter.Equal && operator != filter.NotEqual {
			return nil, invalidFilter("The attribute " + a.name + " is true or false: only eq, ne and pr apply.")
		}
		if !ok {
			return nil, mismatch("true or false")
		}
		return func(v any) bool { have, ok := truth(v); return ok && have == w }, nil
	case kindInteger, kindDecimal:
		w, ok := number(want)
		if !ok || isTextual(operator) {
			return nil, mismatch("a number")
		}
		return func(v any) bool { have, ok := number(v); return ok && ordered(cmp.Compare(have, w), operator) }, nil
	case kindDateTime:
		w, ok := date(want)
		if !ok || isTextual(operator) {
			return nil, mismatch("a date such as 2026-01-31T12:00:00Z")
		}
		return func(v any) bool { have, ok := date(v); return ok && ordered(have.Compare(w), operator) }, nil
	case kindBinary:
		if operator != filter.Equal && operator != filter.NotEqual {
			return nil, invalidFilter("The attribute " + a.name + " is binary: only eq, ne and pr apply.")
		}
	}
	w, ok := words(want)
	if !ok {
		return nil, mismatch("a string in double quotes")
	}
	return func(v any) bool { have, ok := words(v); return ok && compareText(have, operator, w, a.exact) }, nil
}

// isTextual reports whether the operator compares pieces of text.
func isTextual(o filter.Operator) bool {
	return o == filter.Contains || o == filter.StartsWith || o == filter.EndsWith
}

// truth reads a boolean, also one that a client put in quotes.
func truth(v any) (value, ok bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		b, err := strconv.ParseBool(strings.ToLower(v))
		return b, err == nil
	}
	return false, false
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}

// date reads an xsd:dateTime (RFC 7643 section 2.3.5).
func date(v any) (time.Time, bool) {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil
}

// words reads text; a number counts as its digits, for an employeeNumber may
// have come without quotes.
func words(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

func compareText(have string, operator filter.Operator, want string, exact bool) bool {
	if !exact {
		if operator == filter.Equal || operator == filter.NotEqual {
			return domains.SameAddress(have, want)
		}
		have, want = strings.ToLower(have), strings.ToLower(want)
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

// ordered reads an operator as a condition on the outcome of a comparison. ne is
// tested as eq: who asks for it wants no value to be equal.
func ordered(outcome int, operator filter.Operator) bool {
	switch operator {
	case filter.Equal, filter.NotEqual:
		return outcome == 0
	case filter.Greater:
		return outcome > 0
	case filter.GreaterOrEqual:
		return outcome >= 0
	case filter.Less:
		return outcome < 0
	case filter.LessOrEqual:
		return outcome <= 0
	}
	return false
}

package scim

import (
	"cmp"
	"encoding/json"
	"strings"

	filter "github.com/scim2/filter-parser/v2"
)

// valueFilter selects values of a multi-valued attribute.
type valueFilter interface {
	matches(element map[string]any) bool
	// describe is a value that matches, nil where the filter does not say
	// enough to make one.
	describe() map[string]any
}

// valueIs selects by the value sub-attribute.
type valueIs string

func (v valueIs) matches(element map[string]any) bool { return element["value"] == string(v) }
func (v valueIs) describe() map[string]any            { return map[string]any{"value": string(v)} }

// expressionFilter selects by any expression of RFC 7644 section 3.4.2.2 on the
// sub-attributes of a value.
type expressionFilter struct {
	expression filter.Expression
	attribute  attributeName
}

func (f expressionFilter) matches(element map[string]any) bool {
	return evaluate(f.expression, element)
}

func (f expressionFilter) describe() map[string]any {
	element := map[string]any{}
	if !describe(f.expression, element) {
		return nil
	}
	tidied, _ := f.attribute.tidy(element).(map[string]any)
	if !f.matches(tidied) { // it contradicts itself, or names what no schema has
		return nil
	}
	return tidied
}

// evaluate reports whether the element satisfies the expression.
func evaluate(expression filter.Expression, element map[string]any) bool {
	switch e := expression.(type) {
	case *filter.AttributeExpression:
		return compareValue(lookUp(element, e.AttributePath.AttributeName), e.Operator, e.CompareValue)
	case *filter.LogicalExpression:
		if e.Operator == filter.AND {
			return evaluate(e.Left, element) && evaluate(e.Right, element)
		}
		return evaluate(e.Left, element) || evaluate(e.Right, element)
	case *filter.NotExpression:
		return !evaluate(e.Expression, element)
	}
	return false
}

// describe collects what the equalities of an expression say, false where it
// has anything but equalities joined by and.
func describe(expression filter.Expression, element map[string]any) bool {
	switch e := expression.(type) {
	case *filter.AttributeExpression:
		if e.Operator != filter.EQ {
			return false
		}
		value := e.CompareValue
		if s, ok := stringLiteral(value); ok {
			value = s
		}
		element[e.AttributePath.AttributeName] = value
		return true
	case *filter.LogicalExpression:
		return e.Operator == filter.AND && describe(e.Left, element) && describe(e.Right, element)
	}
	return false
}

// lookUp finds a sub-attribute without regard to case.
func lookUp(element map[string]any, name string) any {
	if v, ok := element[name]; ok {
		return v
	}
	for k, v := range element {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return nil
}

func compareValue(have any, operator filter.CompareOperator, want any) bool {
	if operator == filter.PR {
		return have != nil && have != ""
	}
	if s, ok := have.(string); ok {
		w, ok := stringLiteral(want)
		return ok && compareText(s, operator, w)
	}
	if b, ok := have.(bool); ok {
		w, ok := want.(bool)
		return ok && (operator == filter.EQ && b == w || operator == filter.NE && b != w)
	}
	if have == nil {
		// An attribute without a value equals null, and no other value.
		return operator == filter.EQ && want == nil || operator == filter.NE && want != nil
	}
	h, ok := number(have)
	w, ok2 := number(want)
	return ok && ok2 && ordered(cmp.Compare(h, w), operator)
}

// compareText compares without regard to case: the sub-attributes that values
// are selected by are not case-exact (RFC 7643 section 8.7.1).
func compareText(have string, operator filter.CompareOperator, want string) bool {
	have, want = strings.ToLower(have), strings.ToLower(want)
	switch operator {
	case filter.CO:
		return strings.Contains(have, want)
	case filter.SW:
		return strings.HasPrefix(have, want)
	case filter.EW:
		return strings.HasSuffix(have, want)
	}
	return ordered(strings.Compare(have, want), operator)
}

// ordered reads an operator as a condition on the outcome of a comparison.
func ordered(outcome int, operator filter.CompareOperator) bool {
	switch operator {
	case filter.EQ:
		return outcome == 0
	case filter.NE:
		return outcome != 0
	case filter.GT:
		return outcome > 0
	case filter.GE:
		return outcome >= 0
	case filter.LT:
		return outcome < 0
	case filter.LE:
		return outcome <= 0
	}
	return false
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

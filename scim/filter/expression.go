package filter

import (
	"encoding/json"
	"strings"
)

// Operator is an operator of a comparison, in lower case.
type Operator string

// The operators of RFC 7644 section 3.4.2.2, table 3.
const (
	Equal          Operator = "eq"
	NotEqual       Operator = "ne"
	Contains       Operator = "co"
	StartsWith     Operator = "sw"
	EndsWith       Operator = "ew"
	Present        Operator = "pr"
	Greater        Operator = "gt"
	GreaterOrEqual Operator = "ge"
	Less           Operator = "lt"
	LessOrEqual    Operator = "le"
)

// Attribute names an attribute as the text does: case is kept and means
// nothing. URN is the schema, "" where the text names none; Sub is the
// sub-attribute, or "". Name is "" where the text names a schema alone.
type Attribute struct {
	URN, Name, Sub string
}

// String is the attribute as the grammar writes it.
func (a Attribute) String() string {
	s := a.Name
	switch {
	case a.Name == "":
		return a.URN
	case a.URN != "":
		s = a.URN + ":" + s
	}
	if a.Sub != "" {
		s += "." + a.Sub
	}
	return s
}

// Expression is a filter: a Comparison, And, Or, Not or Values.
type Expression interface {
	// String is a text that Parse reads as the same expression.
	String() string
	// Attributes are those that it reads, one for each comparison; what is within
	// the brackets of Values is no attribute of the resource.
	Attributes() []Attribute
}

// Comparison holds an attribute against a value. Value is a string, a
// json.Number, a bool, or nil for null; Present has none.
type Comparison struct {
	Attribute Attribute
	Operator  Operator
	Value     any
}

// And is true where every term is; it has two terms or more.
type And []Expression

// Or is true where a term is; it has two terms or more.
type Or []Expression

// Not is true where its expression is not.
type Not struct{ Expression Expression }

// Values is true where a value of the multi-valued attribute satisfies the
// filter ("valuePath"), whose attributes are sub-attributes.
type Values struct {
	Attribute Attribute
	Filter    Expression
}

// Attributes is the one that is compared.
func (c Comparison) Attributes() []Attribute { return []Attribute{c.Attribute} }

// Attributes are those of all terms.
func (a And) Attributes() []Attribute { return attributesOf(a) }

// Attributes are those of all terms.
func (o Or) Attributes() []Attribute { return attributesOf(o) }

// Attributes are those of the expression that is negated.
func (n Not) Attributes() []Attribute { return n.Expression.Attributes() }

// Attributes is the one before the brackets.
func (v Values) Attributes() []Attribute { return []Attribute{v.Attribute} }

func attributesOf(terms []Expression) (all []Attribute) {
	for _, term := range terms {
		all = append(all, term.Attributes()...)
	}
	return all
}

func (c Comparison) String() string {
	s := c.Attribute.String() + " " + string(c.Operator)
	if c.Operator == Present {
		return s
	}
	return s + " " + literal(c.Value)
}

// String joins the terms with "and".
func (a And) String() string { return join(a, " and ") }

// String joins the terms with "or".
func (o Or) String() string { return join(o, " or ") }

func (n Not) String() string { return "not (" + n.Expression.String() + ")" }

func (v Values) String() string { return v.Attribute.String() + "[" + v.Filter.String() + "]" }

// join puts terms together. Those that are groups are in parentheses, but for
// and within or, which binds stronger.
func join(terms []Expression, between string) string {
	texts := make([]string, len(terms))
	for i, term := range terms {
		texts[i] = term.String()
		_, isAnd := term.(And)
		_, isOr := term.(Or)
		if isOr || isAnd && between == " and " {
			texts[i] = "(" + texts[i] + ")"
		}
	}
	return strings.Join(texts, between)
}

// literal is a value as a filter holds it, which is as in JSON.
func literal(value any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // null, a boolean, a number or a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

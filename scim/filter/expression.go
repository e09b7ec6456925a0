package filter

import (
	"bytes"
	"encoding/json"
	"strconv"
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
	write(b *strings.Builder, in context)
}

// Comparison holds an attribute against a value. Value is a string, a float64,
// a bool, or nil for null; Present has none.
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

// context is what an expression is written in.
type context int

const (
	alone context = iota
	inOr
	inAnd
)

func (c Comparison) String() string { return text(c) }

// String joins the terms with "and".
func (a And) String() string { return text(a) }

// String joins the terms with "or".
func (o Or) String() string { return text(o) }

func (n Not) String() string { return text(n) }

func (v Values) String() string { return text(v) }

func text(e Expression) string {
	var b strings.Builder
	e.write(&b, alone)
	return b.String()
}

func (c Comparison) write(b *strings.Builder, _ context) {
	b.WriteString(c.Attribute.String())
	b.WriteByte(' ')
	b.WriteString(string(c.Operator))
	if c.Operator != Present {
		b.WriteByte(' ')
		writeValue(b, c.Value)
	}
}

func (a And) write(b *strings.Builder, in context) { writeTerms(b, a, " and ", in == inAnd, inAnd) }

func (o Or) write(b *strings.Builder, in context) { writeTerms(b, o, " or ", in != alone, inOr) }

func (n Not) write(b *strings.Builder, _ context) {
	b.WriteString("not (")
	n.Expression.write(b, alone)
	b.WriteByte(')')
}

func (v Values) write(b *strings.Builder, _ context) {
	b.WriteString(v.Attribute.String())
	b.WriteByte('[')
	v.Filter.write(b, alone)
	b.WriteByte(']')
}

func writeTerms(b *strings.Builder, terms []Expression, between string, grouped bool, in context) {
	if grouped {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	for i, term := range terms {
		if i > 0 {
			b.WriteString(between)
		}
		term.write(b, in)
	}
}

// writeValue writes a literal: those of a filter are JSON's.
func writeValue(b *strings.Builder, value any) {
	switch v := value.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case float64:
		b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
	case string:
		var literal bytes.Buffer
		encoder := json.NewEncoder(&literal)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(v) // a string always encodes
		b.Write(bytes.TrimSuffix(literal.Bytes(), []byte{'\n'}))
	}
}

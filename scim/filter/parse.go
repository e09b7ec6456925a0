package filter

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// The bounds of what is read. They are far beyond what a client has reason to
// send, and keep hostile text from costing time or stack.
const (
	// MaxLength is the longest filter, in bytes.
	MaxLength = 4 << 10
	// MaxDepth is how deep parentheses and brackets may nest.
	MaxDepth = 32
)

// SyntaxError says where a text left the grammar.
type SyntaxError struct {
	// Offset is the position of the mistake in bytes, 0 for the first.
	Offset int
	// Problem is what is wrong there. It quotes nothing of the text.
	Problem string
}

// Error gives place and problem.
func (e *SyntaxError) Error() string {
	return e.Problem + " at byte " + strconv.Itoa(e.Offset)
}

// Parse reads a filter. Every error is a *SyntaxError.
func Parse(s string) (Expression, error) {
	p, err := newParser(s)
	if err != nil {
		return nil, err
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	return e, p.end()
}

// parser reads a text from left to right.
type parser struct {
	text  string
	at    int
	depth int
	// inValues says that the parser is within brackets, where no others may be.
	inValues bool
}

func newParser(s string) (*parser, error) {
	switch {
	case len(s) > MaxLength:
		return nil, &SyntaxError{MaxLength, "the text is longer than 4 KB"}
	case !utf8.ValidString(s):
		return nil, &SyntaxError{0, "the text is not UTF-8"}
	case strings.ContainsRune(s, utf8.RuneError):
		return nil, &SyntaxError{strings.IndexRune(s, utf8.RuneError), "there is a character that replaces a broken one"}
	}
	return &parser{text: s}, nil
}

// or reads terms joined by "or", which binds weakest.
func (p *parser) or() (Expression, error) {
	if p.depth++; p.depth > MaxDepth+1 {
		return nil, p.problem("there are more than 32 parentheses in one another")
	}
	defer func() { p.depth-- }()
	return p.terms("or", p.and, func(terms []Expression) Expression { return Or(terms) })
}

func (p *parser) and() (Expression, error) {
	return p.terms("and", p.term, func(terms []Expression) Expression { return And(terms) })
}

// terms reads what one reads, again after each keyword, and joins what it has read.
func (p *parser) terms(
	keyword string, one func() (Expression, error), join func([]Expression) Expression,
) (Expression, error) {
	var terms []Expression
	for {
		term, err := one()
		if err != nil {
			return nil, err
		}
		terms = append(terms, term)
		switch {
		case p.keyword(keyword):
		case len(terms) == 1:
			return term, nil
		default:
			return join(terms), nil
		}
	}
}

// term reads one comparison, negation, group or value path.
func (p *parser) term() (Expression, error) {
	p.space()
	if p.peek() == '(' {
		return p.enclosed(')')
	}
	start := p.at
	if p.keyword("not") {
		if p.space(); p.peek() == '(' {
			e, err := p.enclosed(')')
			return Not{e}, err
		}
		p.at = start // an attribute may be called so
	}
	a, err := p.attribute()
	if err != nil {
		return nil, err
	}
	if p.peek() == '[' {
		f, err := p.values(a)
		return Values{a, f}, err
	}
	return p.comparison(a)
}

// values reads the filter in brackets behind a.
func (p *parser) values(a Attribute) (Expression, error) {
	switch {
	case p.inValues:
		return nil, p.problem("there are brackets within brackets")
	case a.Sub != "":
		return nil, p.problem("the brackets are behind a sub-attribute")
	}
	p.inValues = true
	defer func() { p.inValues = false }()
	return p.enclosed(']')
}

// enclosed reads a filter from the bracket that opens it to the one that closes it.
func (p *parser) enclosed(closing byte) (Expression, error) {
	p.at++
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.space(); p.peek() != closing {
		return nil, p.problem("a closing " + string(closing) + " is missing")
	}
	p.at++
	return e, nil
}

func (p *parser) comparison(a Attribute) (Expression, error) {
	if p.peek() != ' ' {
		return nil, p.problem("an operator is missing")
	}
	p.space()
	start := p.at
	c := Comparison{Attribute: a, Operator: Operator(strings.ToLower(p.word()))}
	switch c.Operator {
	case Present:
		return c, nil
	case Equal, NotEqual, Contains, StartsWith, EndsWith, Greater, GreaterOrEqual, Less, LessOrEqual:
	default:
		return nil, problemAt(start, "the operator is none of eq, ne, co, sw, ew, pr, gt, ge, lt and le")
	}
	if p.peek() != ' ' {
		return nil, p.problem("a value is missing")
	}
	p.space()
	var err error
	c.Value, err = p.literal()
	return c, err
}

package filter

import (
	"encoding/json"
	"math"
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

// Path is the path of a PATCH operation: an attribute, and which of its values
// are meant where it is multi-valued (RFC 7644 section 3.5.2, figure 7).
type Path struct {
	Attribute Attribute
	// Filter selects values; nil means all of them. Attribute.Sub is then the
	// sub-attribute of the selected ones.
	Filter Expression
}

// String is the path as the grammar writes it.
func (p Path) String() string {
	if p.Filter == nil {
		return p.Attribute.String()
	}
	whole := p.Attribute
	whole.Sub = ""
	s := Values{whole, p.Filter}.String()
	if p.Attribute.Sub != "" {
		s += "." + p.Attribute.Sub
	}
	return s
}

// ParsePath reads a path. Every error is a *SyntaxError.
func ParsePath(s string) (Path, error) {
	p, err := newParser(s)
	if err != nil {
		return Path{}, err
	}
	p.space()
	a, err := p.attribute()
	if err != nil {
		return Path{}, err
	}
	path := Path{Attribute: a}
	if p.peek() == '[' {
		if path.Filter, err = p.values(a); err != nil {
			return Path{}, err
		}
		if p.peek() == '.' {
			p.at++
			if path.Attribute.Sub = p.word(); !isName(path.Attribute.Sub) {
				return Path{}, p.problem("a sub-attribute is missing")
			}
		}
	}
	return path, p.end()
}

// parser reads a text from left to right.
type parser struct {
	text  string
	at    int
	depth int
	// inValues says that the parser is within brackets, where no others may stand.
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
	terms, err := p.terms("or", p.and)
	if err != nil || len(terms) == 1 {
		return first(terms), err
	}
	return Or(terms), nil
}

func (p *parser) and() (Expression, error) {
	terms, err := p.terms("and", p.term)
	if err != nil || len(terms) == 1 {
		return first(terms), err
	}
	return And(terms), nil
}

func first(terms []Expression) Expression {
	if len(terms) == 0 {
		return nil
	}
	return terms[0]
}

// terms reads what one reads, again after each keyword.
func (p *parser) terms(keyword string, one func() (Expression, error)) ([]Expression, error) {
	var terms []Expression
	for {
		term, err := one()
		if err != nil {
			return nil, err
		}
		terms = append(terms, term)
		if !p.keyword(keyword) {
			return terms, nil
		}
	}
}

// term reads one comparison, negation, group or value path.
func (p *parser) term() (Expression, error) {
	p.space()
	if p.peek() == '(' {
		return p.group()
	}
	start := p.at
	if p.keyword("not") {
		if p.space(); p.peek() == '(' {
			e, err := p.group()
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

func (p *parser) group() (Expression, error) {
	p.at++
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	return e, p.closing(')')
}

// values reads the filter in brackets behind a.
func (p *parser) values(a Attribute) (Expression, error) {
	switch {
	case p.inValues:
		return nil, p.problem("there are brackets within brackets")
	case a.Sub != "":
		return nil, p.problem("the brackets stand behind a sub-attribute")
	}
	p.inValues = true
	defer func() { p.inValues = false }()
	p.at++
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	return e, p.closing(']')
}

func (p *parser) closing(c byte) error {
	if p.space(); p.peek() != c {
		return p.problem("a closing " + string(c) + " is missing")
	}
	p.at++
	return nil
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

// literal reads a JSON string, number, boolean or null.
func (p *parser) literal() (any, error) {
	if p.peek() == '"' {
		return p.quoted()
	}
	start := p.at
	switch word := p.word(); strings.ToLower(word) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	default:
		n, err := strconv.ParseFloat(word, 64)
		if !json.Valid([]byte(word)) || err != nil || math.IsInf(n, 0) {
			return nil, problemAt(start, "the value is no string in double quotes, number, true, false or null")
		}
		return n, nil
	}
}

// quoted reads a string in double quotes, with JSON's escapes.
func (p *parser) quoted() (string, error) {
	end := p.at + 1
	for end < len(p.text) && p.text[end] != '"' {
		if p.text[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(p.text) {
		return "", p.problem("a closing quote is missing for the string")
	}
	var s string
	if json.Unmarshal([]byte(p.text[p.at:end+1]), &s) != nil || strings.ContainsAny(s, "\x00\uFFFD") {
		return "", p.problem("the string is not written as in JSON")
	}
	p.at = end + 1
	return s, nil
}

// attribute reads [URN ":"] name ["." sub-attribute]. A URN may also stand
// alone, for the extension as such: Access's end in a version, which is no name.
func (p *parser) attribute() (Attribute, error) {
	start := p.at
	word := p.word()
	var a Attribute
	rest := word
	if len(word) > 4 && strings.EqualFold(word[:4], "urn:") {
		colon := strings.LastIndexByte(word, ':')
		a.URN, rest = word[:colon], word[colon+1:]
		if isVersion(rest) && !strings.EqualFold(a.URN, "urn") {
			return Attribute{URN: word}, nil
		}
	}
	var dotted bool
	a.Name, a.Sub, dotted = strings.Cut(rest, ".")
	if !isName(a.Name) || dotted && !isName(a.Sub) || strings.EqualFold(a.URN, "urn") {
		p.at = start
		return Attribute{}, p.problem("the name of an attribute is missing or is none")
	}
	return a, nil
}

// isVersion reports whether s is digits and dots.
func isVersion(s string) bool { return s != "" && strings.Trim(s, "0123456789.") == "" }

// isName reports whether s is an ATTRNAME of RFC 7643 section 2.1. A leading $
// is allowed, for $ref.
func isName(s string) bool {
	s = strings.TrimPrefix(s, "$")
	for i, r := range []byte(s) {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		other := r >= '0' && r <= '9' || r == '-' || r == '_'
		if !letter && (i == 0 || !other) {
			return false
		}
	}
	return s != ""
}

// word reads up to the next space, quote, parenthesis or bracket.
func (p *parser) word() string {
	rest := p.text[p.at:]
	end := strings.IndexAny(rest, " \"()[]")
	if end < 0 {
		end = len(rest)
	}
	p.at += end
	return rest[:end]
}

// keyword reads the word k in any case, if it comes next.
func (p *parser) keyword(k string) bool {
	start := p.at
	p.space()
	if strings.EqualFold(p.word(), k) {
		return true
	}
	p.at = start
	return false
}

func (p *parser) space() {
	for p.peek() == ' ' {
		p.at++
	}
}

// peek is the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) end() error {
	if p.space(); p.at < len(p.text) {
		return p.problem("something follows that belongs to nothing")
	}
	return nil
}

func (p *parser) problem(what string) error { return problemAt(p.at, what) }

func problemAt(at int, what string) error { return &SyntaxError{at, what} }

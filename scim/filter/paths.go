package filter

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

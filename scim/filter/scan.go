package filter

import (
	"encoding/json"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

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
		if !json.Valid([]byte(word)) || word[0] == '{' {
			return nil, problemAt(start, "the value is no string in double quotes, number, true, false or null")
		}
		return json.Number(word), nil // with all its digits
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
	b, err := jsontext.AppendUnquote(nil, p.text[p.at:end+1])
	s := string(b)
	if err != nil || strings.ContainsAny(s, "\x00\uFFFD") {
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
	for i, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && ('0' <= c && c <= '9' || c == '-' || c == '_' || c == '$'):
		default:
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

package translate

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// scimPath names an attribute of a SCIM 2.0 user. The zero schema is the core
// schema.
type scimPath struct {
	schema, name string
	values       selector // which value of a multi-valued attribute; the zero one is all
	sub          string
}

// String is the form that parseSCIMPath reads.
func (p scimPath) String() string {
	if p == (scimPath{}) {
		return ""
	}
	s := p.name + p.values.String()
	if p.sub != "" {
		s += "." + p.sub
	}
	if p.schema != "" {
		s = p.schema + ":" + s
	}
	return s
}

// attribute is the path without what stands in the attribute.
func (p scimPath) attribute() scimPath { return scimPath{schema: p.schema, name: p.name} }

// maxPath bounds the length of a path.
const maxPath = 256

// parseSCIMPath reads a path of RFC 7644 section 3.5.2 that names one value:
// "title", "name.givenName", `phoneNumbers[type eq "mobile"].value`, and each
// after the URN of an extension and a colon. A filter is one equality.
func parseSCIMPath(s string) (scimPath, error) {
	if len(s) > maxPath {
		return scimPath{}, fmt.Errorf("a path has at most %d characters", maxPath)
	}
	head, rest := s, ""
	if open := strings.IndexByte(s, '['); open >= 0 {
		head, rest = s[:open], s[open:]
	}
	var p scimPath
	p.name = head
	if colon := strings.LastIndexByte(head, ':'); colon >= 0 {
		p.schema, p.name = head[:colon], head[colon+1:]
		if p.schema == "" {
			return scimPath{}, errPath
		}
	}
	if rest == "" {
		var dotted bool
		if p.name, p.sub, dotted = strings.Cut(p.name, "."); dotted && p.sub == "" {
			return scimPath{}, errPath
		}
	} else if err := p.readFilter(rest); err != nil {
		return scimPath{}, err
	}
	return p.checked()
}

var errPath = errors.New(`a path looks like title, name.givenName, phoneNumbers[type eq "mobile"].value or urn:example:1.0:attribute`)

// readFilter reads [sub eq "value"].sub, whose last part may be missing.
func (p *scimPath) readFilter(s string) error {
	end := strings.LastIndexByte(s, ']')
	if end < 0 {
		return errPath
	}
	filter, after := s[1:end], s[end+1:]
	name, literal, ok := cutEquality(filter)
	if !ok || !isName(name) {
		return errors.New(`a filter in a path is one equality: phoneNumbers[type eq "mobile"]`)
	}
	p.values.sub = name
	if json.Unmarshal([]byte(literal), &p.values.text) != nil || literal == "null" {
		var flag bool
		if json.Unmarshal([]byte(literal), &flag) != nil || literal == "null" {
			return errors.New("the value of a filter in a path is a text in double quotes, true or false")
		}
		p.values.text, p.values.isFlag = literal, true
	}
	p.sub = "value"
	if after != "" {
		if p.sub, ok = strings.CutPrefix(after, "."); !ok || p.sub == "" {
			return errPath
		}
	}
	return nil
}

func cutEquality(filter string) (name, literal string, ok bool) {
	name, rest, ok := strings.Cut(strings.TrimSpace(filter), " ")
	if !ok {
		return "", "", false
	}
	operator, literal, ok := strings.Cut(strings.TrimSpace(rest), " ")
	return name, strings.TrimSpace(literal), ok && strings.EqualFold(operator, "eq")
}

// checked checks the parts and gives the core schema its zero name.
func (p scimPath) checked() (scimPath, error) {
	if strings.EqualFold(p.schema, UserSchema) {
		p.schema = ""
	}
	if p.schema != "" && !isURN(p.schema) {
		return scimPath{}, fmt.Errorf("%q is not the URN of a schema", p.schema)
	}
	for _, known := range []string{EnterpriseSchema, WorkspaceSchema} {
		if strings.EqualFold(p.schema, known) {
			p.schema = known
		}
	}
	if !isName(p.name) || p.sub != "" && !isName(p.sub) {
		return scimPath{}, errPath
	}
	return p, nil
}

// isName reports whether s is the name of an attribute (RFC 7643 section 2.1).
func isName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || (r < '0' || r > '9') && r != '-' && r != '_' && r != '$') {
			return false
		}
	}
	return s != ""
}

// isURN reports whether s can be the URN of a schema. Okta's own hold what the
// grammar of URNs does not have, such as an underscore in the name of an app.
func isURN(s string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(s), "urn:")
	if !ok || strings.HasSuffix(s, ":") || !strings.Contains(rest, ":") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"[]{}\^`, r) })
}

// selector is the condition that picks a value of a multi-valued attribute: one
// of its sub-attributes equals a text, or is true or false.
type selector struct {
	sub, text string
	isFlag    bool
}

func (s selector) some() bool { return s.sub != "" }

func (s selector) String() string {
	switch {
	case !s.some():
		return ""
	case s.isFlag:
		return "[" + s.sub + " eq " + s.text + "]"
	}
	literal, _ := json.Marshal(s.text) // a string always encodes
	return "[" + s.sub + " eq " + string(literal) + "]"
}

// matches reports whether the value is one that the selector means. Texts are
// compared without regard to case, as types of phone numbers and the like are
// (RFC 7643 section 8.7.1).
func (s selector) matches(value map[string]any) bool {
	if s.isFlag {
		flag, _ := value[s.sub].(bool)
		return flag == (s.text == "true")
	}
	text, _ := value[s.sub].(string)
	return strings.EqualFold(text, s.text)
}

// example is a value that matches, with nothing else in it.
func (s selector) example() map[string]any {
	if s.isFlag {
		return map[string]any{s.sub: s.text == "true"}
	}
	return map[string]any{s.sub: s.text}
}

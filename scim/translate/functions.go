package translate

import (
	"errors"
	"strings"
)

// function is one that expressions can call. All of them take no value (nil)
// for an empty text: a user may lack any attribute.
type function struct {
	name       string
	call       func(...any) (any, error)
	signatures []any
}

// functions are all of them.
var functions = []function{
	{"lower", onText(strings.ToLower), []any{new(func(any) string)}},
	{"upper", onText(strings.ToUpper), []any{new(func(any) string)}},
	{"trim", onText(strings.TrimSpace), []any{new(func(any) string)}},
	{"before", onTexts(before), []any{new(func(any, any) string)}},
	{"after", onTexts(after), []any{new(func(any, any) string)}},
	{"replace", replace, []any{new(func(any, any, any) string)}},
	{"join", join, []any{new(func(any, any) string)}},
}

var (
	errNoText = errors.New("not a text")
	errLong   = errors.New("the result is too long")
)

// textOf reads an argument.
func textOf(v any) (string, error) {
	value, wrong := text{}.toAccess(v)
	if wrong != nil {
		return "", errNoText
	}
	s, _ := value.(string)
	return s, nil
}

func textsOf(params []any) ([]string, error) {
	out := make([]string, len(params))
	for i, p := range params {
		s, err := textOf(p)
		if err != nil {
			return nil, err
		}
		out[i] = s
	}
	return out, nil
}

func onText(f func(string) string) func(...any) (any, error) {
	return func(params ...any) (any, error) {
		s, err := textOf(params[0])
		return f(s), err
	}
}

func onTexts(f func(s, sep string) string) func(...any) (any, error) {
	return func(params ...any) (any, error) {
		s, err := textsOf(params)
		if err != nil {
			return nil, err
		}
		return f(s[0], s[1]), nil
	}
}

// before is the text before the first sep, all where there is none.
func before(s, sep string) string { head, _, _ := strings.Cut(s, sep); return head }

// after is the text after the first sep, nothing where there is none.
func after(s, sep string) string { _, tail, _ := strings.Cut(s, sep); return tail }

// replace replaces every old by new. An empty old replaces nothing: new between
// all characters would make the text grow by its square.
func replace(params ...any) (any, error) {
	s, err := textsOf(params)
	switch {
	case err != nil:
		return nil, err
	case s[1] == "":
		return s[0], nil
	case len(s[0])+strings.Count(s[0], s[1])*len(s[2]) > maxText:
		return nil, errLong
	}
	return strings.ReplaceAll(s[0], s[1], s[2]), nil
}

// join puts the texts of a list together, with sep between.
func join(params ...any) (any, error) {
	list, ok := params[0].([]any)
	if !ok && params[0] != nil {
		return nil, errNoText
	}
	parts, err := textsOf(list)
	if err != nil {
		return nil, err
	}
	sep, err := textOf(params[1])
	if err != nil {
		return nil, err
	}
	joined := strings.Join(parts, sep)
	if len(joined) > maxText {
		return nil, errLong
	}
	return joined, nil
}

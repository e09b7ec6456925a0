// Package jsonvalue reads and writes JSON (RFC 8259) token by token: values whose form is
// not known beforehand, and the parts of those whose form is. It is much faster at that
// than encoding/json, which looks at types first.
package jsonvalue

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Appender is a value that writes itself.
type Appender interface {
	// AppendJSON appends the value as JSON.
	AppendJSON(b []byte) ([]byte, error)
}

// Append appends a value as JSON, with names in a fixed order. It knows what decoded JSON
// is made of, and Appender; anything else is left to encoding/json.
func Append(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return AppendText(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case map[string]any:
		return appendObject(b, v)
	case []any:
		return AppendList(b, v, Append)
	case []map[string]any:
		return AppendList(b, v, appendObject)
	case Appender:
		return v.AppendJSON(b)
	}
	encoded, err := json.Marshal(v)
	return append(b, encoded...), err
}

// AppendText appends a string. What is not UTF-8 is replaced.
func AppendText[T ~string | ~[]byte](b []byte, text T) []byte {
	if isPlain(text) {
		return append(append(append(b, '"'), text...), '"')
	}
	b, _ = jsontext.AppendQuote(b, text) // its error tells of what it replaced
	return b
}

// AppendName appends the name of a value in an object, and a comma before it where there
// is a value already.
func AppendName(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(AppendText(b, name), ':')
}

// AppendList appends a list, each element by one.
func AppendList[T any](b []byte, list []T, one func([]byte, T) ([]byte, error)) (_ []byte, err error) {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = one(b, v); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

func appendObject(b []byte, object map[string]any) (_ []byte, err error) {
	type field struct {
		name  string
		value any
	}
	var few [24]field // most objects have no more
	fields := few[:0]
	for name, value := range object {
		fields = append(fields, field{name, value})
	}
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	b = append(b, '{')
	for _, f := range fields {
		if b, err = Append(AppendName(b, f.name), f.value); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

package schema

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// AppendJSON appends a value of a resource as JSON (RFC 8259), with names in a fixed
// order. It knows the types that resources are made of, which saves most of what
// encoding/json takes; anything else is left to that.
func AppendJSON(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendText(b, v)
	case bool:
		return strconv.AppendBool(b, v), nil
	case map[string]any:
		return appendObject(b, v)
	case []any:
		return appendList(b, v, AppendJSON)
	case []string:
		return appendList(b, v, appendText)
	case Members:
		return v.appendJSON(b)
	}
	encoded, err := json.Marshal(v)
	return append(b, encoded...), err
}

func appendText(b []byte, text string) ([]byte, error) {
	quoted, err := jsontext.AppendQuote(b, text)
	if err == nil {
		return quoted, nil
	}
	encoded, err := json.Marshal(text) // which replaces what is not UTF-8
	return append(b, encoded...), err
}

func appendList[T any](b []byte, list []T, one func([]byte, T) ([]byte, error)) (_ []byte, err error) {
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
	var few [24]string // most objects have no more
	names := slices.AppendSeq(few[:0], maps.Keys(object))
	slices.Sort(names)
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendText(b, name); err != nil {
			return b, err
		}
		if b, err = AppendJSON(append(b, ':'), object[name]); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

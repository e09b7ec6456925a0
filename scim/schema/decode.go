package schema

import (
	"encoding/json"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/upstream/jsonvalue"
)

// KeepDigits decodes a number into any as a json.Number: a float64 has 15 digits,
// and two people whose ids differ in the 19th would become one.
var KeepDigits = jsonv2.WithUnmarshalers(jsonv2.UnmarshalFromFunc(func(d *jsontext.Decoder, v *any) (err error) {
	*v, err = jsonvalue.Reader{}.Read(d)
	return err
}))

// Text is a value as text: a number counts as its digits, because an id or an
// employee number may come without quotes. It is not ok for any other value.
func Text(v any) (_ string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

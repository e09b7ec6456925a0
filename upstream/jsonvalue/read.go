package jsonvalue

import (
	"encoding/json"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrForm says that a value has another form than the reader expects. The value was
// skipped.
var ErrForm = errors.New("a JSON value has another form than expected")

// Object reads an object, or null, and has read take the value of each name, which is good
// until that is read.
func Object(d *jsontext.Decoder, read func(name []byte) error) error {
	return each(d, '{', func() error {
		name, err := Text(d)
		if err != nil {
			return err
		}
		return read(name)
	})
}

// Text reads a string, a number as its digits, or a name. The text is good until the next
// reading.
func Text(d *jsontext.Decoder) ([]byte, error) {
	raw, err := d.ReadValue()
	if err != nil || raw.Kind() != '"' {
		return raw, err
	}
	if plain := raw[1 : len(raw)-1]; isPlain(plain) {
		return plain, nil
	}
	text, _ := jsontext.AppendUnquote(nil, raw) // its error tells of what it replaced
	return text, nil
}

// List reads a list, or null, and has read take each of its values.
func List(d *jsontext.Decoder, read func() error) error { return each(d, '[', read) }

// each reads what is in an object or a list.
func each(d *jsontext.Decoder, kind jsontext.Kind, read func() error) error {
	switch d.PeekKind() {
	case kind:
	case 'n':
		return d.SkipValue()
	default:
		return Unexpected(d)
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	end := kind + 2 // in ASCII, } comes 2 after {, and ] after [
	for d.PeekKind() != end {
		if err := read(); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// ErrTooLong says that a value is longer than the reader takes.
var ErrTooLong = errors.New("a JSON value is too long")

// Unexpected skips a value of another form than expected. Its error is ErrForm, or why
// that could not be done.
func Unexpected(d *jsontext.Decoder) error {
	if err := d.SkipValue(); err != nil {
		return err
	}
	return ErrForm
}

// Reader reads values of any form, as encoding/json does into an any. The zero value has
// numbers as json.Number, because a float64 would lose digits of an id.
type Reader struct {
	// Name makes the string of a name; nil makes a new one.
	Name func([]byte) string
	// NumbersAreText has numbers as their digits.
	NumbersAreText bool
	// Names is how many names the outermost object is expected to have.
	Names int
	// Special reads the values that some names have in the outermost object.
	Special map[string]Special
	// Most bounds how long a value may be, in bytes; 0 is no bound. What is longer is ErrTooLong.
	Most int64
	// Check judges each token when it was read: its kind, and the text of a string, a name or
	// a number. nil takes all. Its error ends the reading.
	Check func(d *jsontext.Decoder, kind jsontext.Kind, text []byte) error

	end int64 // where a value is too long, counted in bytes from the beginning of the input
}

// Special reads a value that is to become something of its own. It reads each token by the
// Reader, which checks it.
type Special func(Reader, *jsontext.Decoder) (any, error)

// Next reads the next token: its kind, and the text of a string, a name or a number, which
// is good until the next reading.
func (r Reader) Next(d *jsontext.Decoder) (kind jsontext.Kind, text []byte, err error) {
	switch kind = d.PeekKind(); kind {
	case '"', '0':
		text, err = Text(d)
	default:
		_, err = d.ReadToken()
	}
	if err == nil && r.Check != nil {
		err = r.Check(d, kind, text)
	}
	return kind, text, err
}

// Read reads the next value.
func (r Reader) Read(d *jsontext.Decoder) (any, error) {
	switch {
	case r.Most == 0:
	case r.end == 0:
		r.end = d.InputOffset() + r.Most
	case d.InputOffset() > r.end:
		return nil, ErrTooLong
	}
	kind, text, err := r.Next(d)
	if err != nil {
		return nil, err
	}
	switch {
	case kind == '{':
		object, special := make(map[string]any, r.Names), r.Special
		r.Names, r.Special = 0, nil // are those of the outermost
		return object, r.readObject(d, object, special)
	case kind == '[':
		return r.readList(d)
	case kind == '"', kind == '0' && r.NumbersAreText:
		return string(text), nil
	case kind == '0':
		return json.Number(text), nil
	case kind == 't', kind == 'f':
		return kind == 't', nil
	}
	return nil, nil
}

// readObject reads the rest of an object.
func (r Reader) readObject(d *jsontext.Decoder, object map[string]any, special map[string]Special) error {
	for {
		kind, name, err := r.Next(d)
		if err != nil || kind == '}' {
			return err
		}
		key, read := r.name(name), Reader.Read // before the next token is read, which takes the name's place
		if own, ok := special[key]; ok {
			read = own
		}
		if object[key], err = read(r, d); err != nil {
			return err
		}
	}
}

// readList reads the rest of a list.
func (r Reader) readList(d *jsontext.Decoder) (any, error) {
	list := []any{}
	for d.PeekKind() != ']' {
		v, err := r.Read(d)
		if err != nil {
			return list, err
		}
		list = append(list, v)
	}
	_, _, err := r.Next(d)
	return list, err
}

func (r Reader) name(b []byte) string {
	if r.Name == nil {
		return string(b)
	}
	return r.Name(b)
}

package upstream

import (
	"errors"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// This file reads JSON token by token: users, groups and lists of them are read once,
// straight into what they become.

// leniently are the options by which answers are read. Access promises nothing of how it
// spells names, and what is said twice is no reason to believe none of it.
var leniently = jsonv2.JoinOptions(
	jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), jsonv2.MatchCaseInsensitiveNames(true))

var errWrongForm = errors.New("a value has another form than Access documents")

// readObject reads an object, or null, and has read take the value of each name.
func readObject(d *jsontext.Decoder, read func(name string) error) error {
	return readEach(d, '{', func() error {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		return read(shared(name))
	})
}

// readElements reads a list, or null, and has read take each of its values.
func readElements(d *jsontext.Decoder, read func() error) error { return readEach(d, '[', read) }

// readEach reads what is in an object or a list.
func readEach(d *jsontext.Decoder, kind jsontext.Kind, read func() error) error {
	switch d.PeekKind() {
	case kind:
	case 'n':
		return d.SkipValue()
	default:
		return unexpected(d)
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

// unexpected skips a value of another form than expected, and is the error of that.
func unexpected(d *jsontext.Decoder) error {
	if err := d.SkipValue(); err != nil {
		return err
	}
	return errWrongForm
}

// readText reads a string, or null.
func readText(d *jsontext.Decoder, into *string) error {
	if d.PeekKind() == '0' {
		return unexpected(d)
	}
	return readLooseText(d, into)
}

// readLooseText reads a text that may be written as a number, whose digits it keeps, or
// null.
func readLooseText(d *jsontext.Decoder, into *string) error {
	switch d.PeekKind() {
	case '"', '0':
	case 'n':
		return d.SkipValue()
	default:
		return unexpected(d)
	}
	token, err := d.ReadToken()
	if err == nil {
		*into = shared(token)
	}
	return err
}

// orUnknown is the failure to read a value; one of another form than expected counts as
// unknown.
func orUnknown(err error) error {
	if errors.Is(err, errWrongForm) {
		return nil
	}
	return err
}

// readTime reads a time; what is none counts as unknown.
func readTime(d *jsontext.Decoder, into *time.Time) error {
	var text string
	err := orUnknown(readLooseText(d, &text))
	*into, _ = time.Parse(time.RFC3339Nano, text)
	return err
}

// readValue reads a value of any form. Numbers become text: Access keeps text, and
// whoever compares or shows a value sees the digits that were sent.
func readValue(d *jsontext.Decoder) (any, error) {
	switch d.PeekKind() {
	case '{':
		object := map[string]any{}
		err := readObject(d, func(name string) (err error) {
			object[name], err = readValue(d)
			return err
		})
		return object, err
	case '[':
		list := []any{}
		err := readElements(d, func() error {
			v, err := readValue(d)
			list = append(list, v)
			return err
		})
		return list, err
	}
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '"', '0':
		return shared(token), nil
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil
}

// shared is the text of a token, in one copy for all answers where it is common.
func shared(token jsontext.Token) string {
	if text, ok := commonTexts[token.String()]; ok {
		return text
	}
	return token.String()
}

// commonTexts are the names and values of which answers are full.
var commonTexts = func() map[string]string {
	texts := map[string]string{}
	keep := func(list ...string) {
		for _, text := range list {
			texts[text] = text
		}
	}
	for urn, block := range writable {
		keep(urn)
		for name, subs := range block {
			keep(name)
			keep(subs...)
		}
	}
	keep(readOnly...)
	keep(workspaceReadOnly...)
	keep(CoreSchema, UserProvisioned, GroupInternal, "internalGroupType", "members", "value", "display", "type", "primary",
		"created", "lastModified", "location", "version", "totalResults", "Resources", "itemsPerPage", "startIndex",
		"work", "mobile", "User", "Group", "direct")
	return texts
}()

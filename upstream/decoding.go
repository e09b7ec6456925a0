package upstream

import (
	"errors"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/upstream/jsonvalue"
)

// This file reads JSON token by token: users, groups and lists of them are read once,
// straight into what they become.

// leniently are the options by which answers are read. Access promises nothing of how it
// spells names, and what is said twice is no reason to believe none of it.
var leniently = jsonv2.JoinOptions(
	jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), jsonv2.MatchCaseInsensitiveNames(true))

// readObject reads an object, or null, and has read take the value of each name.
func readObject(d *jsontext.Decoder, read func(name string) error) error {
	return jsonvalue.Object(d, func(name []byte) error { return read(shared(name)) })
}

// readText reads a string, or null.
func readText(d *jsontext.Decoder, into *string) error {
	if d.PeekKind() == '0' {
		return jsonvalue.Unexpected(d)
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
		return jsonvalue.Unexpected(d)
	}
	text, err := jsonvalue.Text(d)
	if err == nil {
		*into = shared(text)
	}
	return err
}

// orUnknown is the failure to read a value; one of another form than expected counts as
// unknown.
func orUnknown(err error) error {
	if errors.Is(err, jsonvalue.ErrForm) {
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

// anyValue reads a value of any form. Numbers become text: Access keeps text, and
// whoever compares or shows a value sees the digits that were sent.
var anyValue = jsonvalue.Reader{Name: shared, NumbersAreText: true, Most: maxValue}

// maxValue bounds a value of a user, in bytes: one of many small values takes 25 times as much
// memory. Members of groups, of which there may be many, are read in another way.
const maxValue = 256 << 10

// shared is a text, in one copy for all answers where it is common.
func shared(b []byte) string {
	if text, ok := commonTexts[string(b)]; ok {
		return text
	}
	return string(b)
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

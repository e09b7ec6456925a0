// Package problem is the catalog of what the bridge answers where it does not
// do what it was asked for. Each sentence that can be in the detail of an
// answer (RFC 7644 section 3.12) is an Entry here, with its status, what causes
// it and what fixes it; the guide for administrators is made from it.
//
// It is a leaf: it knows neither HTTP nor Access. Packages that refuse something
// return an *Error; package scim turns it into an answer.
package problem

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	scimerrors "github.com/elimity-com/scim/errors"
)

// Entry is one sentence of the catalog.
type Entry struct {
	// Status is that of the answer.
	Status int
	// Type is the scimType of RFC 7644 section 3.12, table 9, or "".
	Type scimerrors.ScimType
	// Text is the sentence, a format of package fmt. The answer adds that Okta
	// repeats the request where the status is 429.
	Text string
	// Cause and Fix tell an administrator where it comes from and what to do. An
	// entry without Cause is one that Okta does not provoke, only another client.
	Cause, Fix string
	// Lasting says that waiting does not help: somebody has to act.
	Lasting bool
	// Class names a conflict in a few words, for the log.
	Class string
	// Loggable says that what the sentence names is fit for the log: attributes
	// and settings, never a value of a person.
	Loggable bool
}

// Sentence is Text with an ellipsis for each fact that it names.
func (e *Entry) Sentence() string {
	return verbs.Replace(e.Text)
}

var verbs = strings.NewReplacer("%%", "%", "%s", "…", "%d", "…", "%t", "…", "%v", "…")

// entries is filled while the package is initialized, and never later.
var entries []*Entry

// Entries is the catalog, ordered by status.
func Entries() []*Entry {
	out := slices.Clone(entries)
	slices.SortStableFunc(out, func(a, b *Entry) int { return a.Status - b.Status })
	return out
}

// Error is an Entry with its facts: what one request is answered.
type Error struct {
	*Entry
	// Detail is the sentence.
	Detail string
	// RetryAfter is how long Access asked to wait, 0 when it did not say.
	RetryAfter time.Duration
	// Holder is the id of the record that is in the way, "" where it is not known.
	Holder string
}

// HeldBy names the record that is in the way.
func (e *Error) HeldBy(id string) *Error {
	e.Holder = id
	return e
}

// Error is the detail.
func (e *Error) Error() string { return e.Detail }

// InPath is the trouble with a filter as trouble with the path of a PATCH that
// holds it.
func (e *Error) InPath() *Error {
	entry := *e.Entry
	entry.Type = scimerrors.ScimTypeInvalidPath
	return &Error{Entry: &entry, Detail: e.Detail}
}

// Plain is the detail without what it says of Okta, for an operator.
func (e *Error) Plain() string {
	return strings.TrimSuffix(strings.TrimSuffix(e.Detail, repeated), repeatedUntilFixed)
}

// PlainFix is what to do, without the marks of the guides.
func (e *Error) PlainFix() string { return marks.ReplaceAllString(e.Fix, "$1$2") }

// marks are the links and the code of Markdown.
var marks = regexp.MustCompile("\\[([^]]*)\\]\\([^)]*\\)|`([^`]*)`")

// One of these ends each detail that Okta reacts to by itself.
const (
	repeated           = " Okta will repeat the request by itself."
	repeatedUntilFixed = " Okta will repeat the request by itself; it succeeds once this is fixed."
)

func (e *Entry) with(facts ...any) *Error {
	detail := fmt.Sprintf(e.Text, facts...)
	switch {
	case e.Status != http.StatusTooManyRequests:
	case e.Lasting:
		detail += repeatedUntilFixed
	default:
		detail += repeated
	}
	return &Error{Entry: e, Detail: detail}
}

// The makers of errors, by the number and the types of facts that the sentence
// names.

func none(e Entry) func() *Error {
	entries = append(entries, &e)
	return func() *Error { return e.with() }
}

func one[A any](e Entry) func(A) *Error {
	entries = append(entries, &e)
	return func(a A) *Error { return e.with(a) }
}

func two[A, B any](e Entry) func(A, B) *Error {
	entries = append(entries, &e)
	return func(a A, b B) *Error { return e.with(a, b) }
}

func three[A, B, C any](e Entry) func(A, B, C) *Error {
	entries = append(entries, &e)
	return func(a A, b B, c C) *Error { return e.with(a, b, c) }
}

// The makers of entries, by status and scimType.

func status(code int, text string) Entry { return Entry{Status: code, Text: text} }

func refusedAs(code int, t scimerrors.ScimType, text string) Entry {
	return Entry{Status: code, Type: t, Text: text}
}

func refused(t scimerrors.ScimType, text string) Entry {
	return refusedAs(http.StatusBadRequest, t, text)
}

func invalid(text string) Entry  { return refused(scimerrors.ScimTypeInvalidValue, text) }
func syntax(text string) Entry   { return refused(scimerrors.ScimTypeInvalidSyntax, text) }
func inFilter(text string) Entry { return refused(scimerrors.ScimTypeInvalidFilter, text) }
func inPath(text string) Entry   { return refused(scimerrors.ScimTypeInvalidPath, text) }
func noTarget(text string) Entry { return refused(scimerrors.ScimTypeNoTarget, text) }
func fixed(text string) Entry    { return refused(scimerrors.ScimTypeMutability, text) }
func tooMany(text string) Entry  { return refused(scimerrors.ScimTypeTooMany, text) }

func conflict(class, text string) Entry {
	e := refusedAs(http.StatusConflict, scimerrors.ScimTypeUniqueness, text)
	e.Class = class
	return e
}

// later is trouble that may pass, or that an administrator of Access can fix.
func later(text string) Entry { return status(http.StatusTooManyRequests, text) }

// stuck is trouble that lasts until somebody fixes it, and then passes.
func stuck(text string) Entry {
	e := later(text)
	e.Lasting = true
	return e
}

// because says where the problem comes from, and what to do.
func (e Entry) because(cause, fix string) Entry { e.Cause, e.Fix = cause, fix; return e }

// fixedBy says what another program than Okta has to do.
func (e Entry) fixedBy(fix string) Entry { e.Fix = fix; return e }

func (e Entry) loggable() Entry { e.Loggable = true; return e }

// Clip shortens what a caller sent before it is shown again, and takes control
// characters out of it.
func Clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if runes := []rune(s); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return s
}

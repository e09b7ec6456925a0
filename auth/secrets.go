package auth

import (
	"fmt"
	"io"
)

const redacted = "[redacted]"

// Secret is a value that must not be printed: it is [redacted] for every verb
// of package fmt and every encoder. Only string(s) reveals it. Package fmt
// cannot call the methods of an unexported field: keep it out of those.
type Secret string

// String returns [redacted].
func (Secret) String() string { return redacted }

// Format prints [redacted] for every verb.
func (Secret) Format(f fmt.State, verb rune) { hidden{}.Format(f, verb) }

// MarshalText encodes as [redacted].
func (Secret) MarshalText() ([]byte, error) { return hidden{}.MarshalText() }

// hidden is embedded in what holds secrets beside others: the whole prints as
// [redacted].
type hidden struct{}

// Format prints [redacted] for every verb.
func (hidden) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText encodes as [redacted].
func (hidden) MarshalText() ([]byte, error) { return []byte(redacted), nil }

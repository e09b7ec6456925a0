package auth

import (
	"fmt"
	"io"
)

const redacted = "[redacted]"

// Format prints [redacted] for every verb. Package fmt cannot call it for a
// Config in an unexported field of another struct: keep it out of those.
func (Config) Format(f fmt.State, _ rune) { redact(f) }

// MarshalJSON encodes as "[redacted]".
func (Config) MarshalJSON() ([]byte, error) { return redactedJSON() }

// Format prints [redacted] for every verb.
func (*TokenSource) Format(f fmt.State, _ rune) { redact(f) }

// MarshalJSON encodes as "[redacted]".
func (*TokenSource) MarshalJSON() ([]byte, error) { return redactedJSON() }

// Format prints [redacted] for every verb.
func (*Bearer) Format(f fmt.State, _ rune) { redact(f) }

// MarshalJSON encodes as "[redacted]".
func (*Bearer) MarshalJSON() ([]byte, error) { return redactedJSON() }

func redact(f fmt.State) { _, _ = io.WriteString(f, redacted) }

func redactedJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

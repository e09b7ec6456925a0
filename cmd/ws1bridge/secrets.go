package main

// redacted is what a secret prints as.
const redacted = "[redacted]"

// secret is a value that must not be printed.
type secret string

// String hides the secret.
func (secret) String() string { return redacted }

// GoString hides the secret from %#v.
func (secret) GoString() string { return redacted }

// MarshalText hides the secret from encoders.
func (secret) MarshalText() ([]byte, error) { return []byte(redacted), nil } //nolint:unparam // encoding.TextMarshaler

// secrets are several of them.
type secrets []secret

func (s secrets) reveal() []string {
	out := make([]string, len(s))
	for i, one := range s {
		out[i] = string(one)
	}
	return out
}

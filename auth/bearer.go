package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	weakToken = 16
	maxToken  = 4 << 10
	maxHeader = 8 << 10
)

// The reasons why a caller is turned away, matched with errors.Is.
var (
	// ErrNoToken says that the header is missing, or names the scheme alone.
	ErrNoToken = errors.New("the request carries no token")
	// ErrDoubleBearer says that the token was pasted with the word Bearer.
	// Okta's "HTTP Header" authentication adds that word by itself.
	ErrDoubleBearer = errors.New("the token has the word Bearer in it")
	// ErrScheme says that the header is of another scheme, such as Basic.
	ErrScheme = errors.New("the header has no bearer token")
	// ErrWrongToken says that the token is none of the accepted ones.
	ErrWrongToken = errors.New("the token is none of the accepted ones")
	// ErrDamagedToken says that the token has the form of one that NewToken made, and was mistyped
	// or cut off.
	ErrDamagedToken = errors.New("the token was mistyped or cut off")
	// ErrExpiredToken and ErrEarlyToken say that the token is right, and its time is over or has
	// yet to come.
	ErrExpiredToken = errors.New("the token has expired")
	ErrEarlyToken   = errors.New("the token is not valid yet")
	// ErrHeaderTooLong says that the header is longer than 8 KiB.
	ErrHeaderTooLong = errors.New("the Authorization header is longer than 8 KiB")
)

// Bearer checks the tokens of callers. It is safe for concurrent use.
type Bearer struct {
	hidden

	sums [][sha256.Size]byte // of the accepted tokens
	keys []Key               // the same, without the tokens
}

// NewBearer returns a Bearer that accepts any of the keys. It refuses an empty
// list, two keys of one name, and tokens that are empty, longer than 4 KiB, or hold anything but
// printable ASCII without spaces, since such a token does not survive the way
// through a header. The error names a token by its
// position and does not show it.
func NewBearer(keys []Key) (*Bearer, error) {
	if len(keys) == 0 {
		return nil, errors.New("inbound tokens: at least one is required")
	}
	b := &Bearer{}
	var problems []error
	names := map[string]bool{}
	for i, key := range keys {
		sum, err := key.sum()
		key.Name, key.Token = KeyName(key, i), ""
		if err == nil && names[key.Name] {
			err = errors.New("has the name of another one: names tell tokens apart in the log")
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("inbound token %d of %d: %w", i+1, len(keys), err))
		}
		names[key.Name] = true
		b.sums, b.keys = append(b.sums, sum), append(b.keys, key)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return b, nil
}

func checkInbound(token string) error {
	switch err := CheckText(token); {
	case token == "":
		return errors.New("is empty")
	case err != nil:
		return err
	case strings.TrimSpace(token) != token:
		return errors.New("has white space around it")
	case strings.ContainsAny(token, "\r\n"):
		return errors.New("has more than one line; put commas between tokens")
	case strings.Contains(token, " "):
		return errors.New("has a space in it; give the token alone, without the word Bearer")
	case !isVisibleASCII(token):
		return errors.New("has a control character, or one that is not ASCII")
	case len(token) > maxToken:
		return fmt.Errorf("has more than %d characters", maxToken)
	}
	return nil
}

// isVisibleASCII reports whether s can be in a header as it is.
func isVisibleASCII(s string) bool {
	return !slices.ContainsFunc([]byte(s), func(c byte) bool { return c <= ' ' || c > '~' })
}

// Identify names the key whose token authorization, the value of that header,
// carries; otherwise the error is one of this package.
// The token may be after "Bearer", in any case and with any number of spaces (RFC 6750
// §2.1), or alone: some of Okta's connectors send what was entered and add no
// scheme.
func (b *Bearer) Identify(authorization string) (caller string, _ error) {
	if len(authorization) > maxHeader {
		return "", ErrHeaderTooLong
	}
	value := strings.Trim(authorization, " \t")
	scheme, token, spaced := strings.Cut(value, " ")
	switch {
	case value == "", !spaced && isBearer(value):
		return "", ErrNoToken
	case !spaced:
		token = value
	case !isBearer(scheme):
		return "", ErrScheme
	}
	token = strings.TrimLeft(token, " ")
	if first, _, _ := strings.Cut(token, " "); isBearer(first) {
		return "", ErrDoubleBearer
	}
	caller, err := b.find(token, time.Now())
	if err != nil && IsDamaged(token) {
		return "", ErrDamagedToken
	}
	return caller, err
}

func isBearer(word string) bool { return strings.EqualFold(word, "Bearer") }

// find names the key of a token. It looks at all of them, also
// after a match, and compares sums
// of equal length, so that the time tells nothing about the tokens. One token may have
// several keys: it is accepted when one of them is.
func (b *Bearer) find(token string, now time.Time) (name string, err error) {
	sum := sha256.Sum256([]byte(token))
	err = ErrWrongToken
	for i, accepted := range b.sums {
		if subtle.ConstantTimeCompare(accepted[:], sum[:]) != 1 || err == nil {
			continue
		}
		if err = b.keys[i].Judge(now); err == nil {
			name = b.keys[i].Name
		}
	}
	return name, err
}

package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
	"time"
)

// Key is a token that callers may present.
type Key struct {
	// Name stands for the key in the log and in the journal; "" is its place, as in "token 1".
	Name string
	// Token is the token itself, or SHA256 its digest in hexadecimal form: one of the two.
	Token  Secret
	SHA256 string
	// NotBefore and Expires bound the time in which the key is accepted: from the first, up to
	// the second. The zero time is no bound.
	NotBefore, Expires time.Time
}

// Keys are the keys of tokens that are accepted at any time.
func Keys(tokens ...Secret) []Key {
	keys := make([]Key, len(tokens))
	for i, token := range tokens {
		keys[i].Token = token
	}
	return keys
}

// IsWeak reports whether a token is so short that it might be guessed. Such a
// token is accepted; whoever gives it out should hear of it.
func IsWeak(token Secret) bool { return len(token) < weakToken }

// KeyName names the key in a place of a list, counted from 0.
func KeyName(k Key, place int) string {
	if k.Name != "" {
		return k.Name
	}
	return "token " + strconv.Itoa(place+1)
}

// EndsSoon is how long before its end whoever uses a key is told of it.
const EndsSoon = 14 * 24 * time.Hour

// Ends are the keys that have ended and those that end soon, with their names.
func Ends(keys []Key, now time.Time) (ended, soon []Key) {
	for i, key := range keys {
		key.Name = KeyName(key, i)
		switch {
		case key.Expires.IsZero():
		case !now.Before(key.Expires):
			ended = append(ended, key)
		case key.Expires.Sub(now) < EndsSoon:
			soon = append(soon, key)
		}
	}
	return ended, soon
}

// Judge says why the key is not accepted now; nil says that it is.
func (k Key) Judge(now time.Time) error {
	switch {
	case now.Before(k.NotBefore):
		return ErrEarlyToken
	case !k.Expires.IsZero() && !now.Before(k.Expires):
		return ErrExpiredToken
	}
	return nil
}

// maxKeyName bounds a name, in bytes: it stands in every line of the log.
const maxKeyName = 64

// sum is the digest of the key's token, or why there can be none.
func (k Key) sum() (sum [sha256.Size]byte, _ error) {
	if len(k.Name) > maxKeyName || strings.ContainsFunc(k.Name, func(r rune) bool { return r < ' ' || r > '~' }) {
		return sum, fmt.Errorf("has a name that is not ASCII, or longer than %d characters", maxKeyName)
	}
	if !k.NotBefore.IsZero() && !k.Expires.IsZero() && !k.NotBefore.Before(k.Expires) {
		return sum, errors.New("ends before it begins: expires must be after not_before")
	}
	if k.SHA256 == "" {
		return sha256.Sum256([]byte(k.Token)), checkInbound(string(k.Token))
	}
	if k.Token != "" {
		return sum, errors.New("has both a token and a digest: one of the two is enough")
	}
	sum, ok := ReadDigest(k.SHA256)
	if !ok {
		return sum, errors.New("has a digest that is no SHA-256, 64 hexadecimal digits: ws1bridge token new makes one")
	}
	return sum, nil
}

// ReadDigest reads the SHA-256 digest of a token, and reports whether text is one: 64
// hexadecimal digits.
func ReadDigest(text string) (sum [sha256.Size]byte, ok bool) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(sum) {
		return sum, false
	}
	return [sha256.Size]byte(raw), true
}

// The form of a token that NewToken makes: secret scanners know it by the prefix, and by the
// checksum that it is one.
const (
	tokenPrefix = "ws1b_"
	secretBytes = 32
)

var tokenText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewToken makes a token of 256 random bits: ws1b_, 52 characters for them and 7 for their
// CRC-32 (IEEE), in the alphabet of base32 (RFC 4648 section 6) in lower case.
func NewToken() Secret {
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // which never fails
	return Secret(tokenPrefix + tokenText.EncodeToString(secret) + checksum(secret))
}

func checksum(secret []byte) string {
	return tokenText.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(secret)))
}

// IsDamaged reports whether a text has the form of what NewToken makes, and is none: it was
// mistyped or cut off.
func IsDamaged(token string) bool {
	text, ok := strings.CutPrefix(token, tokenPrefix)
	if !ok {
		return false
	}
	length := tokenText.EncodedLen(secretBytes)
	secret, err := tokenText.DecodeString(text[:min(len(text), length)])
	return err != nil || len(text) < length || text[length:] != checksum(secret)
}

// Digest is the SHA-256 of a token in hexadecimal form.
func Digest(token Secret) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Package assertion reads the private key of a service app of Okta, and signs that by which the app
// proves at the token endpoint who it is (private_key_jwt: RFC 7523 section 2.2). Its errors quote
// nothing of a key.
package assertion

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// minRSA is the least length of an RSA key, in bits, that RS256 may be used with (RFC 7518 section
// 3.3).
const minRSA = 2048

// Key is the private key of a service app. It prints as [redacted]. Its methods are safe for
// concurrent use.
type Key struct {
	id        string // "" where it is not known
	private   crypto.Signer
	algorithm jose.SignatureAlgorithm
}

// Format prints [redacted] for every verb.
func (*Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// ReadKey reads a private key: PEM (PKCS #8, PKCS #1, SEC 1), or a JWK in JSON (RFC 7517). Okta
// shows it in both forms when it makes one. id is the key's kid in Okta; "" is that of the JWK, if it
// has one.
func ReadKey(text, id string) (*Key, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return readJWK(text, id)
	}
	block, err := privateBlock(text)
	if err != nil {
		return nil, err
	}
	private, err := parse(block)
	if err != nil {
		return nil, errDamaged
	}
	return newKey(private, id)
}

var (
	errNoKey   = errors.New("is no key: give the private key of the service app as Okta shows it, as PEM or as JWK")
	errDamaged = errors.New("is not the whole key: give all of it, from -----BEGIN to -----END, with its line breaks; " +
		"a file keeps them")
	errPublic = errors.New("is not a private key: give the private key that belongs to it, " +
		"which Okta shows only when it makes it")
	errEncrypted = errors.New("is encrypted: take off its passphrase (openssl pkey -in KEY -out FILE), " +
		"and let nobody else read the file")
	errOpenSSH = errors.New("is in the form of OpenSSH: write it as PEM (ssh-keygen -p -m PKCS8 -f KEY)")
	errSet     = errors.New("is a set of keys: give the one key of the service app, which is in its list")
	errKind    = errors.New("is of a kind that Okta does not take here: give an RSA key of at least 2048 bits, " +
		"or an EC key on P-256, P-384 or P-521")
)

// privateBlock finds the private key in a PEM. Parameters and certificates may stand beside it.
func privateBlock(text string) (*pem.Block, error) {
	err := errNoKey
	if strings.Contains(text, "-----BEGIN") {
		err = errDamaged
	}
	for block, rest := pem.Decode([]byte(text)); block != nil; block, rest = pem.Decode(rest) {
		switch kind := block.Type; {
		case kind == "OPENSSH PRIVATE KEY":
			return nil, errOpenSSH
		case kind == "ENCRYPTED PRIVATE KEY", strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
			return nil, errEncrypted
		case strings.HasSuffix(kind, "PRIVATE KEY"):
			return block, nil
		case strings.HasSuffix(kind, "PUBLIC KEY"), kind == "CERTIFICATE":
			err = errPublic
		}
	}
	return nil, err
}

func parse(block *pem.Block) (any, error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	}
	return x509.ParsePKCS8PrivateKey(block.Bytes)
}

func readJWK(text, id string) (*Key, error) {
	var members map[string]json.RawMessage
	switch err := json.Unmarshal([]byte(text), &members); {
	case err != nil:
		return nil, errors.New("is not the whole JWK: give all of its JSON, from { to }")
	case members["keys"] != nil:
		return nil, errSet
	}
	var jwk jose.JSONWebKey
	switch err := jwk.UnmarshalJSON([]byte(text)); {
	case members["kty"] != nil && members["d"] == nil && members["k"] == nil:
		return nil, errPublic
	case errors.Is(err, jose.ErrUnsupportedKeyType):
		return nil, errKind
	case err != nil:
		return nil, errors.New("is a JWK that lacks something: give all that Okta shows, such as kty, d, n, e, p and q")
	}
	if id == "" {
		id = jwk.KeyID
	}
	return newKey(jwk.Key, id)
}

// newKey judges what was read. The algorithm goes by the key (RFC 7518 section 3.1), as Okta
// takes it.
func newKey(private any, id string) (*Key, error) {
	switch k := private.(type) {
	case *rsa.PrivateKey:
		if n := k.N.BitLen(); n < minRSA {
			return nil, fmt.Errorf("is an RSA key of %d bits: have Okta make another, of at least %d", n, minRSA)
		}
		return &Key{id, k, jose.RS256}, nil
	case *ecdsa.PrivateKey:
		switch k.Curve {
		case elliptic.P256():
			return &Key{id, k, jose.ES256}, nil
		case elliptic.P384():
			return &Key{id, k, jose.ES384}, nil
		case elliptic.P521():
			return &Key{id, k, jose.ES512}, nil
		}
	}
	return nil, errKind
}

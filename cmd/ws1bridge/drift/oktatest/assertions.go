package oktatest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha256" // SHA-256, for RS256 and ES256
	_ "crypto/sha512" // SHA-384 and SHA-512, for ES384 and ES512
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"time"
)

// said is what an assertion says (RFC 7523 section 3).
type said struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
	ID       string `json:"jti"`
}

// What Okta says of an assertion that it does not take, in substance.
const (
	noJWT        = refusal("The client_assertion is not a JWT.")
	badSignature = refusal("The client_assertion signature is invalid.")
	unknownKey   = refusal("The client_assertion is signed by a key that is not known.")
	badIssuer    = refusal("The issuer and the subject must be the client_id.")
	badAudience  = refusal("The audience claim must be the endpoint that you invoked.")
	badTimes     = refusal("The client_assertion token is expired, or lives too long.")
	noID         = refusal("The client_assertion has no jti.")
	usedBefore   = refusal("The client_assertion was used before.")
)

// refusal is why an assertion is not taken.
type refusal string

// Error is the text.
func (r refusal) Error() string { return string(r) }

// verify reads an assertion that the key of the app has signed, a JWS in compact form (RFC 7515
// section 7.1). It is written by hand, so that a mistake of a library shows.
func verify(assertion string, app App) (s said, _ error) {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return s, noJWT
	}
	var header struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || decode(parts[0], &header) != nil || decode(parts[1], &s) != nil {
		return s, noJWT
	}
	if header.KeyID != "" && header.KeyID != app.KeyID {
		return s, unknownKey
	}
	if !isSigned(app.Key, header.Algorithm, parts[0]+"."+parts[1], signature) {
		return s, badSignature
	}
	return s, nil
}

func decode(part string, into any) error {
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// isSigned verifies a signature (RFC 7518 sections 3.3 and 3.4). An algorithm has one kind of key, and
// of EC keys one curve.
func isSigned(key crypto.PublicKey, algorithm, text string, signature []byte) bool {
	hashes := map[string]crypto.Hash{"RS256": crypto.SHA256, "ES256": crypto.SHA256, "ES384": crypto.SHA384,
		"ES512": crypto.SHA512}
	curves := map[string]int{"ES256": 256, "ES384": 384, "ES512": 521}
	hash, isKnown := hashes[algorithm]
	if !isKnown {
		return false
	}
	h := hash.New()
	h.Write([]byte(text))
	sum := h.Sum(nil)
	switch k := key.(type) {
	case *rsa.PublicKey:
		return algorithm == "RS256" && rsa.VerifyPKCS1v15(k, hash, sum, signature) == nil
	case *ecdsa.PublicKey:
		size := (k.Curve.Params().BitSize + 7) / 8
		if curves[algorithm] != k.Curve.Params().BitSize || len(signature) != 2*size {
			return false
		}
		r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
		return ecdsa.Verify(k, sum, r, s)
	}
	return false
}

// check judges what an assertion says.
func (s said) check(clientID, tokenURL string, now time.Time) error {
	switch expires := time.Unix(s.Expires, 0); {
	case s.Issuer != clientID || s.Subject != clientID:
		return badIssuer
	case s.Audience != tokenURL:
		return badAudience
	case !now.Before(expires) || expires.Sub(now) > time.Hour || time.Unix(s.IssuedAt, 0).After(now):
		return badTimes
	case s.ID == "":
		return noID
	}
	return nil
}

package assertion

import (
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// life is that of an assertion, which serves for one request. Okta takes up to an hour.
const life = 5 * time.Minute

// claims are those of an assertion (RFC 7523 section 3). aud is a text, as Okta documents it, not
// the list that package jwt of go-jose makes of it.
type claims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
	ID       string `json:"jti"`
}

// Sign makes an assertion that the service app of a client id presents to a token endpoint. Each one
// is another: Okta takes none twice.
func (k *Key) Sign(clientID, tokenURL string, now time.Time) (string, error) {
	body, err := json.Marshal(claims{Issuer: clientID, Subject: clientID, Audience: tokenURL,
		IssuedAt: now.Unix(), Expires: now.Add(life).Unix(), ID: rand.Text()})
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: k.algorithm, Key: jose.JSONWebKey{Key: k.private, KeyID: k.id}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(body)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

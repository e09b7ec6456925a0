package auth

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"strings"
	"time"
)

// Claims are what a token of Access says about itself. None of it is a secret,
// and none of it is verified: the bridge only passes tokens on.
type Claims struct {
	// Issuer is who made the token, such as https://TENANT/SAAS/auth; it names
	// the host that the tenant knows itself by.
	Issuer string
	// ClientID is the OAuth client that the token was made for.
	ClientID string
	// Scope is what the token may be used for, such as "admin".
	Scope string
	// IssuedAt and Expires are by the clock of Access; zero where the token does
	// not tell.
	IssuedAt, Expires time.Time
}

// IssuerHost is the host of the issuer, with the port if there is one, or "".
func (c Claims) IssuerHost() string {
	u, err := url.Parse(c.Issuer)
	if err != nil {
		return ""
	}
	return u.Host
}

// errNoClaims does not quote the token.
var errNoClaims = errors.New("the token is not a JWT with claims")

// ReadClaims decodes the claims of a token, a JWT as Access makes them (recorded
// from a real tenant), without asking anybody. Its error holds nothing of the
// token.
func ReadClaims(token string) (Claims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Claims{}, errNoClaims
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return Claims{}, errNoClaims
	}
	var raw struct {
		Iss, Cid string
		Scp      scopes
		Iat, Exp float64
	}
	if json.Unmarshal(payload, &raw) != nil {
		return Claims{}, errNoClaims
	}
	return Claims{
		Issuer: raw.Iss, ClientID: raw.Cid, Scope: string(raw.Scp),
		IssuedAt: unixTime(raw.Iat), Expires: unixTime(raw.Exp),
	}, nil
}

// scopes is one string with spaces between, as Access writes it, or a list, as
// other servers do.
type scopes string

// UnmarshalJSON reads either form; another one is no scope.
func (s *scopes) UnmarshalJSON(b []byte) error {
	var list []string
	if json.Unmarshal(b, &list) == nil {
		*s = scopes(strings.Join(list, " "))
		return nil
	}
	var text string
	_ = json.Unmarshal(b, &text)
	*s = scopes(text)
	return nil
}

// unixTime reads a NumericDate (RFC 7519 section 2); what is out of all reason
// counts as not told.
func unixTime(seconds float64) time.Time {
	const farthest = 1 << 40
	if !(seconds > 0) || seconds > farthest {
		return time.Time{}
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9))
}

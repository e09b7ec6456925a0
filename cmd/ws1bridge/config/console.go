package config

import (
	"crypto/sha256"
	"errors"
	"net/url"

	"ws1bridge/auth"
	"ws1bridge/auth/loopback"
)

// Console says who may see the console where it can be reached from other machines.
type Console struct {
	// TokenSHA256 is the digest of the token that the console asks for, in hexadecimal form.
	// Optional.
	TokenSHA256 string `koanf:"token_sha256"`
	OIDC        OIDC   `koanf:"oidc"`
}

// OIDC says where people sign in who may see the console (OpenID Connect). Without an issuer
// they do not.
type OIDC struct {
	// Issuer is the URL of the issuer.
	Issuer   string `koanf:"issuer"`
	ClientID string `koanf:"client_id"`
	// ClientSecret may be left out for a client that proves itself by PKCE alone.
	ClientSecret auth.Secret `koanf:"client_secret"`
	// ClientSecretFile names a file that holds it.
	ClientSecretFile string `koanf:"client_secret_file"`
	// Groups are those whose members may see the console. At least one.
	Groups []string `koanf:"groups"`
	// GroupsClaim is where the issuer names them. Default groups.
	GroupsClaim string `koanf:"groups_claim"`
	// URL is that of the console, as browsers reach it. Required.
	URL string `koanf:"url"`
}

// On says that people sign in at an issuer.
func (o *OIDC) On() bool { return o.Issuer != "" }

func (c *Console) check(problems *Problems) {
	if d := c.TokenSHA256; d != "" {
		sum, ok := auth.ReadDigest(d)
		switch {
		case !ok:
			problems.report("console.token_sha256", "must be the SHA-256 digest of a token, 64 hexadecimal digits: "+
				"ws1bridge token new prints both")
		case sum == sha256.Sum256(nil):
			problems.report("console.token_sha256", "is the digest of nothing: ws1bridge token new prints a token "+
				"and its digest")
		}
	}
	c.OIDC.check(problems)
}

func (o *OIDC) check(problems *Problems) {
	if !o.On() {
		if o.ClientID != "" || o.ClientSecret != "" || len(o.Groups) > 0 || o.URL != "" {
			problems.report("console.oidc.issuer", "is required with the other settings of console.oidc: "+
				"where people sign in, such as https://acme.okta.com")
		}
		return
	}
	if err := checkSecureURL(o.Issuer); err != nil {
		problems.report("console.oidc.issuer", "%v, such as https://acme.okta.com", err)
	}
	if err := checkSecureURL(o.URL); err != nil {
		problems.report("console.oidc.url", "%v: the console as browsers reach it, such as https://bridge-ops.example.com; "+
			"the issuer must know it with /oidc/callback after it", err)
	}
	if u, err := url.Parse(o.URL); err == nil && u.Path != "" && u.Path != "/" {
		problems.report("console.oidc.url", "must have no path: the console is at the root of its host")
	}
	if o.ClientID == "" {
		problems.report("console.oidc.client_id", "is required: the id that the issuer gave the console")
	}
	if len(o.Groups) == 0 {
		problems.report("console.oidc.groups", "is required: the groups whose members may see the console")
	}
	if o.GroupsClaim == "" {
		problems.report("console.oidc.groups_claim", "must not be empty: where the issuer names the groups of somebody")
	}
}

// checkSecureURL refuses a URL to which codes and tokens must not travel. Its errors do not quote
// it.
func checkSecureURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("must be a URL without user, query and fragment")
	case u.Scheme != "https" && !(u.Scheme == "http" && loopback.Is(u.Host)):
		return errors.New("must begin with https:// (http is for loopback only)")
	}
	return nil
}

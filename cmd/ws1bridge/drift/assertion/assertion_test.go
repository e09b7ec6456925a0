package assertion

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	return must(t, key, err)
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	return must(t, key, err)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func pkcs8(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return block("PRIVATE KEY", must(t, der, err))
}

func sec1(t *testing.T, key *ecdsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalECPrivateKey(key)
	return block("EC PRIVATE KEY", must(t, der, err))
}

func jwk(t *testing.T, key any, id string) string {
	t.Helper()
	b, err := jose.JSONWebKey{Key: key, KeyID: id, Use: "sig"}.MarshalJSON()
	return string(must(t, b, err))
}

// TestReadKey reads each form of a key, and signs with it by the algorithm of its kind.
func TestReadKey(t *testing.T) {
	long, short := rsaKey(t, 2048), ecKey(t, elliptic.P256())
	const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
	for _, tt := range []struct{ name, text, id, header string }{
		{"RSA as PKCS #8", pkcs8(t, long), "", `{"alg":"RS256","typ":"JWT"}`},
		{"RSA as PKCS #1", block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(long)), "kid-1",
			`{"alg":"RS256","kid":"kid-1","typ":"JWT"}`},
		{"RSA as JWK, with its kid", jwk(t, long, "kid-2"), "", `{"alg":"RS256","kid":"kid-2","typ":"JWT"}`},
		{"a kid that is given wins", jwk(t, long, "kid-2"), "kid-3", `{"alg":"RS256","kid":"kid-3","typ":"JWT"}`},
		{"EC as PKCS #8", pkcs8(t, short), "", `{"alg":"ES256","typ":"JWT"}`},
		{"EC as openssl writes it, with Windows line ends", strings.ReplaceAll(parameters+sec1(t, short), "\n", "\r\n"), "",
			`{"alg":"ES256","typ":"JWT"}`},
		{"EC as JWK", "\n" + jwk(t, short, "") + "\n", "", `{"alg":"ES256","typ":"JWT"}`},
		{"P-384", pkcs8(t, ecKey(t, elliptic.P384())), "", `{"alg":"ES384","typ":"JWT"}`},
		{"P-521", jwk(t, ecKey(t, elliptic.P521()), "kid-4"), "", `{"alg":"ES512","kid":"kid-4","typ":"JWT"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			key, err := ReadKey(tt.text, tt.id)
			signed, err2 := must(t, key, err).Sign("0oa1", "https://acme.okta.com/oauth2/v1/token", time.Now())
			header, _, _ := strings.Cut(must(t, signed, err2), ".")
			got, err := base64.RawURLEncoding.DecodeString(header)
			if err != nil || string(got) != tt.header {
				t.Errorf("the header is %s, %v, want %s", got, err, tt.header)
			}
		})
	}
}

// TestKeysThatAreNone says what to do, and quotes nothing.
func TestKeysThatAreNone(t *testing.T) {
	long, short := rsaKey(t, 2048), ecKey(t, elliptic.P256())
	whole := pkcs8(t, long)
	public, err := x509.MarshalPKIXPublicKey(long.Public())
	der := must(t, public, err)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	ed := must(t, edwards, err)
	const oldForm = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\naHVzaA==\n" +
		"-----END RSA PRIVATE KEY-----\n"
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "is no key"},
		{"garbage", "hush", "is no key"},
		{"a secret of a client", "00hush-client-secret", "is no key"},
		{"half a PEM", whole[:len(whole)/2], "is not the whole key"},
		{"a PEM without line breaks", strings.ReplaceAll(whole, "\n", " "), "with its line breaks"},
		{"a PEM with line breaks written out", strings.ReplaceAll(whole, "\n", `\n`), "with its line breaks"},
		{"a PEM of something else", block("PRIVATE KEY", []byte("hush")), "is not the whole key"},
		{"encrypted as PKCS #8", block("ENCRYPTED PRIVATE KEY", []byte("hush")), "take off its passphrase"},
		{"encrypted in the old form", oldForm, "take off its passphrase"},
		{"a key of OpenSSH", block("OPENSSH PRIVATE KEY", []byte("hush")), "ssh-keygen -p -m PKCS8"},
		{"a public key", block("PUBLIC KEY", der), "is not a private key"},
		{"a certificate", block("CERTIFICATE", []byte("hush")), "is not a private key"},
		{"RSA that is too short", pkcs8(t, rsaKey(t, 1024)), "of 1024 bits: have Okta make another, of at least 2048"},
		{"RSA that is too short, as JWK", jwk(t, rsaKey(t, 1024), ""), "of 1024 bits"},
		{"a curve that has no algorithm", pkcs8(t, ecKey(t, elliptic.P224())), "of a kind that Okta does not take"},
		{"Ed25519", pkcs8(t, ed), "of a kind that Okta does not take"},
		{"Ed25519 as JWK", jwk(t, ed, ""), "of a kind that Okta does not take"},
		{"a symmetric key", jwk(t, []byte("hush"), ""), "of a kind that Okta does not take"},
		{"an unknown kind of JWK", `{"kty":"hush","d":"hush"}`, "of a kind that Okta does not take"},
		{"a public JWK", jwk(t, short.Public(), "hush"), "is not a private key"},
		{"a set of JWKs", `{"keys":[` + jwk(t, short, "hush") + `]}`, "is a set of keys"},
		{"half a JWK", jwk(t, short, "hush")[:40], "is not the whole JWK"},
		{"a JWK without its primes", `{"kty":"RSA","n":"aHVzaA","e":"AQAB","d":"aHVzaA"}`, "lacks something"},
		{"JSON that is no JWK", `{"type":"hush"}`, "lacks something"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadKey(tt.text, "")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if strings.Contains(fmt.Sprint(err), "hush") || strings.Contains(fmt.Sprint(err), "aHVzaA") {
				t.Errorf("the error quotes the key: %v", err)
			}
		})
	}
}

// TestClaims are those that Okta documents, for five minutes, and no two are the same.
func TestClaims(t *testing.T) {
	key, err := ReadKey(pkcs8(t, ecKey(t, elliptic.P256())), "")
	must(t, key, err)
	now, ids := time.Unix(1_800_000_000, 0), map[string]bool{}
	for range 3 {
		signed, err := key.Sign("0oa1", "https://acme.okta.com/oauth2/v1/token", now)
		body, err := base64.RawURLEncoding.DecodeString(strings.Split(must(t, signed, err), ".")[1])
		var got map[string]any
		if err := json.Unmarshal(must(t, body, err), &got); err != nil {
			t.Fatal(err)
		}
		id, _ := got["jti"].(string)
		if len(id) < 20 || ids[id] {
			t.Errorf("the jti is %q, want another", id)
		}
		ids[id] = true
		delete(got, "jti")
		want := "map[aud:https://acme.okta.com/oauth2/v1/token exp:1.8000003e+09 iat:1.8e+09 iss:0oa1 sub:0oa1]"
		if fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

// TestKeysPrintRedacted in each form of package fmt.
func TestKeysPrintRedacted(t *testing.T) {
	key, err := ReadKey(jwk(t, ecKey(t, elliptic.P256()), "kid-of-a-test"), "")
	must(t, key, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if got := fmt.Sprintf(verb, key); got != "[redacted]" {
			t.Errorf("%s is %s, want [redacted]", verb, got)
		}
	}
}

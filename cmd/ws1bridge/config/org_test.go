package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

// TestOrgMistakes are those about who asks Okta's management API.
func TestOrgMistakes(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // too short, to be refused
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	const id, key = "WS1BRIDGE_OKTA_CLIENT_ID=0oahush", "WS1BRIDGE_OKTA_PRIVATE_KEY="
	good := cmdtest.PEM(t, private)
	both := "okta.api_token (WS1BRIDGE_OKTA_API_TOKEN): a service app asks already: drop this token and its file, " +
		"or okta.client_id, okta.private_key, its file and okta.key_id"
	bad := func(reason string) []string {
		return []string{"okta.private_key (WS1BRIDGE_OKTA_PRIVATE_KEY): " + reason}
	}
	tests := []struct {
		name string
		env  []string
		want []string
	}{
		{"a service app", []string{id, key + good, "WS1BRIDGE_OKTA_KEY_ID=hush"}, nil},
		{"a service app with its key in a file", []string{id, key[:len(key)-1] + "_FILE=" + cmdtest.WriteFile(t, good)}, nil},
		{"a service app that compares regularly", []string{id, key + good, "WS1BRIDGE_DRIFT_EVERY=24h",
			"WS1BRIDGE_OKTA_ORG_URL=https://acme.okta.com", "WS1BRIDGE_OKTA_APP_ID=0oa1"}, nil},
		{"a key in the environment wins over its file",
			[]string{id, key + good, key[:len(key)-1] + "_FILE=/hush"}, nil},
		{"a token and a service app", []string{id, key + good, "WS1BRIDGE_OKTA_API_TOKEN=hush"}, []string{both}},
		{"a token and a client id", []string{id, "WS1BRIDGE_OKTA_API_TOKEN=hush"}, []string{both}},
		{"a client id without a key", []string{id}, bad("is required with okta.client_id: the private key of the service " +
			"app, better in the file of okta.private_key_file")},
		{"a key without a client id", []string{key + good}, []string{"okta.client_id (WS1BRIDGE_OKTA_CLIENT_ID): " +
			"is required with okta.private_key: the client id of the service app, which begins with 0oa"}},
		{"ids with white space", []string{id + " ", key + good, "WS1BRIDGE_OKTA_KEY_ID=hush\n"}, []string{
			"okta.client_id (WS1BRIDGE_OKTA_CLIENT_ID): has white space around it",
			"okta.key_id (WS1BRIDGE_OKTA_KEY_ID): has white space around it",
		}},
		{"a key file that is not there", []string{id, key[:len(key)-1] + "_FILE=/hush"}, []string{"okta.private_key_file " +
			"(WS1BRIDGE_OKTA_PRIVATE_KEY_FILE): the file cannot be read: no such file or directory"}},
		{"a key that is garbage", []string{id, key + "hush"}, bad("is no key: give the private key of the service app as " +
			"Okta shows it, as PEM or as JWK")},
		{"a key with a passphrase", []string{id, key + block("ENCRYPTED PRIVATE KEY", []byte("hush"))},
			bad("is encrypted: take off its passphrase (openssl pkey -in KEY -out FILE), and let nobody else read the file")},
		{"a public key", []string{id, key + block("PUBLIC KEY", der)}, bad("is not a private key: give the private key " +
			"that belongs to it, which Okta shows only when it makes it")},
		{"an RSA key that is too short", []string{id, key + cmdtest.PEM(t, small)}, bad("is an RSA key of 1024 bits: have " +
			"Okta make another, of at least 2048")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg, err := Load("", cmdtest.Environ(tt.env...))
			if got := problems(err); !slices.Equal(got, tt.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
			if strings.Contains(fmt.Sprint(err), "hush") {
				t.Errorf("the problem quotes a value: %v", err)
			}
			if err == nil && string(cfg.Okta.PrivateKey) != strings.TrimSpace(good) && string(cfg.Okta.PrivateKey) != good {
				t.Error("the key is not the one that was given")
			}
			if printed := fmt.Sprintf("%+v", cfg); strings.Contains(printed, "PRIVATE KEY") {
				t.Errorf("the key is printed: %s", printed)
			}
		})
	}
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

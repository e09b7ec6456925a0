package config

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

func TestTLS(t *testing.T) {
	authority := cmdtest.NewAuthority(t)
	dir, other := t.TempDir(), t.TempDir()
	authority.Issue(t).Write(t, dir)
	authority.Issue(t, cmdtest.Ends(time.Hour)).Write(t, other)
	cert := "WS1BRIDGE_TLS_CERT_FILE=" + filepath.Join(dir, "cert.pem")
	key := "WS1BRIDGE_TLS_KEY_FILE=" + filepath.Join(dir, "key.pem")
	clients := "WS1BRIDGE_TLS_CLIENT_CA_FILE="
	tests := []struct {
		name    string
		env     []string
		on      bool
		problem string // how it begins
		warning string
	}{
		{name: "plain HTTP"},
		{name: "a pair", env: []string{cert, key}, on: true},
		{name: "authorities of callers", on: true,
			env: []string{cert, key, clients + cmdtest.WriteFile(t, string(authority.PEM))}},
		{name: "no key", env: []string{cert}, on: true,
			problem: "tls.key_file (WS1BRIDGE_TLS_KEY_FILE): is required with tls.cert_file"},
		{name: "no certificate", env: []string{key}, on: true,
			problem: "tls.cert_file (WS1BRIDGE_TLS_CERT_FILE): is required with tls.key_file"},
		{name: "the key of another", on: true,
			env:     []string{cert, "WS1BRIDGE_TLS_KEY_FILE=" + filepath.Join(other, "key.pem")},
			problem: "tls.key_file (WS1BRIDGE_TLS_KEY_FILE): the key and the certificate do not fit"},
		{name: "callers have certificates over plain HTTP", env: []string{clients + filepath.Join(dir, "cert.pem")},
			problem: "tls.client_ca_file (WS1BRIDGE_TLS_CLIENT_CA_FILE): callers have certificates with HTTPS only"},
		{name: "no authority", env: []string{cert, key, clients + cmdtest.WriteFile(t, "")}, on: true,
			problem: "tls.client_ca_file (WS1BRIDGE_TLS_CLIENT_CA_FILE): the file has no certificate of an authority"},
		{name: "it ends soon", on: true, env: []string{"WS1BRIDGE_TLS_CERT_FILE=" + filepath.Join(other, "cert.pem"),
			"WS1BRIDGE_TLS_KEY_FILE=" + filepath.Join(other, "key.pem")},
			warning: "tls.cert_file (WS1BRIDGE_TLS_CERT_FILE): the certificate ends on "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env := cmdtest.Environ(tt.env...)
			cfg, problems := Examine("", env)
			if cfg.TLS.On() != tt.on {
				t.Errorf("HTTPS is on: %t", cfg.TLS.On())
			}
			checkOne(t, "problem", problems, tt.problem)
			checkOne(t, "warning", cfg.Warnings(env), tt.warning)
		})
	}
}

// checkOne checks that there is one that begins so, or none if nothing is wanted.
func checkOne(t *testing.T, what string, got Problems, want string) {
	t.Helper()
	if want == "" && len(got) > 0 || want != "" && (len(got) != 1 || !strings.HasPrefix(got[0].Error(), want)) {
		t.Errorf("the %s is %v, want %q", what, got, want)
	}
}

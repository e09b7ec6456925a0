package config

import (
	"os"
	"path/filepath"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

func TestACME(t *testing.T) {
	const (
		domains, cache = "WS1BRIDGE_TLS_ACME_DOMAINS=", "WS1BRIDGE_TLS_ACME_CACHE="
		ofDomains      = "tls.acme.domains (WS1BRIDGE_TLS_ACME_DOMAINS): "
		ofCache        = "tls.acme.cache (WS1BRIDGE_TLS_ACME_CACHE): "
		ofURL          = "tls.acme.directory_url (WS1BRIDGE_TLS_ACME_DIRECTORY_URL): must look like https://"
		url            = "WS1BRIDGE_TLS_ACME_DIRECTORY_URL="
	)
	folder := t.TempDir()
	file := cmdtest.WriteFile(t, "")
	good := []string{domains + "bridge.example.com,bücher.example", cache + folder}
	tests := []struct {
		name    string
		env     []string
		problem string // how it begins
	}{
		{name: "domains and a folder", env: good},
		{name: "all of it", env: append(good, url+"https://acme.example.com:14000/dir",
			"WS1BRIDGE_TLS_ACME_EMAIL=ada@example.com",
			"WS1BRIDGE_TLS_ACME_CA_FILE="+cmdtest.WriteFile(t, string(cmdtest.NewAuthority(t).PEM)))},
		{name: "no folder", env: good[:1], problem: ofCache + "is required"},
		{name: "no domains", env: good[1:], problem: ofDomains + "is required"},
		{name: "an address instead of a domain", env: []string{domains + "https://bridge.example.com", good[1]},
			problem: ofDomains + "must be host names"},
		{name: "a port", env: []string{domains + "bridge.example.com:443", good[1]},
			problem: ofDomains + "must be host names"},
		{name: "a wildcard", env: []string{domains + "*.example.com", good[1]}, problem: ofDomains + "must be host names"},
		{name: "a dot at the end", env: []string{domains + "bridge.example.com.", good[1]},
			problem: ofDomains + "must be host names"},
		{name: "a folder that is not there", env: []string{good[0], cache + filepath.Join(folder, "none")},
			problem: ofCache + "there is no such folder"},
		{name: "a file instead of a folder", env: []string{good[0], cache + file}, problem: ofCache + "must be a folder"},
		{name: "a file on the way to the folder", env: []string{good[0], cache + file + "/folder"},
			problem: ofCache + "the folder cannot be read: not a directory"},
		{name: "plain http", env: append(good, url+"http://acme.example.com/dir"), problem: ofURL},
		{name: "no URL", env: append(good, url+"letsencrypt"), problem: ofURL},
		{name: "a name with the address of e-mail", env: append(good, "WS1BRIDGE_TLS_ACME_EMAIL=Ada <ada@example.com>"),
			problem: "tls.acme.email (WS1BRIDGE_TLS_ACME_EMAIL): must be one address"},
		{name: "no authority", env: append(good, "WS1BRIDGE_TLS_ACME_CA_FILE="+file),
			problem: "tls.acme.ca_file (WS1BRIDGE_TLS_ACME_CA_FILE): the file has no certificate of an authority"},
		{name: "files too", env: append(good, "WS1BRIDGE_TLS_CERT_FILE="+file, "WS1BRIDGE_TLS_KEY_FILE="+file),
			problem: ofDomains + "the certificate comes from files or by ACME, not both"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env := cmdtest.Environ(tt.env...)
			cfg, problems := Examine("", env)
			checkOne(t, "problem", problems, tt.problem)
			checkOne(t, "warning", cfg.Warnings(env), "")
			if tt.problem == "" && (!cfg.TLS.On() || cfg.TLS.ACME.DirectoryURL == "") {
				t.Errorf("HTTPS is %t, by ACME of %q", cfg.TLS.On(), cfg.TLS.ACME.DirectoryURL)
			}
		})
	}
}

// TestLockedCache has a folder that the bridge may not write into. Root may do anything.
func TestLockedCache(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root writes everywhere")
	}
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o500); err != nil { //nolint:gosec // that it cannot be written is the point
		t.Fatal(err)
	}
	if got, want := checkCache(folder), "the bridge cannot write into the folder: permission denied"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

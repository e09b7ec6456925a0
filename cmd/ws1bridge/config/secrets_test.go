package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

const (
	noSecret = "WS1BRIDGE_ACCESS_CLIENT_SECRET="
	noTokens = "WS1BRIDGE_OKTA_TOKENS="
	jwt      = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJodXNoIn0.aHVzaA"
)

// TestSecretsAsTheyArePasted has them in a file or in a variable: refused where they
// cannot be meant, told where they may.
func TestSecretsAsTheyArePasted(t *testing.T) {
	const secret, tokens = "WS1BRIDGE_ACCESS_CLIENT_SECRET", "WS1BRIDGE_OKTA_TOKENS"
	long := strings.Repeat("hush", maxSecretFile)
	tests := []struct {
		name, variable, text string
		problem, warning     string
	}{
		{"a secret", secret + "_FILE", "hush-client-secret\r\n", "", ""},
		{"a secret from Notepad", secret + "_FILE", "\ufeffhush", "the file begins with a byte order mark", ""},
		{"a secret from PowerShell", secret + "_FILE", "\xff\xfeh\x00u\x00", "the file is UTF-16", ""},
		{"UTF-16 of the other order", secret + "_FILE", "\xfe\xff\x00h\x00u", "the file is UTF-16", ""},
		{"UTF-16 without a mark", secret + "_FILE", "h\x00u\x00s\x00h\x00", "the file has zero bytes in it", ""},
		{"two lines", secret + "_FILE", "hush\nhush\n", "has more than one line", ""},
		{"two lines in a variable", secret, "hush\nhush", "has more than one line", ""},
		{"a mark in a variable", secret, "\ufeffhush", "begins with a byte order mark", ""},
		{"a control character", secret, "hush\x1b[0m", "has a control character", ""},
		{"more than a secret has", secret + "_FILE", long, "larger than 64 KiB", ""},
		{"quotes of an env file", secret, `"hush-client-secret"`, "", "a quotation mark"},
		{"quotes of a word processor", secret, "“hush-client-secret”", "", "a quotation mark"},
		{"a letter that is not ASCII", secret, "hush\u200bclient-secret", "", "not ASCII"},
		{"a token instead of a secret", secret + "_FILE", jwt + "\n", "", "a JSON Web Token"},
		{"tokens, one a line", tokens + "_FILE", "hush-token-of-okta\nhush-token-of-others\n", "", ""},
		{"tokens from Notepad", tokens + "_FILE", "\ufeffhush-token-of-okta", "the file begins with a byte order mark", ""},
		{"two lines of tokens in a variable", tokens, "hush-token-of-okta\nhush", "more than one line; put commas", ""},
		{"a token in quotes", tokens, "hush-token-of-others,'hush-token-of-okta'", "",
			"token 2 of 2: it has a quotation mark"},
		{"a short token", tokens, "hush", "", "short enough to be guessed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env := cmdtest.Environ(tt.variable + "=" + tt.text)
			if name, inFile := strings.CutSuffix(tt.variable, "_FILE"); inFile {
				env = cmdtest.Environ(name+"=", tt.variable+"="+cmdtest.WriteFile(t, tt.text))
			}
			cfg, problems := Examine("", env)
			warnings := cfg.Warnings(env)
			if len(problems) > 1 {
				t.Errorf("one mistake is told as %v", problems)
			}
			if tt.problem == "" && len(problems) > 0 || !strings.Contains(problems.Error(), tt.problem) {
				t.Errorf("problems = %v, want %q", problems, tt.problem)
			}
			if tt.problem+tt.warning == "" && len(warnings) > 0 || !strings.Contains(warnings.Error(), tt.warning) {
				t.Errorf("warnings = %v, want %q", warnings, tt.warning)
			}
			if strings.Contains(fmt.Sprint(problems, warnings), "hush") {
				t.Errorf("a message quotes the secret: %v %v", problems, warnings)
			}
		})
	}
}

// TestSecretFilesThatAreNone has a FIFO that nobody writes to: the start must not
// wait for it.
func TestSecretFilesThatAreNone(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fifo, t.TempDir(), "/dev/null"} {
		_, problems := Examine("", cmdtest.Environ(noSecret, "WS1BRIDGE_ACCESS_CLIENT_SECRET_FILE="+path,
			noTokens, "WS1BRIDGE_OKTA_TOKENS_FILE="+path))
		if got := strings.Count(problems.Error(), "it is not a regular file"); got != 2 {
			t.Errorf("%s: %v", path, problems)
		}
	}
}

// TestConfigurationThatIsNoFile has one that nobody writes to, and one without an end.
func TestConfigurationThatIsNoFile(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		fifo: "it is not a regular file", t.TempDir(): "it is not a regular file", "/dev/zero": "it is not a regular file",
		cmdtest.WriteFile(t, strings.Repeat("#", maxFile+1)): "larger than 4096 KiB",
	} {
		if _, problems := Examine(path, cmdtest.Environ()); !strings.Contains(problems.Error(), want) {
			t.Errorf("%s: %v, want %q", path, problems, want)
		}
	}
}

// TestTenantIsSchemeAndHost keeps what else is in the URL from being shown.
func TestTenantIsSchemeAndHost(t *testing.T) {
	cfg, err := Load("", cmdtest.Environ("WS1BRIDGE_ACCESS_URL=https://t.example.com:8443/SAAS/?key=hush#hush"))
	if err != nil || cfg.Access.URL != "https://t.example.com:8443" {
		t.Errorf("access.url = %q, %v, want scheme and host", cfg.Access.URL, err)
	}
}

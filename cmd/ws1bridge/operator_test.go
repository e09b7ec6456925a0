package main

import (
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

// operator runs commands against a tenant of its own.
type operator struct {
	access *accesstest.Running
	env    []string
}

// newOperator starts a tenant. The changes are to the environment of commands.
func newOperator(t *testing.T, cfg accesstest.Config, changes ...string) *operator {
	t.Helper()
	cfg.ClientID, cfg.ClientSecret = "bridge", cmdtest.Secret
	if cfg.Domains == nil {
		cfg.Domains = []string{"acme.com"}
	}
	access := accesstest.Start(t, cfg)
	return &operator{access: access, env: append(cmdtest.Environ("WS1BRIDGE_ACCESS_URL="+access.URL), changes...)}
}

// told is what a command printed and how it ended.
type told struct {
	code           int
	stdout, stderr string
}

func (o *operator) run(t *testing.T, args ...string) told {
	t.Helper()
	r := start(t, o.env, args...)
	return told{r.end(t), r.stdout.String(), r.stderr.String()}
}

// expect runs a command and checks its exit code and that it says each of these.
func (o *operator) expect(t *testing.T, code int, args []string, says ...string) told {
	t.Helper()
	got := o.run(t, args...)
	if got.code != code {
		t.Errorf("%v ended with %d, want %d:\n%s%s", args, got.code, code, got.stdout, got.stderr)
	}
	for _, text := range says {
		if !strings.Contains(got.stdout+got.stderr, text) {
			t.Errorf("%v does not say %q:\n%s%s", args, text, got.stdout, got.stderr)
		}
	}
	for _, hidden := range []string{cmdtest.Secret, cmdtest.Token, "eyJ"} {
		if strings.Contains(got.stdout+got.stderr, hidden) {
			t.Errorf("%v shows %q", args, hidden)
		}
	}
	return got
}

func words(s string) []string { return strings.Fields(s) }

package endurance

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

// quickStartPorts are those that the README's quick start uses.
var quickStartPorts = []string{"127.0.0.1:8443", "127.0.0.1:8444", "127.0.0.1:8080", "127.0.0.1:9090"}

// TestQuickStart pastes the README's quick start into ten fresh shells, at once: nobody
// waits between the lines for what was started before.
func TestQuickStart(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "make"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed")
		}
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```sh\n(make build\n.*?)```").FindSubmatch(readme)
	if block == nil {
		t.Fatal("the README has no quick start")
	}
	for range 10 {
		for _, port := range quickStartPorts {
			mustBeFree(t, port)
		}
		paste(t, string(block[1]))
	}
}

// mustBeFree skips the test where something else has a port.
func mustBeFree(t *testing.T, address string) {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("%s is in use", address)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
}

// paste runs lines in a shell that knows nothing, and ends what they started.
func paste(t *testing.T, lines string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), cmdtest.Patience)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "bash", "-s")
	cmd.Dir = filepath.Join("..", "..", "..")
	cmd.Stdin = strings.NewReader(lines + "\necho \"ends with $?\"\nkill %1 %2\nwait\n")
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	for _, want := range []string{"Created the directory Okta", "Written, read back and compared.",
		`"userName":"ada@acme.com"`, "Log-in as this person in acme.com: verified", "ends with 0"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the paste lacks %q (%v):\n%s", want, err, out.String())
		}
	}
	if strings.Contains(out.String(), "✗") {
		t.Errorf("the paste has a mistake:\n%s", out.String())
	}
	for _, kept := range must(filepath.Glob(filepath.Join(cmd.Dir, "login-*.json"))) {
		_ = os.Remove(kept)
	}
}

func must(names []string, _ error) []string { return names }

package deploy

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const unit = "../systemd/ws1bridge.service"

// directives are those of the unit, in order, by name.
func directives(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for line := range strings.Lines(readFile(t, unit)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(name, "#") {
			found[name] = append(found[name], value)
		}
	}
	return found
}

// TestUnit has systemd read the unit and judge how exposed it is, from 0 to 100.
func TestUnit(t *testing.T) {
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	// The program must be there; on this machine it is elsewhere.
	file := filepath.Join(t.TempDir(), "ws1bridge.service")
	const installed = "/usr/local/bin/ws1bridge"
	text := readFile(t, unit)
	if !strings.Contains(text, "ExecStart="+installed+" ") {
		t.Fatalf("the unit does not start %s", installed)
	}
	must(t, os.WriteFile(file, []byte(strings.ReplaceAll(text, installed, program)), 0o600))
	if out, problems, err := run(t, os.Environ(), tool, "verify", file); err != nil || out+problems != "" {
		t.Errorf("%v: %s%s", err, out, problems)
	}
	const most = "12"
	out, problems, err := run(t, os.Environ(), tool, "security", "--no-pager", "--offline=true", "--threshold="+most, file)
	if err != nil {
		t.Errorf("%v: %s%s", err, out, problems)
	}
}

// installed is what the unit makes the bridge see, with a folder in place of /etc/ws1bridge.
func installed(t *testing.T, config string) (env []string) {
	t.Helper()
	folder, credentials := t.TempDir(), t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "config.yaml"), []byte(config), 0o600))
	for _, credential := range directives(t)["LoadCredential"] {
		name, path, _ := strings.Cut(credential, ":")
		if !strings.HasPrefix(path, etc+"/credentials/") {
			t.Errorf("the credential %s is in %s", name, path)
		}
		must(t, os.WriteFile(filepath.Join(credentials, name), []byte("made-up-secret-"+name), 0o600))
	}
	for _, variable := range directives(t)["Environment"] {
		env = append(env, strings.NewReplacer("%d", credentials, etc, folder).Replace(variable))
	}
	return env
}

const settings = `
access: {url: "https://example.workspaceoneaccess.com", client_id: OktaBridge}
domains: {default: acme.com}
`

func TestUnitHandsOverTheConfiguration(t *testing.T) {
	out, problems, err := run(t, installed(t, settings), program, "config", "check")
	if err != nil || !strings.Contains(out, "The configuration is OK") || strings.Contains(out, "Warning") {
		t.Errorf("%v: %s%s", err, out, problems)
	}
}

// TestUnitGivesUpOnMistakes compares the exit code of a bridge that cannot be configured
// with that for which the unit makes no other attempt.
func TestUnitGivesUpOnMistakes(t *testing.T) {
	args := strings.Fields(directives(t)["ExecStart"][0])[1:]
	_, problems, err := run(t, installed(t, settings+"log: {level: loud}\n"), program, args...)
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || !slices.Contains(directives(t)["RestartPreventExitStatus"], strconv.Itoa(exit.ExitCode())) {
		t.Errorf("the bridge ends with %v: %s", err, problems)
	}
}

func TestUnitWaitsForTheEnd(t *testing.T) {
	period, err := time.ParseDuration(directives(t)["TimeoutStopSec"][0])
	must(t, err)
	const delay = 30 * time.Second
	if least := delay + drain(t) + 5*time.Second; period < least {
		t.Errorf("systemd waits for %v, want at least %v", period, least)
	}
}

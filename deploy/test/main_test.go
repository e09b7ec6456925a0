package deploy

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files and the manifests")

const (
	root    = "../.."
	chart   = "../helm/ws1bridge"
	release = "ws1bridge"
)

// What TestMain makes for all tests.
var (
	// program is the bridge.
	program string
	// fixedChart is the chart with rules that do not change.
	fixedChart string
)

func TestMain(m *testing.M) {
	code, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code) //nolint:forbidigo // the end of the tests
}

func runAll(m *testing.M) (code int, err error) {
	flag.Parse()
	if os.Getenv("HELM") == "" {
		return 0, errors.New("HELM names no program: run make deploy-test, or set HELM to the path of a helm")
	}
	dir, err := os.MkdirTemp("", "deploy-test-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	program, fixedChart = filepath.Join(dir, "ws1bridge"), filepath.Join(dir, "chart")
	build := exec.Command("go", "build", "-o", program, "./cmd/ws1bridge")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build the bridge: %w: %s", err, out)
	}
	rules, err := os.ReadFile("testdata/rules.yaml")
	if err != nil {
		return 0, err
	}
	if err := copyChart(fixedChart, rules); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// copyChart makes a chart that is the chart but for its rules. Without any it has none.
func copyChart(to string, rules []byte) error {
	if err := os.CopyFS(to, os.DirFS(chart)); err != nil {
		return err
	}
	name := filepath.Join(to, "rules.yaml")
	if rules == nil {
		return os.RemoveAll(name)
	}
	return os.WriteFile(name, rules, 0o600)
}

// run runs a tool, and returns both of its outputs.
func run(t *testing.T, env []string, tool string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, tool, args...) //nolint:gosec // HELM names the tool; G702
	cmd.Env = env
	var out, problems strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &problems
	err = cmd.Run()
	return out.String(), problems.String(), err
}

// helm runs Helm, which asks no cluster and reads nothing of the user's.
func helm(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	home := t.TempDir()
	return run(t, []string{"HOME=" + home, "KUBECONFIG=" + home + "/none"}, os.Getenv("HELM"), args...)
}

// template renders a chart. What it prints on failure is the error.
func template(t *testing.T, chart string, args ...string) (string, error) {
	t.Helper()
	out, problems, err := helm(t, append([]string{"template", release, chart, "--namespace", "identity"}, args...)...)
	if err != nil {
		return "", errors.New(problems)
	}
	return out, nil
}

// must ends the test at an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	must(t, err)
	return string(b)
}

// golden compares got with a file, or rewrites the file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		must(t, os.MkdirAll(filepath.Dir(name), 0o750))
		must(t, os.WriteFile(name, []byte(got), 0o600))
		return
	}
	want, err := os.ReadFile(name)
	must(t, err)
	if got != string(want) {
		t.Errorf("%s is not what the chart renders: %s\n(make deploy-update rewrites it)", name,
			firstDifference(got, string(want)))
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("from line %d on\ngot\n%s\nwant\n%s", i+1, some(g, i), some(w, i))
		}
	}
	return "no difference"
}

// some are a few lines.
func some(lines []string, from int) string {
	return strings.Join(lines[min(from, len(lines)):min(from+5, len(lines))], "\n")
}

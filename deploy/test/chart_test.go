package deploy

import (
	"path/filepath"
	"strings"
	"testing"
)

// valueSets are the sets of values that tests render, by name.
func valueSets(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/values/*.yaml")
	must(t, err)
	if len(files) < 6 {
		t.Fatalf("there are only %d sets of values", len(files))
	}
	sets := map[string]string{}
	for _, file := range files {
		sets[strings.TrimSuffix(filepath.Base(file), ".yaml")] = file
	}
	return sets
}

// render renders the chart with a set of values.
func render(t *testing.T, name string, args ...string) []object {
	t.Helper()
	manifests, err := template(t, fixedChart, append([]string{"--values", valueSets(t)[name]}, args...)...)
	must(t, err)
	found, err := objects(manifests)
	must(t, err)
	return found
}

// renderAll renders the chart with each set.
func renderAll(t *testing.T) map[string][]object {
	t.Helper()
	rendered := map[string][]object{}
	for name := range valueSets(t) {
		rendered[name] = render(t, name)
	}
	return rendered
}

func TestGolden(t *testing.T) {
	for name, values := range valueSets(t) {
		t.Run(name, func(t *testing.T) {
			if out, problems, err := helm(t, "lint", "--strict", fixedChart, "--values", values); err != nil {
				t.Errorf("helm lint: %s%s", out, problems)
			}
			got, err := template(t, fixedChart, "--values", values)
			must(t, err)
			if _, err := objects(got); err != nil {
				t.Error(err)
			}
			golden(t, "testdata/golden/"+name+".yaml", got)
		})
	}
}

// TestNotes renders what Helm prints after the installation.
func TestNotes(t *testing.T) {
	for _, name := range []string{"minimal", "ingress", "tls"} {
		t.Run(name, func(t *testing.T) {
			out, problems, err := helm(t, "install", release, fixedChart, "--namespace", "identity", "--dry-run=client",
				"--values", valueSets(t)[name])
			if err != nil {
				t.Fatal(problems)
			}
			_, notes, found := strings.Cut(out, "\nNOTES:\n")
			if !found {
				t.Fatalf("no notes in %s", out)
			}
			golden(t, "testdata/golden/notes-"+name+".txt", notes)
		})
	}
}

// TestRules renders the rules that the chart really has.
func TestRules(t *testing.T) {
	manifests, err := template(t, chart, "--values", valueSets(t)["monitoring"])
	must(t, err)
	if _, err := objects(manifests); err != nil {
		t.Error(err)
	}
}

func TestWithoutRules(t *testing.T) {
	tests := []struct {
		name  string
		rules []byte
	}{
		{"no file", nil},
		{"a file without groups", []byte("rules: []\n")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bare := filepath.Join(t.TempDir(), "chart")
			must(t, copyChart(bare, tt.rules))
			const want = "its file rules.yaml is missing or has no groups"
			if _, err := template(t, bare, "--values", valueSets(t)["monitoring"]); err == nil ||
				!strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
			if _, err := template(t, bare, "--values", valueSets(t)["minimal"]); err != nil {
				t.Errorf("without alerts: %v", err)
			}
		})
	}
}

package deploy

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// pinned matches a step that runs an action: its commit decides, its version is for people.
var pinned = regexp.MustCompile(`uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

// workflow is what the test looks at.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		Timeout int `json:"timeout-minutes"`
		Steps   []struct {
			Uses string
			With map[string]any
		}
	}
}

// flaws are what could let others into a workflow, or let it run for hours.
func flaws(content string) (found []string) {
	for line := range strings.Lines(content) {
		if line = strings.TrimSpace(line); strings.Contains(line, "uses:") && !pinned.MatchString(line) {
			found = append(found, "no commit and version: "+line)
		}
	}
	var w workflow
	if err := yaml.Unmarshal([]byte(content), &w); err != nil {
		return append(found, err.Error())
	}
	if !maps.Equal(w.Permissions, map[string]string{"contents": "read"}) {
		found = append(found, fmt.Sprintf("each job may do %v", w.Permissions))
	}
	for name, job := range w.Jobs {
		if job.Timeout == 0 {
			found = append(found, name+" has no timeout-minutes")
		}
		for _, step := range job.Steps {
			keeps := step.With["persist-credentials"] != false
			if strings.HasPrefix(step.Uses, "actions/checkout@") && keeps {
				found = append(found, name+" keeps the token on disk")
			}
		}
	}
	slices.Sort(found)
	return found
}

func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob(root + "/.github/workflows/*.y*ml")
	must(t, err)
	if len(files) < 2 {
		t.Fatalf("found only %q", files)
	}
	for _, file := range files {
		for _, flaw := range flaws(readFile(t, file)) {
			t.Errorf("%s: %s", filepath.Base(file), flaw)
		}
	}
}

// TestWorkflowFlaws makes sure that the check above can fail.
func TestWorkflowFlaws(t *testing.T) {
	good := readFile(t, root+"/.github/workflows/ci.yaml")
	const checkout = "checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
	for want, change := range map[string][2]string{
		"no commit and version: - uses: actions/checkout@v6": {checkout, "checkout@v6"},
		"each job may do map[contents:write]":                {"contents: read", "contents: write"},
		"run has no timeout-minutes":                         {"    timeout-minutes: 90\n", ""},
		"run keeps the token on disk":                        {"persist-credentials: false", "fetch-depth: 0"},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if got := flaws(bad); bad == good || !slices.Contains(got, want) {
			t.Errorf("got %q, want %s", got, want)
		}
	}
}

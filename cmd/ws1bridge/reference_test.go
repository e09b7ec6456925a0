package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/trace"
	"ws1bridge/scim/translate"
)

const reference = "../../deploy/configuration.md"

// TestReferenceTable keeps the default table of attributes what it is.
func TestReferenceTable(t *testing.T) {
	const begin, end = "-update -->\n", "<!-- end -->"
	text := readFile(t, reference)
	before, rest, ok := strings.Cut(text, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("the marks of the table are gone")
	}
	tr, err := translate.New(translate.Config{DefaultDomain: "acme.com"})
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("\n| SCIM | Access | |\n|---|---|---|\n")
	for _, p := range tr.Pairs() {
		fmt.Fprintf(&table, "| `%s` | `%s` | %s |\n", p.SCIM, p.Access, trace.Particulars(p))
	}
	want := before + begin + table.String() + "\n" + end + after
	if *update {
		if err := os.WriteFile(reference, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text != want {
		t.Error("the default table of attributes is not that of the code (-update rewrites it)")
	}
}

// TestReferenceExamples loads each example as the configuration of a bridge.
func TestReferenceExamples(t *testing.T) {
	examples := regexp.MustCompile("(?s)\n## Example: ([^\n]+)\n.*?```yaml\n(.*?)```").FindAllStringSubmatch(readFile(t,
		reference), -1)
	var names []string
	for _, example := range examples {
		names = append(names, example[1])
		t.Run(example[1], func(t *testing.T) {
			secrets := cmdtest.WriteFile(t, cmdtest.Token)
			file := cmdtest.WriteFile(t, regexp.MustCompile(`/run/secrets/\w+`).ReplaceAllString(example[2], secrets))
			cfg, err := config.Load(file, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := newBridge(cfg, dryRun{}, zap.NewNop(), zap.NewAtomicLevel()); err != nil {
				t.Fatal(err)
			}
		})
	}
	if want := []string{"the renamed tenant", "two domains", "what Workspace ONE UEM needs",
		"a tenant attribute"}; !slices.Equal(names, want) {
		t.Errorf("there are the examples %q, want %q", names, want)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

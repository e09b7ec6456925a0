package main

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ws1bridge/scim/translate"
)

const reference = "../../deploy/configuration.md"

// keysOf are the YAML keys of a configuration, with [] after lists of sections.
func keysOf(t reflect.Type, prefix string) (keys []string) {
	for field := range t.Fields() {
		name, ok := field.Tag.Lookup("koanf")
		if !ok {
			continue
		}
		key := prefix + name
		switch kind := field.Type; {
		case kind.Kind() == reflect.Struct:
			keys = append(keys, keysOf(kind, key+".")...)
		case kind.Kind() == reflect.Slice && kind.Elem().Kind() == reflect.Struct:
			keys = append(append(keys, key), keysOf(kind.Elem(), key+"[].")...)
		default:
			keys = append(keys, key)
		}
	}
	return keys
}

// TestReferenceIsComplete checks the table of settings against the code, both
// ways, and the table of attributes against that in force.
func TestReferenceIsComplete(t *testing.T) {
	text := readFile(t, reference)
	_, rest, _ := strings.Cut(text, "\n## Settings\n")
	section, _, _ := strings.Cut(rest, "\n## ")
	documented := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (?:–|`([A-Z0-9_]+)`) \\|").FindAllStringSubmatch(section, -1) {
		documented[row[1]] = row[2]
	}
	variables := map[string]string{}
	for _, s := range settings() {
		variables[s.key] = s.variable
	}
	for _, key := range keysOf(reflect.TypeFor[Config](), "") {
		if variable, ok := documented[key]; !ok || variable != variables[key] {
			t.Errorf("%s is documented: %t, with the variable %q, want %q", key, ok, variable, variables[key])
		}
		delete(documented, key)
	}
	for key := range documented {
		t.Errorf("%s is documented, and there is no such setting", key)
	}
	for _, preset := range translate.Presets() {
		if !strings.Contains(text, "`"+preset+"`") {
			t.Errorf("the preset %s is not documented", preset)
		}
	}
}

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
	for _, row := range pairRows(tr)[1:] {
		_, _ = fmt.Fprintf(&table, "| `%s` | `%s` | %s |\n", row[0], row[1], row[2])
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
	examples := regexp.MustCompile("(?s)\n## Example: ([^\n]+)\n.*?```yaml\n(.*?)```").FindAllStringSubmatch(readFile(t, reference), -1)
	var names []string
	for _, example := range examples {
		names = append(names, example[1])
		t.Run(example[1], func(t *testing.T) {
			secrets := writeFile(t, testToken)
			file := writeFile(t, regexp.MustCompile(`/run/secrets/\w+`).ReplaceAllString(example[2], secrets))
			cfg, err := loadConfig(file, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := newBridge(cfg, newLogger(discard{}, "error")); err != nil {
				t.Fatal(err)
			}
		})
	}
	if want := []string{"the renamed tenant", "two domains", "what Workspace ONE UEM needs", "a tenant attribute"}; !slices.Equal(names, want) {
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

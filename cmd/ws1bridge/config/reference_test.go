package config

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"ws1bridge/upstream"
)

// TestReferenceIsComplete checks the table of settings against the code, both
// ways, and the table of attributes against that in force.
func TestReferenceIsComplete(t *testing.T) {
	b, err := os.ReadFile("../../../deploy/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	_, rest, _ := strings.Cut(text, "\n## Settings\n")
	section, _, _ := strings.Cut(rest, "\n## ")
	documented := map[string]string{}
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (?:–|`([A-Z0-9_]+)`) \\|")
	for _, row := range rows.FindAllStringSubmatch(section, -1) {
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
	for _, preset := range upstream.OldHosts() {
		if !strings.Contains(text, "`"+preset+"`") {
			t.Errorf("the preset %s is not documented", preset)
		}
	}
}

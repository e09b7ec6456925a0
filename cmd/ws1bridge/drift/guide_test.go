package drift_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/drift"
)

// TestGuide has a row for each kind, with what to do about it.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile("../../../deploy/guides/drift.md")
	must(t, err)
	rows := map[string]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|]+) \|.*\| ([^|]+) \|$`).FindAllStringSubmatch(string(guide), -1) {
		rows[row[1]] = strings.ReplaceAll(row[2], "*", "")
	}
	for _, kind := range drift.Kinds {
		if got := rows[string(kind)]; got != kind.Fix() || got == "" {
			t.Errorf("the guide says %q of %s, want %q", got, kind, kind.Fix())
		}
	}
}

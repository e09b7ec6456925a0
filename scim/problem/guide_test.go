package problem_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"ws1bridge/scim/problem"
)

var update = flag.Bool("update", false, "write the tables of the guide")

const guide = "../../deploy/guides/troubleshooting.md"

// TestGuide holds the tables of the guide against the catalog: every sentence
// that can be in the detail of an answer has its row there, with cause and fix.
func TestGuide(t *testing.T) {
	b, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	head, have, ok := strings.Cut(string(b), "## By message\n")
	if !ok {
		t.Fatal("the guide has no section By message")
	}
	want := tables()
	if *update {
		if err := os.WriteFile(guide, []byte(head+"## By message\n"+want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have != want {
		t.Errorf("the guide is not as the catalog says: go test ./scim/problem -run Guide -update writes it")
	}
}

func tables() string {
	var okta, others strings.Builder
	for _, e := range problem.Entries() {
		if e.Cause == "" {
			fmt.Fprintf(&others, "| %d | %s | %s |\n", e.Status, code(e.Sentence()), e.Fix)
			continue
		}
		fmt.Fprintf(&okta, "| %d | %s | %s | %s |\n", e.Status, code(e.Sentence()), e.Cause, e.Fix)
	}
	return "`…` stands for what differs from case to case. The table is complete: it is made from the program.\n\n" +
		"| status | message | cause | fix |\n|---|---|---|---|\n" + okta.String() +
		"\n## Messages for other programs\n" +
		"Okta does not provoke these. They tell the authors of another program what to correct in its requests.\n\n" +
		"| status | message | what to do |\n|---|---|---|\n" + others.String()
}

// code is a sentence as it is in a cell.
func code(sentence string) string { return "`" + strings.ReplaceAll(sentence, "|", `\|`) + "`" }

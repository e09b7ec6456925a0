package problem_test

import (
	"net/http"
	"strings"
	"testing"

	"ws1bridge/scim/problem"
)

func TestEntries(t *testing.T) {
	entries := problem.Entries()
	if len(entries) < 90 {
		t.Fatalf("the catalog has %d entries only", len(entries))
	}
	seen := map[string]bool{}
	for _, e := range entries {
		sentence := e.Sentence()
		switch {
		case seen[sentence]:
			t.Errorf("there twice: %s", sentence)
		case e.Status < 400 || e.Status > 501 || !strings.HasSuffix(sentence, ".") && !strings.HasSuffix(sentence, "…"):
			t.Errorf("%d is no status, or this no sentence: %s", e.Status, sentence)
		case (e.Class != "") != (e.Status == http.StatusConflict):
			t.Errorf("only a conflict has a class, and each has one: %s", sentence)
		case e.Cause != "" && e.Fix == "":
			t.Errorf("has no fix: %s", sentence)
		case strings.Contains(sentence, "%!"), strings.Contains(strings.ReplaceAll(sentence, "as % and", ""), "%"):
			t.Errorf("has a verb that is not known: %s", sentence)
		}
		seen[sentence] = true
	}
}

// TestVerbs makes an error of every shape and looks that each fact found its place.
func TestVerbs(t *testing.T) {
	for _, e := range []*problem.Error{
		problem.NoMe(), problem.QueryString(), problem.ReadOnly("id"), problem.TooManyValues("emails", 100),
		problem.MethodNotAllowed("TRACE", "GET"), problem.UserNameTaken("u1", "ada", true),
		problem.SeveralDirectories("acme.com"),
	} {
		if strings.Contains(e.Detail, "%!") || strings.Contains(e.Detail, "%%") {
			t.Errorf("got %s", e.Detail)
		}
	}
}

func TestOktaRepeats(t *testing.T) {
	const repeats = "Okta will repeat the request by itself."
	if e := problem.CircuitOpen(); e.Status != http.StatusTooManyRequests || !strings.HasSuffix(e.Detail, repeats) {
		t.Errorf("got %d %s", e.Status, e.Detail)
	}
	if e := problem.ReadOnly("id"); strings.Contains(e.Detail, repeats) {
		t.Errorf("got %d %s", e.Status, e.Detail)
	}
}

func TestClip(t *testing.T) {
	for in, want := range map[string]string{
		"name":                   "name",
		"a\nb\x00":               "a\uFFFDb\uFFFD",
		"\xff":                   "\uFFFD",
		strings.Repeat("ä", 100): strings.Repeat("ä", 80) + "…",
	} {
		if got := problem.Clip(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

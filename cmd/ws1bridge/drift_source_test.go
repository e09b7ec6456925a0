package main

import (
	"path/filepath"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

// TestDriftOfAnExport compares with a file, or with standard input, and asks for no setting of Okta.
func TestDriftOfAnExport(t *testing.T) {
	o := newOperator(t, accesstest.Config{})
	seedAda(t, o.access)
	const healthy = "Login;First name;Title;Favorite color\r\nada@acme.com;Ada;Countess;marked-color\r\n"
	file := func(content string) []string {
		return []string{"drift", "--csv", cmdtest.WriteFile(t, content)}
	}
	o.expect(t, exitOK, file(healthy), "Compared were people (1) and groups (0).",
		"Not compared: columns Favorite color\n")
	got := o.expect(t, exitFailed, file(strings.Replace(healthy, "Countess", "marked-title", 1)+"grace@acme.com;;;\r\n"),
		"ada@acme.com", "attributes", "title", "grace@acme.com", "missing", "2 differences")
	if strings.Contains(got.stdout+got.stderr, "marked") {
		t.Errorf("values are shown: %s%s", got.stdout, got.stderr)
	}
	got = o.withInput(t, healthy, words("drift --csv -")...)
	if got.code != exitOK || !strings.Contains(got.stderr, "people (1)") {
		t.Errorf("of standard input: %+v", got)
	}
	got = o.withInput(t, "", words("drift --csv -")...)
	if got.code != exitUsage || !strings.Contains(got.stderr, "--csv -: the file is empty") {
		t.Errorf("of nothing: %+v", got)
	}
	o.expect(t, exitFailed, words("drift --format csv --csv ../../testdata/okta/assigned.csv"), "grace@acme.com,missing",
		"ada@acme.com,attributes", "Portal users,group missing,,,\r\n", "Not compared: columns Assigned by, Last sign-in")

	o.expect(t, exitUsage, append(file(healthy), "--repair", "--yes"), "--repair needs Okta as it is now")
	missing := filepath.Join(t.TempDir(), "none.csv")
	o.expect(t, exitUsage, []string{"drift", "--csv", missing}, "--csv "+missing, "no such file")
	o.expect(t, exitUsage, []string{"drift", "--csv", t.TempDir()}, "not a regular file")
	got = o.expect(t, exitUsage, file("Login;Status\nada@acme.com;\nmarked@acme.com;marked\n"),
		"line 3, column Status", "DEPROVISIONED")
	if strings.Contains(got.stdout+got.stderr, "marked") {
		t.Errorf("values are shown: %s%s", got.stdout, got.stderr)
	}
	if got := o.expect(t, exitOK, words("__complete drift --csv x"), "csv"); !strings.Contains(got.stdout, ":8\n") {
		t.Errorf("files are not completed by their names: %s", got.stdout)
	}
}

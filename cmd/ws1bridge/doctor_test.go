package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/cmd/ws1bridge/terminal"
	"ws1bridge/upstream/accesstest"
)

func TestDoctor(t *testing.T) {
	o := newOperator(t, accesstest.Config{SeedUsers: 2})
	got := o.expect(t, exitOK, words("doctor --write"), "✓ directory of acme.com", "✓ access policy for acme.com",
		"✓ SCIM write", "? public URL",
		"15 OK, 0 to be fixed, 4 not checked", "Log-in for acme.com: verified\n")
	if strings.Contains(got.stdout, "\x1b") || got.stderr != "" || strings.Contains(got.stdout, "user-0001") {
		t.Errorf("the doctor printed %q and %q", got.stdout, got.stderr)
	}
}

func TestDoctorFindsSomething(t *testing.T) {
	ill := accesstest.Mistakes{OktaProvider: "disabled"}
	tests := []struct {
		name    string
		access  accesstest.Config
		changes []string
		says    []string
	}{
		{"a mistake in Access", accesstest.Config{Modes: accesstest.Modes{Mistakes: ill}}, nil,
			[]string{"✗ identity provider of acme.com", "→ enable Okta SAML", "✓ access policy for acme.com",
				"Log-in for acme.com: impossible: the identity provider Okta SAML uses", "1 check(s) failed"}},
		{"short tokens", accesstest.Config{}, []string{"WS1BRIDGE_OKTA_TOKENS=short"}, []string{"✗ length of tokens"}},
		{"a wrong secret", accesstest.Config{}, []string{"WS1BRIDGE_ACCESS_CLIENT_SECRET=another-secret-of-mine"},
			[]string{"✗ token", "its secret is another", "? SCIM read", "not checked, because the check of the token failed"}},
		{"a configuration with a doubt", accesstest.Config{},
			[]string{"WS1BRIDGE_OKTA_TOKENS=short", "WS1BRIDGE_PUBLIC_URL=x"}, []string{"short enough to be guessed"}},
		{"a configuration with problems", accesstest.Config{}, []string{"WS1BRIDGE_OKTA_TOKENS=", "WS1BRIDGE_LOG_LEVEL=loud"},
			[]string{"✗ configuration", "2 problem(s)", "okta.tokens (WS1BRIDGE_OKTA_TOKENS)", "✓ SCIM read"}},
		{"a public URL without TLS", accesstest.Config{}, []string{"WS1BRIDGE_PUBLIC_URL=http://bridge.example.com/scim/v2"},
			[]string{"✗ public URL"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			newOperator(t, tt.access, tt.changes...).expect(t, exitFailed, words("doctor"), tt.says...)
		})
	}
}

// TestDoctorAsJSON holds both forms of the output against one another.
func TestDoctorAsJSON(t *testing.T) {
	o := newOperator(t, accesstest.Config{Modes: accesstest.Modes{Mistakes: accesstest.Mistakes{Role: "users"}}})
	plain := o.expect(t, exitOK, words("doctor")).stdout
	var report struct {
		Checks              []doctor.Result
		OK, Failed, Unknown int
		Login               []doctor.LogIn
	}
	if err := json.Unmarshal([]byte(o.expect(t, exitOK, words("doctor --json")).stdout), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Checks) != report.OK+report.Failed+report.Unknown || report.Failed != 0 || report.Unknown != 8 {
		t.Errorf("%d checks: %d, %d, %d", len(report.Checks), report.OK, report.Failed, report.Unknown)
	}
	if len(report.Login) != 1 || report.Login[0].State != doctor.Unverified ||
		!strings.Contains(plain, "Log-in for acme.com: NOT verified: "+report.Login[0].Why) {
		t.Errorf("the log-ins are %+v", report.Login)
	}
	for _, c := range report.Checks {
		if !strings.Contains(plain, c.Name) || !strings.Contains(plain, c.Finding) || !strings.Contains(plain, c.Fix) {
			t.Errorf("the text lacks %+v", c)
		}
	}
}

func TestDoctorWithoutAConfiguration(t *testing.T) {
	o := &operator{}
	o.expect(t, exitFailed, words("doctor"), "✗ configuration", "access.url (WS1BRIDGE_ACCESS_URL): is required",
		"? tenant host")
	o.expect(t, exitUsage, words("doctor now"), "doctor --help")
	o.expect(t, exitUsage, words("doctor --writ"), "unknown flag")
}

func TestSheet(t *testing.T) {
	var out bytes.Buffer
	s := &sheet{w: &out, paint: terminal.Painter{Colors: true}, width: 8}
	s.add(doctor.Result{Name: "name", Outcome: doctor.Failed, Finding: "found", Fix: "fix"})
	s.add(doctor.Result{Name: "a long name", Outcome: doctor.OK, Finding: "found"})
	want := "\x1b[31m✗\x1b[0m name    found\n          → fix\n\x1b[32m✓\x1b[0m a long name found\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// TestSheetTellsLogIns has domains of which the same is known share a line.
func TestSheetTellsLogIns(t *testing.T) {
	var out bytes.Buffer
	s := &sheet{w: &out, logIn: "Log-in for ", limit: 60}
	for _, r := range []doctor.Result{
		{Domain: "a.com", Outcome: doctor.OK, Finding: "fine"}, {Domain: "b.com", Outcome: doctor.Unknown, Finding: "dark"},
		{Domain: "c.com", Outcome: doctor.OK, Finding: "fine, too"},
		{Domain: "d.com", Outcome: doctor.Failed, Finding: "none"},
		{Domain: "e.com", Outcome: doctor.Unknown, Finding: "dark"},
	} {
		s.LogIns = append(s.LogIns, doctor.LogIns([]doctor.Result{r})...)
	}
	s.tellLogIns()
	want := "Log-in for a.com, c.com: verified\nLog-in for b.com, e.com: NOT verified: dark\n" +
		"Log-in for d.com: impossible: none\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// TestSheetAligns puts findings under one another, whatever letters a domain has.
func TestSheetAligns(t *testing.T) {
	var out bytes.Buffer
	s := (&program{stdout: &out, environ: []string{"COLUMNS=75"}}).newSheet([]string{"世界.com"})
	for _, name := range []string{"token", "identity provider of 世界.com"} {
		s.add(doctor.Result{Name: name, Outcome: doctor.OK, Finding: strings.Repeat("word ", 12)})
	}
	at := s.width + 2
	for line := range strings.Lines(out.String()) {
		before, _, found := strings.Cut(line, "word")
		if !found || terminal.Columns(before) != at || terminal.Columns(strings.TrimRight(line, "\n")) > 75 {
			t.Errorf("in a sheet of 75 columns with findings at %d: %q", at, line)
		}
	}
}

func TestDoctorFlags(t *testing.T) {
	o := newOperator(t, accesstest.Config{})
	for args, says := range map[string]string{"--keep": "--keep needs --write", "--write --user-name x": "of --keep",
		"--cleanup --write": "exclude each other", "--write --keep --user-name=": "is empty", "--user-name=": "of --keep"} {
		o.expect(t, exitUsage, words("doctor "+args), says)
	}
	for _, name := range []string{" ada", "ada ", "a\nda"} {
		o.expect(t, exitUsage, []string{"doctor", "--write", "--keep", "--user-name", name}, "spaces around it")
	}
	o.expect(t, exitOK, words("doctor --write --keep --user-name ada@acme.com"), "✓ test user", "ada@acme.com")
	o.expect(t, exitOK, words("doctor --cleanup"), "1 test user(s) and 0 test group(s) were deleted")
}

// TestDoctorWraps keeps to the width of the terminal, also where it is narrow.
func TestDoctorWraps(t *testing.T) {
	for _, columns := range []int{60, 100} {
		o := newOperator(t, accesstest.Config{}, fmt.Sprintf("COLUMNS=%d", columns))
		for line := range strings.Lines(o.expect(t, exitOK, words("doctor")).stdout) {
			if n := terminal.Columns(strings.TrimRight(line, "\n")); n > columns {
				t.Errorf("at %d columns, a line has %d: %s", columns, n, line)
			}
		}
	}
}

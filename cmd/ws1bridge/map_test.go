package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/terminal"
	"ws1bridge/cmd/ws1bridge/trace"
	"ws1bridge/scim/translate"
)

const mapData = "../../testdata/map/"

// mapRun runs the command map with no other configuration than that of args.
func mapRun(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), append([]string{"map"}, args...), env, &out, &errs)
	return code, out.String(), errs.String()
}

// golden compares with a file of testdata/map, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join(mapData, name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s\n(-update rewrites the file)", name, got, want)
	}
}

// TestMapGolden shows what the command prints, for people and for programs.
func TestMapGolden(t *testing.T) {
	for name, tt := range map[string]struct {
		input string // "" for the file of that name
		code  int
	}{
		"default":          {input: "../okta/user_full.json"},
		"renamed_tenant":   {},
		"two_domains":      {},
		"tenant_attribute": {},
		"from_access":      {},
		"tidy":             {},
		"merged":           {},
		"lost":             {code: exitFailed},
		"refused":          {code: exitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			input := tt.input
			if input == "" {
				input = name + ".json"
			}
			args := []string{"--config", mapData + name + ".yaml", mapData + input}
			code, stdout, stderr := mapRun(t, nil, args...)
			if code != tt.code || (stderr != "") != (code != 0) {
				t.Errorf("exit %d with %q, want %d", code, stderr, tt.code)
			}
			golden(t, name+".txt", stdout)
			code, stdout, _ = mapRun(t, nil, append(args, "--json")...)
			if code != tt.code {
				t.Errorf("as JSON: exit %d, want %d", code, tt.code)
			}
			golden(t, name+".golden.json", stdout)
			if strings.Contains(stdout, "\x1b") {
				t.Error("there are colors in what goes to a file")
			}
		})
	}
}

// TestMapExport looks through an export of Okta.
func TestMapExport(t *testing.T) {
	args := []string{"--config", mapData + "export.yaml", mapData + "export.csv"}
	code, stdout, stderr := mapRun(t, nil, args...)
	if code != exitFailed || !strings.Contains(stderr, "left out, because they name no attribute: status\n") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	golden(t, "export.txt", stdout)
	code, stdout, _ = mapRun(t, nil, append(args, "--summary", "--json")...)
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	golden(t, "export.golden.json", stdout)
	_, stdout, _ = mapRun(t, nil, append(args, "--summary")...)
	if !strings.HasPrefix(stdout, "3 user(s): 2 would be refused, 0 would lose") {
		t.Errorf("the summary is %s", stdout)
	}
}

// TestMapDiffGolden shows what a change of the configuration would do to
// recorded users.
func TestMapDiffGolden(t *testing.T) {
	args := []string{"--config", mapData + "two_domains.yaml", "--diff", mapData + "default.yaml", mapData +
		"two_domains.json"}
	code, stdout, stderr := mapRun(t, nil, args...)
	if code != exitOK || stderr != "" {
		t.Errorf("exit %d: %s", code, stderr)
	}
	golden(t, "diff.txt", stdout)
	_, stdout, _ = mapRun(t, nil, append(args, "--json")...)
	golden(t, "diff.golden.json", stdout)
	code, stdout, _ = mapRun(t, nil, "--config", mapData+"lost.yaml", "--diff", mapData+"default.yaml",
		mapData+"lost.json")
	if code != exitFailed || !strings.Contains(stdout, "1 of 1 user(s) change, 1 would be refused or lose a value") {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
	code, stdout, _ = mapRun(t, nil, "--config", mapData+"default.yaml", "--diff", mapData+"default.yaml",
		mapData+"two_domains.json")
	if code != exitOK || stdout != "0 of 3 user(s) change, 0 would be refused or lose a value.\n" {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
}

// TestMapReadsEveryForm checks the forms in which users may be given.
func TestMapReadsEveryForm(t *testing.T) {
	const one = `{"userName":"jane@acme.com","externalId":"1",` +
		`"name":{"givenName":"J","familyName":"D"},"emails":["j@acme.com"]}`
	for name, tt := range map[string]struct {
		in    string
		users int
	}{
		"one":                  {one, 1},
		"one after another":    {one + "\n" + one, 2},
		"a list":               {"[" + one + "," + one + "]", 2},
		"an answer to a query": {`{"totalResults":2,"Resources":[` + one + `,` + one + `,` + one + `]}`, 3},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := mapRun(t, []string{"WS1BRIDGE_DOMAIN=acme.com"}, cmdtest.WriteFile(t, tt.in), "--json")
			if code != exitOK {
				t.Fatalf("exit %d: %s", code, stderr)
			}
			decoder := json.NewDecoder(strings.NewReader(stdout))
			n := 0
			for ; decoder.More(); n++ {
				var one struct {
					User, Side string
					translate.Trace
				}
				if err := decoder.Decode(&one); err != nil {
					t.Fatal(err)
				}
				if one.User != "jane@acme.com" || one.Side != "okta" || one.Domain.Name != "acme.com" ||
					one.Sent["emails"] != "j@acme.com" {
					t.Errorf("got %+v", one)
				}
			}
			if n != tt.users {
				t.Errorf("got %d users, want %d", n, tt.users)
			}
		})
	}
}

func TestMapMistakes(t *testing.T) {
	good := []string{"WS1BRIDGE_DOMAIN=acme.com"}
	for name, tt := range map[string]struct {
		env  []string
		args []string
		want string
	}{
		"both sides":        {good, []string{"--okta", "--access", mapData + "lost.json"}, "either --okta's or --access's"},
		"no file":           {good, []string{"none.json"}, "open none.json"},
		"two files":         {good, []string{"a", "b"}, "accepts at most 1 arg(s)"},
		"no JSON":           {good, []string{cmdtest.WriteFile(t, "{")}, "the input is not JSON"},
		"a table of Access": {good, []string{"--csv", "--access", mapData + "export.csv"}, "a table is Okta's"},
		"a summary of changes": {good, []string{"--summary", "--diff", mapData + "default.yaml", mapData + "lost.json"},
			"exclude each other"},
		"an empty table": {good, []string{"--csv", cmdtest.WriteFile(t, "")}, "the table is empty"},
		"nothing":        {good, []string{cmdtest.WriteFile(t, "")}, "the input holds no resource"},
		"no object":      {good, []string{cmdtest.WriteFile(t, "[7]")}, "must hold SCIM resources"},
		"no domain":      {nil, []string{mapData + "lost.json"}, "domains.default (WS1BRIDGE_DOMAIN): is required"},
		"a bad rule": {good, []string{"--config", cmdtest.WriteFile(t, "domains:\n  rules: [{okta: a.com}]\n"), mapData +
			"lost.json"}, "domains.rules[0].access: is empty"},
		"a bad second one": {
			good, []string{"--diff", cmdtest.WriteFile(t, "domains:\n  default: a b\n"), mapData + "lost.json"},
			"domains.default (WS1BRIDGE_DOMAIN): must be a domain alone",
		},
		"a user that is not": {good, []string{"--access", cmdtest.WriteFile(t, `{"meta":7}`)}, "decode a user of Access"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, stderr := mapRun(t, tt.env, tt.args...)
			if code != exitUsage || !strings.Contains(stderr, tt.want) {
				t.Errorf("exit %d with %q, want %q", code, stderr, tt.want)
			}
		})
	}
}

// TestMapNeedsNoSecrets checks that a configuration without tenant and tokens is
// enough.
func TestMapNeedsNoSecrets(t *testing.T) {
	file := cmdtest.WriteFile(t, "listen: 7\naccess:\n  url: nonsense\ndomains:\n  default: acme.com\n")
	if code, _, stderr := mapRun(t, nil, "--config", file, "../../testdata/okta/user_full.json"); code != exitOK {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

func TestMapInColors(t *testing.T) {
	translator, err := loadTranslator(mapData+"lost.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(mapData + "lost.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	users, err := trace.Read(file, "")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	_ = trace.Printer{Out: &out, Paint: terminal.Painter{Colors: true}}.Users(translator, users)
	if !strings.Contains(out.String(), "\x1b[31m  userName") || !strings.Contains(out.String(),
		"\x1b[1mjane@new.example") {
		t.Errorf("got %q", out.String())
	}
}

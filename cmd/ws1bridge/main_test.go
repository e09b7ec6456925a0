package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

// at is an environment that says only where the bridge listens.
func at(server *httptest.Server) []string {
	return []string{"WS1BRIDGE_LISTEN=" + server.Listener.Addr().String()}
}

func TestExitCodes(t *testing.T) {
	answering := func(status int) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/healthz" {
				status = http.StatusNotFound
			}
			w.WriteHeader(status)
		}))
		t.Cleanup(s.Close)
		return s
	}
	live, ill, dead := answering(http.StatusOK), answering(http.StatusBadGateway), answering(http.StatusOK)
	dead.Close()
	occupied := cmdtest.Environ("WS1BRIDGE_LISTEN=" + live.Listener.Addr().String())
	tests := []struct {
		name       string
		args       string
		env        []string
		want       int
		wantStdout string
		wantStderr string
	}{
		{name: "version", args: "version", wantStdout: "ws1bridge "},
		{name: "version names the Go version", args: "version", wantStdout: "\ngo1."},
		{name: "no command prints help", wantStdout: "Set it up:"},
		{name: "help of a command", args: "serve --help", wantStdout: "https://HOST/scim/v2"},
		{name: "an unknown flag", args: "--loud", want: exitUsage, wantStderr: "unknown flag: --loud"},
		{name: "an unknown flag of a command", args: "serve --loud", want: exitUsage, wantStderr: "unknown flag: --loud"},
		{name: "an unknown command", args: "sevre", want: exitUsage,
			wantStderr: `unknown command "sevre" for "ws1bridge"; did you mean serve?`},
		{name: "an unknown command of config", args: "config chekc", want: exitUsage,
			wantStderr: `unknown command "chekc" for "ws1bridge config"; did you mean check?`},
		{name: "a command that is like none", args: "frobnicate", want: exitUsage,
			wantStderr: `unknown command "frobnicate" for "ws1bridge" (see ws1bridge --help)`},
		{name: "an extra argument", args: "version now", want: exitUsage, wantStderr: "version --help"},
		{
			name: "config check of a good configuration", args: "config check", env: cmdtest.Environ(),
			wantStdout: "The configuration is OK: users go to the domain acme.com of https://example.workspaceoneaccess.com, " +
				"1 token(s) for Okta.\n",
		},
		{
			name: "config check of one that is probably a mistake", args: "config check",
			env:        cmdtest.Environ("WS1BRIDGE_OKTA_TOKENS=short", "WS1BRIDGE_TOKENS=x"),
			wantStdout: "Warning: okta.tokens (WS1BRIDGE_OKTA_TOKENS): a token is short enough to be guessed",
		},
		{
			name: "config check of a URL with a secret", args: "config check",
			env:        cmdtest.Environ("WS1BRIDGE_ACCESS_URL=https://example.workspaceoneaccess.com/SAAS?key=hush"),
			wantStdout: "to the domain acme.com of https://example.workspaceoneaccess.com, 1 token(s)",
		},
		{
			name: "config check of a good file", args: "config check --config " +
				filepath.Join("config", "testdata", "full.yaml"),
			wantStdout: "2 token(s) for Okta.\n",
		},
		{name: "config check of a bad configuration", args: "config check", want: exitUsage,
			wantStderr: "ws1bridge: the configuration has 5 problem(s):\n"},
		{name: "serve with a bad configuration", args: "serve", want: exitUsage,
			wantStderr: "access.url (WS1BRIDGE_ACCESS_URL): is required"},
		{name: "serve on an address that is taken", args: "serve", env: occupied, want: exitFailed,
			wantStderr: "address already in use"},
		{name: "healthcheck of a live bridge", args: "healthcheck", env: at(live)},
		{name: "healthcheck of a bridge that is ill", args: "healthcheck", env: at(ill), want: exitFailed,
			wantStderr: "the bridge answers 502\n"},
		{name: "healthcheck of a dead bridge", args: "healthcheck", env: at(dead), want: exitFailed,
			wantStderr: "the bridge does not answer: "},
		{name: "healthcheck without an address", args: "healthcheck", env: []string{"WS1BRIDGE_LISTEN=8080"}, want: exitUsage,
			wantStderr: "listen: "},
		{name: "an emulator that cannot be", args: "emulator --media-types xml", want: exitUsage, wantStderr: "ws1bridge: "},
		{name: "a role that is not known", args: "emulator --role boss", want: exitUsage, wantStderr: "auditor providers"},
		{name: "a provider that is not known", args: "emulator --okta-provider three", want: exitUsage, wantStderr: "two"},
		{name: "less than no reading", args: "emulator --policy-follows -1", want: exitUsage, wantStderr: "negative"},
		{name: "less than no answers", args: "emulator --lose-provider-answers -1", want: exitUsage,
			wantStderr: "negative"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Cleanup(http.DefaultClient.CloseIdleConnections)
			stdout, stderr := cmdtest.NewOutput(), cmdtest.NewOutput()
			if got := run(t.Context(), strings.Fields(tt.args), tt.env, stdout, stderr); got != tt.want {
				t.Errorf("exit code %d, want %d", got, tt.want)
			}
			if !strings.Contains(stdout.String(), tt.wantStdout) {
				t.Errorf("standard output %q, want %q", stdout, tt.wantStdout)
			}
			if !strings.Contains(stderr.String(), tt.wantStderr) || (tt.wantStderr == "") != (stderr.String() == "") {
				t.Errorf("standard error %q, want %q", stderr, tt.wantStderr)
			}
		})
	}
}

// The address to listen on may be all of them; the check asks loopback.
func TestHealthcheckOfAllAddresses(t *testing.T) {
	s := serve(t, accesstest.Config{})
	port := s.main[strings.LastIndex(s.main, ":"):]
	for _, address := range []string{port, "0.0.0.0" + port, "[::]" + port} {
		if got := start(t, []string{"WS1BRIDGE_LISTEN=" + address}, "healthcheck").end(t); got != exitOK {
			t.Errorf("healthcheck with listen %s: exit code %d", address, got)
		}
	}
}

func TestDemoInFull(t *testing.T) {
	demo := start(t, nil, "demo", "--once", "--full")
	if got := demo.end(t); got != exitOK {
		t.Fatalf("exit code %d:\n%s%s", got, demo.stdout, demo.stderr)
	}
	story, end, found := strings.Cut(demo.stdout.String(), "In the end, Workspace ONE Access holds\n")
	if !found {
		t.Fatalf("the story has no end:\n%s", demo.stdout)
	}
	for _, want := range []string{"ada@acme.com", "grace@acme.com", "alan@acme.com", "Retry-After: 120", "429"} {
		if !strings.Contains(story, want) {
			t.Errorf("the story does not tell of %s:\n%s", want, story)
		}
	}
	for _, want := range []string{
		`USER +DOMAIN +TYPE +ACTIVE +TITLE +EXTERNAL ID`,
		`admin +System Domain +LOCAL +true +- +-`,
		`ada@acme\.com +acme\.com +PROVISIONED +true +Countess +00u1ada`,
		`alan@acme\.com +acme\.com +PROVISIONED +true +- +00u3alan`,
		`katherine@acme\.com +acme\.com +PROVISIONED +true +- +00u4kath`,
		`Engineering +ada@acme\.com, alan@acme\.com\n`,
		`On call +grace@acme\.com, alan@acme\.com\n`,
	} {
		if !regexp.MustCompile(want).MatchString(end) {
			t.Errorf("the final table has no line %s:\n%s", want, end)
		}
	}
}

func TestDemoGoesOnServing(t *testing.T) {
	demo := start(t, nil, "demo")
	told := demo.stdout.Await(t, "/status\n")
	checkFits(t, told)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	page := regexp.MustCompile(`http://\S+/status`).FindString(told)
	if status, body := cmdtest.Get(t, page); status != http.StatusOK {
		t.Errorf("%s was answered %d %s", page, status, body)
	}
	if got := demo.stop(t); got != exitOK {
		t.Errorf("exit code %d:\n%s", got, demo.stderr)
	}
}

// TestDemoOnce fits a screen, and shows what happened.
func TestDemoOnce(t *testing.T) {
	demo := start(t, nil, "demo", "--once")
	if got := demo.end(t); got != exitOK {
		t.Fatalf("exit code %d:\n%s%s", got, demo.stdout, demo.stderr)
	}
	told := demo.stdout.String()
	checkFits(t, told)
	for _, want := range []string{
		`POST /Users +│ POST /Users`, `"internalUserType":"PROVISIONED"`, `"internalGroupType":"INTERNAL"`,
		`│ PATCH /Groups/[0-9a-f]{8}…`, `PATCH /Users/[0-9a-f]{8}… +│ PATCH /Users/`, `"active":false\}`,
		"OKTA READS BACK", `the bridge fetched [12] by itself`, "429 with Retry-After 60", "in the identity provider Okta",
	} {
		if !regexp.MustCompile(want).MatchString(told) {
			t.Errorf("the story does not tell of %s:\n%s", want, told)
		}
	}
}

// checkFits checks that a text fits a screen of 40 lines with 120 columns.
func checkFits(t *testing.T, told string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(told, "\n"), "\n")
	if len(lines) > 40 {
		t.Errorf("there are %d lines", len(lines))
	}
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n > 120 {
			t.Errorf("a line has %d columns: %s", n, line)
		}
	}
}

func TestDemoOnAnAddressThatIsTaken(t *testing.T) {
	taken := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(taken.Close)
	if got := start(t, nil, "demo", "--listen", taken.Listener.Addr().String()).end(t); got != exitFailed {
		t.Errorf("exit code %d, want %d", got, exitFailed)
	}
}

func TestEmulator(t *testing.T) {
	emulator := start(t, nil, "emulator", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0",
		"--client-id", "bridge", "--client-secret", cmdtest.Secret, "--domain", "acme.com", "--domain", "other.com",
		"--seed-users", "2", "--user-name-immutable", "--lag", "2s", "--lag-reads", "lists", "--ignore-attributes",
		"--refuse-attributes", "--patch-ignores-attributes", "--attributes-omit-extensions", "--refuse-unknown-removals",
		"--role", "auditor", "--okta-provider", "two", "--policy-follows", "3", "--provider-unreadable",
		"--provider-forgets", "--lose-provider-answers", "2")
	line := regexp.MustCompile(`tenant (http://\S+), control (http://\S+), ` +
		`client bridge, domains \[acme\.com other\.com\]`)
	addresses := line.FindStringSubmatch(emulator.stdout.Await(t, "\n"))
	if addresses == nil {
		t.Fatalf("the emulator printed %s", emulator.stdout)
	}
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	if status, _ := cmdtest.Get(t, addresses[1]+"/SAAS/jersey/manager/api/scim/Users"); status != http.StatusUnauthorized {
		t.Errorf("a request without a token was answered %d", status)
	}
	status, state := cmdtest.Get(t, addresses[2]+"/state")
	if status != http.StatusOK || strings.Count(state, `"PROVISIONED"`) != 2 ||
		strings.Count(state, `"domains":["other.com"]`) != 1 || strings.Count(state, `"MANUAL"`) != 2 {
		t.Errorf("the state was answered %d %s", status, state)
	}
	_, modes := cmdtest.Get(t, addresses[2]+"/modes")
	for _, want := range []string{`"user_name_immutable":true`, `"lag":"2s"`, `"lag_reads":"lists"`,
		`"ignore_attributes":true`, `"refuse_attributes":true`, `"patch_ignores_attributes":true`,
		`"attributes_omit_extensions":true`, `"refuse_unknown_removals":true`, `"role":"auditor"`, `"okta_provider":"two"`,
		`"policy_follows":3`, `"provider_unreadable":true`, `"provider_forgets":true`, `"lose_provider_answers":2`} {
		if !strings.Contains(modes, want) {
			t.Errorf("the modes are %s, want %s in them", modes, want)
		}
	}
	if got := emulator.stop(t); got != exitOK {
		t.Errorf("exit code %d", got)
	}
}

package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

func TestDirectoryCreate(t *testing.T) {
	for _, media := range []string{"both", "legacy", "json"} {
		t.Run("media types "+media, func(t *testing.T) {
			o := newOperator(t, accesstest.Config{Domains: []string{}, Modes: accesstest.Modes{MediaTypes: media}})
			says := []string{"Created the directory Okta of type Other for the domain acme.com."}
			if media == "json" {
				says = append(says, "Access does not take the vendor's media type any more (415); plain JSON was sent instead.")
			}
			o.expect(t, exitOK, words("directory create"), says...)
			o.expect(t, exitOK, words("directory create --domain acme.com --name Other"),
				"The directory Okta of type Other has the domain acme.com already")
			o.expect(t, exitOK, words("directory list"), "users of Okta go here", "System Domain")
			o.expect(t, exitOK, words("directory create --domain new.com"), "Created the directory Okta new.com",
				"the configuration sends users to acme.com, not to new.com")
		})
	}
}

func TestDirectoryCreateRefused(t *testing.T) {
	broken := func(status int) *accesstest.Fault {
		return &accesstest.Fault{Method: http.MethodPost, Path: accessAPI + "/connectormanagement", Status: status}
	}
	tests := []struct {
		name  string
		cfg   accesstest.Config
		fault *accesstest.Fault
		args  string
		want  int
		says  []string
	}{
		{name: "a domain in another directory", cfg: accesstest.Config{Domains: []string{},
			Modes: accesstest.Modes{SyncedDomain: "acme.com"}},
			want: exitFailed, says: []string{"belongs to a directory of type ACTIVE_DIRECTORY_LDAP",
				"a domain belongs to one directory"}},
		{name: "a domain that is there in another case", cfg: accesstest.Config{Domains: []string{"ACME.com"}},
			want: exitFailed, says: []string{"one has ACME.com", "Access compares exactly"}},
		{name: "a domain that the configuration spells otherwise", args: "--domain Acme.com", want: exitUsage,
			says: []string{"the configuration sends users to acme.com, which is not Acme.com to Access",
				"use --domain acme.com"}},
		{name: "a domain that is none", args: "--domain https://acme.com", want: exitUsage,
			says: []string{"--domain must be a domain alone"}},
		{name: "a name that is taken", args: "--domain new.com --name okta", want: exitFailed,
			says: []string{"a directory with the name Okta exists already, for acme.com", "choose another --name"}},
		{name: "NOT_FOUND", args: "--domain new.com --name New", fault: broken(http.StatusNotFound), want: exitFailed,
			says: []string{"(NOT_FOUND), for either media type", "answered 404, application/json 404", "Identity Services"}},
		{name: "415", args: "--domain new.com --name New", fault: broken(http.StatusUnsupportedMediaType), want: exitFailed,
			says: []string{"Access takes neither media type", "answered 415, application/json 415", "Content-Type"}},
		{name: "a domain that is taken meanwhile", args: "--domain new.com --name New", fault: broken(http.StatusConflict),
			want: exitFailed,
			says: []string{"the domain or the name is taken", "ws1bridge directory list"}},
		{name: "a role too small",
			cfg:  accesstest.Config{Modes: accesstest.Modes{Mistakes: accesstest.Mistakes{Role: "users"}}},
			args: "--domain new.com", want: exitFailed,
			says: []string{"too small for managing directories (403)", "while this command runs"}},
		{name: "Access fails", fault: broken(http.StatusServiceUnavailable), args: "--domain new.com --name New",
			want: exitFailed, says: []string{"an error of its own", "(503)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := newOperator(t, tt.cfg)
			if tt.fault != nil {
				o.access.AddFault(*tt.fault)
			}
			before := len(o.access.State().Directories)
			o.expect(t, tt.want, append(words("directory create"), words(tt.args)...), tt.says...)
			if got := len(o.access.State().Directories); got != before {
				t.Errorf("there are %d directories, there were %d", got, before)
			}
		})
	}
}

func TestDirectoryCommandsNeedAccessAlone(t *testing.T) {
	o := newOperator(t, accesstest.Config{}, "WS1BRIDGE_OKTA_TOKENS=", "WS1BRIDGE_DOMAIN=")
	o.expect(t, exitOK, words("directory list"), "acme.com")
	o.expect(t, exitUsage, words("directory create"), "--domain is required")
	o.env = append(o.env, "WS1BRIDGE_ACCESS_URL=", "WS1BRIDGE_ACCESS_CLIENT_SECRET=")
	o.expect(t, exitUsage, words("directory list"), "the configuration has 2 problem(s)", "access.url",
		"access.client_secret")
}

func TestDirectoryShow(t *testing.T) {
	o := newOperator(t, accesstest.Config{SeedUsers: 3,
		Modes: accesstest.Modes{Mistakes: accesstest.Mistakes{PolicyOmitsOkta: true}}})
	for _, name := range []string{"okta", "Acme.com"} {
		o.expect(t, exitOK, []string{"directory", "show", name}, "OTHER_DIRECTORY", "users     3",
			"✗ access policy for acme.com")
	}
	o.expect(t, exitFailed, words("directory show nothing"), "no directory has the name or the domain nothing",
		"directory list")
	o.expect(t, exitUsage, words("directory show"), "directory show --help")
}

func TestDirectoryDelete(t *testing.T) {
	tests := []struct {
		name  string
		cfg   accesstest.Config
		args  string
		stdin string
		want  int
		says  []string
		left  int
	}{
		{name: "an empty one, asked", args: "Okta", stdin: "Okta\n", says: []string{"The directory Okta is deleted."},
			left: 1},
		{name: "by its domain", args: "acme.com --confirm Okta", says: []string{"The directory Okta is deleted."}, left: 1},
		{name: "with another answer", args: "Okta", stdin: "okta\n", want: exitFailed,
			says: []string{"Type its name to go on", "the name is not Okta: nothing was deleted"}, left: 2},
		{name: "with no answer", args: "Okta", want: exitFailed, says: []string{"nothing was deleted"}, left: 2},
		{name: "another confirmation", args: "Okta --confirm Other", want: exitFailed, says: []string{"nothing was deleted"},
			left: 2},
		{name: "one with users", cfg: accesstest.Config{SeedUsers: 2}, args: "Okta --confirm Okta", want: exitFailed,
			says: []string{"has 2 user(s)", "--force"}, left: 2},
		{name: "one with users, forced", cfg: accesstest.Config{SeedUsers: 2}, args: "Okta --confirm Okta --force",
			says: []string{"is deleted"}, left: 1},
		{name: "one of another type", args: "System --confirm System", want: exitFailed, says: []string{"no directory has"},
			left: 2},
		{name: "the system directory", args: "System Domain", want: exitUsage, says: []string{"accepts 1 arg"}, left: 2},
		{name: "without waiting",
			cfg:  accesstest.Config{Modes: accesstest.Modes{Mistakes: accesstest.Mistakes{DeletionLists: 9}}},
			args: "Okta --confirm Okta --wait 0",
			says: []string{"is being deleted"}, left: 2},
		{name: "longer than waited for",
			cfg:  accesstest.Config{Modes: accesstest.Modes{Mistakes: accesstest.Mistakes{DeletionLists: 99}}},
			args: "Okta --confirm Okta --wait 10ms",
			want: exitFailed, says: []string{"is still being deleted after 10ms"}, left: 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := newOperator(t, tt.cfg)
			got := o.withInput(t, tt.stdin, append(words("directory delete"), words(tt.args)...)...)
			if got.code != tt.want {
				t.Errorf("it ended with %d:\n%s%s", got.code, got.stdout, got.stderr)
			}
			for _, text := range tt.says {
				if !strings.Contains(got.stdout+got.stderr, text) {
					t.Errorf("it does not say %q:\n%s%s", text, got.stdout, got.stderr)
				}
			}
			if left := len(o.access.State().Directories); left != tt.left {
				t.Errorf("%d directories are left", left)
			}
		})
	}
}

// withInput runs a command with something on its standard input.
func (o *operator) withInput(t *testing.T, stdin string, args ...string) told {
	t.Helper()
	stdout, stderr := cmdtest.NewOutput(), cmdtest.NewOutput()
	p := &program{environ: o.env, stdout: stdout, stderr: stderr}
	root := p.rootCommand()
	root.SetIn(strings.NewReader(stdin))
	code := p.execute(t.Context(), root, args)
	return told{code, stdout.String(), stderr.String()}
}

func TestDirectoryDeleteOfOtherTypes(t *testing.T) {
	o := newOperator(t, accesstest.Config{Modes: accesstest.Modes{SyncedDomain: "corp.local"}})
	o.expect(t, exitFailed, []string{"directory", "delete", "System Domain", "--confirm", "System Directory"},
		"only deletes directories of type OTHER_DIRECTORY")
	o.expect(t, exitFailed, words("directory delete corp.local --force"),
		"only deletes directories of type OTHER_DIRECTORY")
}

func TestAwaitDeletion(t *testing.T) {
	o := newOperator(t, accesstest.Config{Modes: accesstest.Modes{Mistakes: accesstest.Mistakes{DeletionLists: 4}}})
	stdout := cmdtest.NewOutput()
	p := &program{environ: o.env, stdout: stdout, stderr: cmdtest.NewOutput()}
	how := deletion{confirmed: "Okta", wait: cmdtest.Patience, poll: time.Millisecond}
	access, err := p.openTenant()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(access.close)
	if err := p.deleteDirectory(t.Context(), access, "Okta", how); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stdout.String(), "is deleted") || len(o.access.State().Directories) != 1 {
		t.Errorf("it printed %s", stdout)
	}
}

// TestQuestionIsInterrupted ends the command while it waits for an answer.
func TestQuestionIsInterrupted(t *testing.T) {
	in, keyboard := io.Pipe()
	t.Cleanup(func() { _ = keyboard.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := readLine(ctx, in); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

func TestCompletion(t *testing.T) {
	o := newOperator(t, accesstest.Config{Domains: []string{"acme.com", "other.com"}})
	o.expect(t, exitOK, []string{"__complete", "directory", "show", ""}, "Okta\tacme.com", "Okta other.com\tother.com")
	o.expect(t, exitOK, []string{"__complete", "emulator", "--okta-provider", ""}, "unassociated", "two")
	o.expect(t, exitOK, []string{"__complete", "emulator", "--role", ""}, "auditor", "providers")
	o.expect(t, exitOK, []string{"__complete", "okta-settings", "--app", ""}, "catalog")
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if got := o.expect(t, exitOK, []string{"completion", shell}, "ws1bridge"); len(got.stdout) < 1000 {
			t.Errorf("the script for %s is %q", shell, got.stdout)
		}
	}
	o.expect(t, exitUsage, words("completion tcsh"), `invalid argument "tcsh"`)
	o.expect(t, exitUsage, words("completion"), "completion --help")
}

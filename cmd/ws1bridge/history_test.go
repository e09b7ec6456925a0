package main

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/scim/journal"
	"ws1bridge/upstream/accesstest"
)

// somePushes are one that goes well and one that does not; it returns the request id of that.
func somePushes(t *testing.T, s *served) (requestID string) {
	t.Helper()
	s.push(t, http.StatusCreated, http.MethodPost, "/Users", okta.User("ada@acme.com", "Ada", "Lovelace", "00u1ada"))
	r := s.push(t, http.StatusConflict, http.MethodPost, "/Users", okta.User("ada@acme.com", "Ada", "Byron", "00u2"))
	detail, _ := r.Body["detail"].(string)
	found := regexp.MustCompile(`\(request (\w+)\)`).FindStringSubmatch(detail)
	if found == nil {
		t.Fatalf("there is no request id in %q", detail)
	}
	return found[1]
}

// awaitHistory waits until history finds n pushes.
func (o *operator) awaitHistory(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(cmdtest.Patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var found []journal.Record
		got := o.run(t, "history", "--json")
		if json.Unmarshal([]byte(got.stdout), &found) == nil && len(found) == n {
			return
		}
	}
	t.Fatalf("history does not find %d pushes", n)
}

// TestHistory looks at pushes in the database, and in the memory of a bridge.
func TestHistory(t *testing.T) {
	for name, url := range map[string]string{"memory": "", "SQLite": "sqlite:" + filepath.Join(t.TempDir(), "j.db")} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, accesstest.Config{}, "WS1BRIDGE_JOURNAL="+url)
			request := somePushes(t, s)
			o := &operator{access: s.access, env: cmdtest.Environ("WS1BRIDGE_JOURNAL="+url,
				"WS1BRIDGE_OPS_LISTEN="+strings.TrimPrefix(s.ops, "http://"))}
			o.awaitHistory(t, 2)
			o.expect(t, exitOK, []string{"history"}, "create user", "ada@acme.com", "201", "409", "is taken", "2 pushes")
			failed := o.expect(t, exitOK, []string{"history", "--failed", "--since", "1h"}, "409")
			if strings.Contains(failed.stdout, "201") {
				t.Errorf("--failed shows\n%s", failed.stdout)
			}
			o.expect(t, exitOK, []string{"history", "00u1ada"}, "201", "1 push\n")
			o.expect(t, exitOK, []string{"history", "nobody"}, "0 pushes")
			o.expect(t, exitOK, []string{"history", request}, "409", "reason", "is taken", "requests to Access", "token 1")
			rows, err := csv.NewReader(strings.NewReader(o.expect(t, exitOK, []string{"history", "--csv"}).stdout)).ReadAll()
			if err != nil || len(rows) != 3 || rows[2][3] != "ada@acme.com" {
				t.Errorf("the CSV is %v, %v", rows, err)
			}
			follow := start(t, o.env, "history", "--follow", "--limit", "1")
			follow.stdout.Await(t, "409")
			s.push(t, http.StatusCreated, http.MethodPost, "/Groups", okta.Object{"displayName": "Sales"})
			follow.stdout.Await(t, "Sales")
			if code := follow.stop(t); code != exitOK {
				t.Errorf("--follow ended with %d", code)
			}
			o.expect(t, exitUsage, []string{"history", "--since", "yesterday"}, "since takes")
			o.expect(t, exitUsage, []string{"history", "--csv", "--json"}, "excludes")
			o.expect(t, exitUsage, []string{"history", "--limit", "0"}, "--limit")
			o.expect(t, exitUsage, []string{"history", "--forget", "ada@acme.com", "--failed"}, "nothing beside it")
			if url == "" {
				o.expect(t, exitUsage, []string{"history", "--forget", "ada@acme.com"}, "journal.url is not set")
				return
			}
			o.expect(t, exitOK, []string{"history", "--forget", "ADA@acme.com"}, "2 records were deleted")
			o.expect(t, exitOK, []string{"history", "ada@acme.com"}, "0 pushes")
			s.stop(t)
			o.expect(t, exitOK, []string{"history"}, "Sales", "1 push\n") // without a bridge
		})
	}
}

// TestHistoryIsPrivate shows it to nobody but who is on the machine.
func TestHistoryIsPrivate(t *testing.T) {
	get := func(s *served, host string) (int, string) { return cmdtest.GetAs(t, s.ops+"/journal", host) }
	s := serve(t, accesstest.Config{})
	somePushes(t, s)
	if code, body := get(s, ""); code != http.StatusOK || !strings.Contains(body, "ada@acme.com") {
		t.Errorf("whoever is on the machine gets %d %s", code, body)
	}
	if code, body := get(s, "attacker.example"); code != http.StatusForbidden || strings.Contains(body, "ada") {
		t.Errorf("a page in a browser gets %d %s", code, body)
	}
	for path, want := range map[string]int{
		"?limit=x": 400, "?since=x": 400, "?failed=x": 400, "?limit=1&failed=true": 200,
	} {
		if code, body := cmdtest.Get(t, s.ops+"/journal"+path); code != want {
			t.Errorf("%s was answered %d %s, want %d", path, code, body, want)
		}
	}
	open := serve(t, accesstest.Config{}, "WS1BRIDGE_OPS_LISTEN=0.0.0.0:0")
	somePushes(t, open)
	open.ops = strings.Replace(open.ops, "[::]", "127.0.0.1", 1)
	if code, body := get(open, "127.0.0.1"); code != http.StatusForbidden || strings.Contains(body, "ada") {
		t.Errorf("an address that is open to others answers %d %s", code, body)
	}
	o := &operator{access: open.access,
		env: cmdtest.Environ("WS1BRIDGE_OPS_LISTEN=" + strings.TrimPrefix(open.ops, "http://"))}
	o.expect(t, exitFailed, []string{"history"}, "ops_listen can be reached from other machines")
	if code, body := cmdtest.Get(t, open.ops+"/status"); code != http.StatusOK || strings.Contains(body, "ada") {
		t.Errorf("/status is %d %s", code, body)
	}
}

// TestHistoryOfNothing says what to do where there is no journal to read.
func TestHistoryOfNothing(t *testing.T) {
	o := newOperator(t, accesstest.Config{})
	folder := t.TempDir()
	o.env = append(o.env, "WS1BRIDGE_OPS_LISTEN=127.0.0.1:1")
	o.expect(t, exitFailed, []string{"history"}, "no bridge answers at 127.0.0.1:1", "journal.url is not set")
	o.env = append(o.env, "WS1BRIDGE_JOURNAL=sqlite:"+filepath.Join(folder, "none.db"))
	o.expect(t, exitFailed, []string{"history"}, "there is no journal at")
	o.env = append(o.env, "WS1BRIDGE_JOURNAL=mysql://x")
	o.expect(t, exitUsage, []string{"history"}, "journal.url", "sqlite:PATH")
}

// TestJournalThatCannotBeWritten costs history and no push, and says so.
func TestJournalThatCannotBeWritten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "later")
	s := serve(t, accesstest.Config{}, "WS1BRIDGE_JOURNAL=sqlite:"+filepath.Join(folder, "j.db"))
	somePushes(t, s)
	s.stdout.Await(t, "history cannot be written")
	if status := s.awaitStatus(t, http.StatusServiceUnavailable); status.Components["journal"].Fix == "" {
		t.Errorf("/status is %+v", status)
	}
	if code, _ := cmdtest.Get(t, s.ops+"/readyz"); code != http.StatusOK {
		t.Errorf("/readyz is %d: this copy takes pushes", code)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	s.stdout.Await(t, "history is written again")
	o := &operator{access: s.access, env: cmdtest.Environ("WS1BRIDGE_JOURNAL=sqlite:" + filepath.Join(folder, "j.db"))}
	o.awaitHistory(t, 2) // nothing is lost
}

// TestDryRunHasNoHistory keeps what was not done out of the database.
func TestDryRunHasNoHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "j.db")
	s := serveArgs(t, accesstest.Config{}, []string{"serve", "--dry-run"}, "WS1BRIDGE_JOURNAL=sqlite:"+file)
	s.push(t, http.StatusCreated, http.MethodPost, "/Users", okta.User("ada@acme.com", "Ada", "Lovelace", "00u1ada"))
	if _, body := cmdtest.Get(t, s.ops+"/journal"); !strings.Contains(body, "ada@acme.com") {
		t.Errorf("the memory has %s", body)
	}
	s.stop(t)
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("there is a database: %v", err)
	}
}

// TestGuardCommands shows the guard of a running bridge, and of a database, and lets changes pass.
func TestGuardCommands(t *testing.T) {
	s := serve(t, accesstest.Config{SeedUsers: 3}, "WS1BRIDGE_GUARD_MAX_DEACTIVATIONS=1")
	id := func(n int) string { return s.access.State().Users[n]["id"].(string) }
	off := okta.Patch(okta.Replace(okta.Object{"active": false}))
	s.push(t, http.StatusOK, http.MethodPatch, "/Users/"+id(1), off)
	s.push(t, http.StatusTooManyRequests, http.MethodPatch, "/Users/"+id(2), off)
	s.stdout.Await(t, "the guard holds changes back")
	o := &operator{access: s.access, env: append(cmdtest.Environ("WS1BRIDGE_ACCESS_URL="+s.access.URL),
		"WS1BRIDGE_OPS_LISTEN="+strings.TrimPrefix(s.ops, "http://"))}
	o.expect(t, exitFailed, words("guard show"), "deactivations of users", "yes", "guard release lets them pass")
	if _, page := cmdtest.Get(t, s.ops+"/"); !strings.Contains(page, "Let it pass for an hour") {
		t.Error("the console does not say so")
	}
	o.expect(t, exitUsage, words("guard release --for 1000h"), "--for must be up to")
	o.expect(t, exitOK, words("guard release --for 10m"), "Everything passes until")
	o.expect(t, exitOK, words("guard show --json"), `"holds_back": false`)
	s.push(t, http.StatusOK, http.MethodPatch, "/Users/"+id(2), off)
	if code, _ := cmdtest.GetAs(t, s.ops+"/guard", "attacker.example"); code != http.StatusForbidden {
		t.Errorf("another host is answered %d", code)
	}
	o.env = append(o.env, "WS1BRIDGE_JOURNAL=sqlite:"+filepath.Join(t.TempDir(), "j.db"),
		"WS1BRIDGE_GUARD_MAX_DELETIONS=5%")
	o.expect(t, exitOK, words("guard release"), "Everything passes until")
	o.expect(t, exitOK, words("guard show"), "5%", "Everything passes until")
}

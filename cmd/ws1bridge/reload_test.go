package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// mounted is a bridge whose settings and secrets are in files.
type mounted struct {
	*served

	folder    string
	opsListen string
}

// mount runs a bridge with a configuration file and two secrets.
func mount(t *testing.T, cfg accesstest.Config) *mounted {
	t.Helper()
	m := &mounted{folder: t.TempDir(), opsListen: "127.0.0.1:0"}
	m.put(t, "secret", cmdtest.Secret)
	m.put(t, "tokens", cmdtest.Token)
	m.configure(t)
	m.served = serve(t, cfg, "WS1BRIDGE_CONFIG="+m.path("config.yaml"), "WS1BRIDGE_DOMAIN=", "WS1BRIDGE_OPS_LISTEN=",
		"WS1BRIDGE_ACCESS_CLIENT_SECRET=", "WS1BRIDGE_OKTA_TOKENS=")
	return m
}

func (m *mounted) path(name string) string { return filepath.Join(m.folder, name) }

// put replaces a file as a whole.
func (m *mounted) put(t *testing.T, name, text string) {
	t.Helper()
	must(t, os.WriteFile(m.path("new"), []byte(text), 0o600))
	must(t, os.Rename(m.path("new"), m.path(name)))
}

// configure writes the configuration file with more settings, which are JSON.
func (m *mounted) configure(t *testing.T, more ...string) {
	t.Helper()
	sections := []string{
		fmt.Sprintf(`"ops_listen": %q`, m.opsListen),
		fmt.Sprintf(`"access": {"client_secret_file": %q}`, m.path("secret")),
	}
	if !strings.Contains(strings.Join(more, ""), `"domains"`) {
		more = append(more, `"domains": {"default": "acme.com"}`)
	}
	if !strings.Contains(strings.Join(more, ""), `"okta"`) {
		more = append(more, fmt.Sprintf(`"okta": {"tokens_file": %q}`, m.path("tokens")))
	}
	m.put(t, "config.yaml", "{"+strings.Join(append(sections, more...), ", ")+"}")
}

// awaitReloads waits until the configuration was read so many times, with or without
// success.
func (m *mounted) awaitReloads(t *testing.T, times int) {
	t.Helper()
	const taken, refused = "the configuration was read again", "it is not taken"
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		log := m.stdout.String()
		if strings.Count(log, taken)+strings.Count(log, refused) >= times {
			return
		}
		if time.Since(began) > cmdtest.Patience {
			t.Fatalf("the configuration was not read %d times:\n%s", times, log)
		}
	}
}

func (m *mounted) wantSuccess(t *testing.T, want string) {
	t.Helper()
	if _, metrics := cmdtest.Get(t, m.ops+"/metrics"); !strings.Contains(metrics,
		"\nws1bridge_config_reload_success "+want+"\n") {
		t.Errorf("ws1bridge_config_reload_success is not %s", want)
	}
}

func TestReloadOfTokens(t *testing.T) {
	m := mount(t, accesstest.Config{})
	next := okta.Client{Base: m.okta.Base, Token: "the-next-token-of-okta"}
	want := func(c okta.Client, want int) {
		t.Helper()
		if r, err := c.Send(t.Context(), http.MethodGet, "/Users?count=1", nil); err != nil || r.Status != want {
			t.Errorf("the token %s is answered %d, %v; want %d", c.Token, r.Status, err, want)
		}
	}
	want(next, http.StatusUnauthorized)
	m.put(t, "tokens", cmdtest.Token+"\n"+next.Token)
	m.awaitReloads(t, 1)
	want(next, http.StatusOK)
	want(m.okta, http.StatusOK)
	m.put(t, "tokens", next.Token)
	m.awaitReloads(t, 2)
	want(next, http.StatusOK)
	want(m.okta, http.StatusUnauthorized)
	log := m.stdout.String()
	if !strings.Contains(log, `"changed":["okta.tokens"]`) || strings.Contains(log, next.Token) {
		t.Errorf("the log does not name the setting, or shows the token:\n%s", log)
	}
}

func TestReloadOfTheSecret(t *testing.T) {
	m := mount(t, accesstest.Config{})
	m.access.RotateSecret("the-next-secret")
	m.put(t, "secret", "the-next-secret")
	m.awaitReloads(t, 1)
	m.access.RevokeTokens()
	m.push(t, http.StatusCreated, http.MethodPost, "/Users", okta.User("ada@acme.com", "Ada", "Lovelace", "00u1ada"))
	if log := m.stdout.String(); strings.Contains(log, "the-next-secret") {
		t.Errorf("the log shows the secret:\n%s", log)
	}
}

func TestReloadOfTheTable(t *testing.T) {
	m := mount(t, accesstest.Config{})
	title := func(id, title string) {
		t.Helper()
		m.push(t, http.StatusOK, http.MethodPatch, "/Users/"+id, okta.Patch(okta.Replace(okta.Object{"title": title})))
	}
	ada := m.push(t, http.StatusCreated, http.MethodPost, "/Users", okta.User("ada@acme.com", "Ada", "Lovelace",
		"00u1ada"))
	title(ada.ID(), "Countess")
	m.configure(t, titlesAreNickNames, `"log": {"level": "debug"}`)
	m.awaitReloads(t, 1)
	title(ada.ID(), "Lady")
	for _, u := range m.access.State().Users {
		if u["id"] == ada.ID() && u["nickName"] != "Lady" {
			t.Errorf("Access holds %v", u)
		}
	}
	m.stdout.Await(t, `"changed":["attributes","log.level"]`)
}

// A domain that comes is served at once, and who is in it is known.
func TestReloadOfDomains(t *testing.T) {
	m := mount(t, accesstest.Config{Domains: []string{"acme.com", "other.com"}})
	grace, err := m.access.SeedUser(map[string]any{"userName": "grace", "externalId": "00u2", "active": true,
		"name": map[string]any{"givenName": "Grace", "familyName": "Hopper"}, "emails": []any{map[string]any{
			"value": "grace@other.com"}}, "schemas": []any{"urn:scim:schemas:core:1.0",
			"urn:scim:schemas:extension:workspace:1.0"},
		"urn:scim:schemas:extension:workspace:1.0": map[string]any{"domain": "other.com", "internalUserType": "PROVISIONED"}})
	must(t, err)
	m.push(t, http.StatusNotFound, http.MethodGet, "/Users/"+grace, nil)
	m.configure(t, `"domains": {"default": "acme.com", "managed": ["acme.com", "other.com"]}`)
	m.awaitReloads(t, 1)
	m.push(t, http.StatusOK, http.MethodGet, "/Users/"+grace, nil)
	team := m.push(t, http.StatusCreated, http.MethodPost, "/Groups",
		okta.Group("team", okta.Member(grace, "Grace Hopper")))
	m.push(t, http.StatusOK, http.MethodGet, "/Groups/"+team.ID(), nil)
	m.configure(t)
	m.awaitReloads(t, 2)
	m.push(t, http.StatusNotFound, http.MethodGet, "/Users/"+grace, nil)
}

func TestReloadRefusesMistakes(t *testing.T) {
	m := mount(t, accesstest.Config{})
	m.wantSuccess(t, "1")
	mistakes := []struct {
		name   string
		change func()
		says   string
	}{
		{"no YAML", func() { m.put(t, "config.yaml", "domains: [") }, "it is not YAML"},
		{"a file that is gone", func() { must(t, os.Remove(m.path("config.yaml"))) }, "no such file"},
		{"two mistakes", func() { m.configure(t, `"log": {"level": "loud"}`, `"scim": {"max_scan": -1}`) }, "log.level"},
		{"a secret that is not there yet", func() {
			m.configure(t, fmt.Sprintf(`"okta": {"tokens_file": %q}`, m.path("later")))
		}, "okta.tokens_file"},
	}
	for i, mistake := range mistakes {
		t.Run(mistake.name, func(t *testing.T) {
			mistake.change()
			m.awaitReloads(t, i+1)
			m.stdout.Await(t, mistake.says)
			m.wantSuccess(t, "0")
			m.push(t, http.StatusOK, http.MethodGet, "/Users?count=1", nil)
		})
	}
	m.put(t, "later", cmdtest.Token) // where the last configuration looks for it
	m.awaitReloads(t, len(mistakes)+1)
	m.wantSuccess(t, "1")
	if log := m.stdout.String(); strings.Contains(log, cmdtest.Token) {
		t.Errorf("the log shows a token:\n%s", log)
	}
}

// What cannot change while the bridge runs is named, and the rest is taken.
func TestReloadOfAddresses(t *testing.T) {
	m := mount(t, accesstest.Config{})
	m.opsListen = "127.0.0.1:1"
	m.configure(t, `"public_url": "https://bridge.example.com/scim/v2"`)
	m.awaitReloads(t, 1)
	m.stdout.Await(t, `"settings":["ops_listen"]`)
	m.wantSuccess(t, "1")
	r := m.push(t, http.StatusCreated, http.MethodPost, "/Users", okta.User("ada@acme.com", "Ada", "Lovelace", "00u1ada"))
	if at := r.Body["meta"].(map[string]any)["location"]; at != "https://bridge.example.com/scim/v2/Users/"+r.ID() {
		t.Errorf("the location is %v", at)
	}
}

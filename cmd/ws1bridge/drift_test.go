package main

import (
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/scim/journal"
	"ws1bridge/upstream/accesstest"
)

// TestDriftCommand reports what differs, in each form, and what is missing in the configuration.
func TestDriftCommand(t *testing.T) {
	org := oktatest.Start(t)
	o := newOperator(t, accesstest.Config{})
	seedAda(t, o.access)
	o.expect(t, exitUsage, words("drift"), "okta.org_url, okta.app_id and okta.api_token")
	o.env = append(o.env, "WS1BRIDGE_OKTA_ORG_URL="+org.URL, "WS1BRIDGE_OKTA_APP_ID="+oktatest.AppID,
		"WS1BRIDGE_OKTA_API_TOKEN="+oktatest.Token)
	id := ""
	for _, u := range o.access.State().Users {
		if u["userName"] == "ada@acme.com" {
			id = u["id"].(string)
		}
	}
	ada := oktatest.User{ID: "00u1ada", Link: id, Status: "PROVISIONED", UserName: "ada@acme.com",
		Profile: oktatest.Profile("Ada", "Lovelace", "ada@acme.com", "title", "Countess")}
	delete(ada.Profile, "displayName")
	org.Set([]oktatest.User{ada}, nil)
	o.expect(t, exitOK, words("drift"), "Compared were people (1) and groups (0).")
	ada.Profile["title"] = "marked-title"
	org.Set([]oktatest.User{ada, {ID: "00u2", Status: "ACTIVE", UserName: "grace@acme.com"}}, nil)
	got := o.expect(t, exitFailed, words("drift"), "ada@acme.com", "attributes", "title", "grace@acme.com", "missing",
		"2 differences")
	if strings.Contains(got.stdout, "marked-title") {
		t.Errorf("values are shown: %s", got.stdout)
	}
	o.expect(t, exitFailed, words("drift --format csv"), "name,what,detail,id,okta id", "grace@acme.com,missing")
	var report drift.Report
	decode(t, o.expect(t, exitFailed, words("drift --format json --values")), &report)
	if len(report.Differences) != 2 || report.Differences[0].Values["title"] != [2]any{"Countess", "marked-title"} {
		t.Errorf("got %+v", report)
	}
	o.expect(t, exitFailed, words("drift --json"), `"kind": "missing"`)
	o.expect(t, exitUsage, words("drift --values"), "--values goes with --json")
	o.expect(t, exitUsage, words("drift --json --format csv"), "give one of them")
	o.expect(t, exitUsage, words("drift --format xml"), "want table, json or csv")
	o.env = append(o.env, "WS1BRIDGE_OKTA_API_TOKEN=hush-wrong-token")
	if got := o.expect(t, exitFailed, words("drift"), "okta answers 401"); strings.Contains(got.stderr, "hush") {
		t.Errorf("the token is shown: %s", got.stderr)
	}
}

// TestDriftRepair shows what it would do, asks, does it, and is remembered.
func TestDriftRepair(t *testing.T) {
	org := oktatest.Start(t)
	o := newOperator(t, accesstest.Config{}, "WS1BRIDGE_OKTA_ORG_URL="+org.URL, "WS1BRIDGE_OKTA_APP_ID="+oktatest.AppID,
		"WS1BRIDGE_OKTA_API_TOKEN="+oktatest.Token, "WS1BRIDGE_JOURNAL=sqlite:"+t.TempDir()+"/journal.db")
	grace := oktatest.User{ID: "00u2", Status: "ACTIVE", UserName: "grace@acme.com",
		Profile: oktatest.Profile("Grace", "Hopper", "grace@acme.com")}
	org.Set([]oktatest.User{grace}, []oktatest.Group{{ID: "00g1", Name: "Engineers", Status: "ACTIVE",
		Members: []string{grace.ID}}})
	seedAda(t, o.access)
	for args, says := range map[string]string{
		"drift --yes": "go with --repair", "drift --deactivate-unassigned": "go with --repair",
		"drift --repair --format csv": "takes no --format",
	} {
		o.expect(t, exitUsage, words(args), says)
	}
	got := o.expect(t, exitFailed, words("drift --repair"), "grace@acme.com   create the account",
		"create the group (members: 1)", "not confirmed: nothing was written", "ada@acme.com", "unassigned")
	if len(o.access.State().Groups) > 1 || strings.Contains(got.stdout, "not done") {
		t.Errorf("it wrote: %s", got.stdout)
	}
	o.expect(t, exitFailed, words("drift --repair --yes"), "left for an administrator: 1")
	o.expect(t, exitFailed, words("drift --repair --yes --deactivate-unassigned"), "ada@acme.com   deactivate",
		"Provision User")
	o.expect(t, exitFailed, words("drift --repair --yes --deactivate-unassigned"), "There is nothing to repair.")
	o.expect(t, exitOK, words("history"), "grace@acme.com", "Engineers", "ada@acme.com")
	var records []journal.Record
	decode(t, o.expect(t, exitOK, words("history --json")), &records)
	for _, r := range records {
		if r.Caller != drift.Caller || r.Status > 204 {
			t.Errorf("the journal has %+v", r)
		}
	}
	if len(records) != 3 {
		t.Errorf("the journal has %d pushes, want 3", len(records))
	}
}

// TestDriftByServiceApp asks as a service app, whose key is in a file.
func TestDriftByServiceApp(t *testing.T) {
	org := oktatest.Start(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	app := oktatest.App{ClientID: oktatest.ClientID, KeyID: "kid-1", Key: key.Public(), Scopes: oktatest.Scopes()}
	org.SetApp(app)
	file := cmdtest.WriteFile(t, cmdtest.PEM(t, key))
	o := newOperator(t, accesstest.Config{}, "WS1BRIDGE_OKTA_ORG_URL="+org.URL, "WS1BRIDGE_OKTA_APP_ID="+oktatest.AppID,
		"WS1BRIDGE_OKTA_CLIENT_ID="+app.ClientID, "WS1BRIDGE_OKTA_KEY_ID="+app.KeyID,
		"WS1BRIDGE_OKTA_PRIVATE_KEY_FILE="+file)
	org.Set([]oktatest.User{{ID: "00u1", Status: "ACTIVE", UserName: "ada@acme.com"}}, nil)
	o.expect(t, exitFailed, words("drift"), "ada@acme.com", "missing", "1 differences")
	if got := org.TokenRequests(); got != 1 {
		t.Errorf("there were %d requests for a token, want 1", got)
	}
	app.DPoP = true
	org.SetApp(app)
	o.expect(t, exitFailed, words("drift"), "invalid_dpop_proof", "Require Demonstrating Proof of Possession")
	o.env = append(o.env, "WS1BRIDGE_OKTA_API_TOKEN="+oktatest.Token)
	got := o.expect(t, exitUsage, words("drift"), "okta.api_token", "a service app asks already")
	if strings.Contains(got.stderr, oktatest.Token) || strings.Contains(got.stderr, "PRIVATE KEY") {
		t.Errorf("a secret is shown: %s", got.stderr)
	}
}

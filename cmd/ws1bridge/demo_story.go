package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"

	"ws1bridge/upstream/accesstest"
)

// teller plays Okta and prints what happens. The first thing that goes wrong
// ends the story.
type teller struct {
	out   io.Writer
	okta  oktaClient
	stage *demoStage
	err   error

	ada, grace, alan string // ids of users
	team             string // id of the group of the catalog app
	oncall           string // id of the group of the custom app
}

// tell plays all scenes.
func (t *teller) tell(ctx context.Context) error {
	t.print("ws1bridge demo: what Okta pushes on the left, what the bridge answers on the right.\n")
	t.print("  bridge  %s   what Okta calls\n  Access  %s           an emulator of Workspace ONE Access\n", t.stage.base, t.stage.tenant)
	for _, scene := range []func(context.Context){
		t.testsCredentials, t.assignsPeople, t.updatesProfile, t.pushesGroup, t.pushesGroupByPut,
		t.deactivates, t.losesToken, t.meetsOutage,
	} {
		if scene(ctx); t.err != nil {
			return t.err
		}
	}
	t.showAccess("In the end, Workspace ONE Access holds")
	return t.err
}

func (t *teller) testsCredentials(ctx context.Context) {
	t.scene("Okta tests the connection")
	t.push(ctx, http.StatusOK, http.MethodGet, "/Users?startIndex=1&count=2", nil)
	t.say("Access has a local administrator, who does not exist for Okta: 0 users.")
}

func (t *teller) assignsPeople(ctx context.Context) {
	t.scene("Three people are assigned to the application")
	for _, person := range []struct {
		id                              *string
		userName, given, family, oktaID string
	}{
		{&t.ada, "ada@acme.com", "Ada", "Lovelace", "00u1ada"},
		{&t.grace, "grace@acme.com", "Grace", "Hopper", "00u2grace"},
		{&t.alan, "alan@acme.com", "Alan", "Turing", "00u3alan"},
	} {
		t.push(ctx, http.StatusOK, http.MethodGet, filtered("/Users", "userName", person.userName), nil)
		*person.id = t.push(ctx, http.StatusCreated, http.MethodPost, "/Users",
			oktaUser(person.userName, person.given, person.family, person.oktaID)).id()
	}
	t.showAccess("Workspace ONE Access now holds")
}

func (t *teller) updatesProfile(ctx context.Context) {
	t.scene("Ada gets a title: Okta reads her, changes the resource and writes all of it back")
	read := t.push(ctx, http.StatusOK, http.MethodGet, "/Users/"+t.ada, nil)
	if read.body == nil {
		return
	}
	t.writes(func() { t.push(ctx, http.StatusOK, http.MethodPut, "/Users/"+t.ada, read.body) },
		"nothing changed, so the bridge sent Access no write")
	read.body["title"] = "Countess"
	t.push(ctx, http.StatusOK, http.MethodPut, "/Users/"+t.ada, read.body)
}

func (t *teller) pushesGroup(ctx context.Context) {
	t.scene("A group is pushed by an app of Okta's catalog, which changes groups by PATCH")
	t.team = t.push(ctx, http.StatusCreated, http.MethodPost, "/Groups", object{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": "Engineers",
		"members": []object{member(t.ada, "ada@acme.com"), member(t.grace, "grace@acme.com")},
	}).id()
	t.writes(func() {
		t.push(ctx, http.StatusOK, http.MethodPatch, "/Groups/"+t.team, patch(object{"op": "add", "path": "members",
			"value": []object{member(t.ada, "ada@acme.com"), member(t.grace, "grace@acme.com")}}))
	}, "the same members again: nothing sent")
	t.push(ctx, http.StatusOK, http.MethodPatch, "/Groups/"+t.team,
		patch(object{"op": "replace", "value": object{"id": t.team, "displayName": "Engineering"}}))
	t.push(ctx, http.StatusOK, http.MethodPatch, "/Groups/"+t.team, patch(
		object{"op": "remove", "path": `members[value eq "` + t.grace + `"]`},
		object{"op": "add", "path": "members", "value": []object{member(t.alan, "alan@acme.com"), member("no-such-user", "gone@acme.com")}}))
	t.say("One of the members is unknown to Access: it is left out, the others are not lost.")
}

func (t *teller) pushesGroupByPut(ctx context.Context) {
	t.scene("Another group is pushed by a custom app, which changes groups by PUT")
	t.push(ctx, http.StatusOK, http.MethodGet, filtered("/Groups", "displayName", "On call"), nil)
	body := object{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": "On call",
		"members": []object{member(t.grace, "grace@acme.com")}}
	t.oncall = t.push(ctx, http.StatusCreated, http.MethodPost, "/Groups", body).id()
	body["id"] = t.oncall
	t.push(ctx, http.StatusOK, http.MethodGet, "/Groups/"+t.oncall, nil)
	t.writes(func() { t.push(ctx, http.StatusOK, http.MethodPut, "/Groups/"+t.oncall, body) }, "identical: nothing sent")
	body["members"] = []object{member(t.alan, "alan@acme.com"), member(t.grace, "grace@acme.com")}
	t.push(ctx, http.StatusOK, http.MethodPut, "/Groups/"+t.oncall, body)
	t.showAccess("Workspace ONE Access now holds")
}

func (t *teller) deactivates(ctx context.Context) {
	t.scene("Alan leaves, and comes back")
	t.push(ctx, http.StatusOK, http.MethodPatch, "/Users/"+t.alan, patch(object{"op": "replace", "value": object{"active": false}}))
	t.push(ctx, http.StatusOK, http.MethodGet, filtered("/Users", "userName", "ALAN@acme.com"), nil)
	t.say("Found though inactive, and whatever the case: Okta links the account instead of making a second.")
	t.push(ctx, http.StatusOK, http.MethodPatch, "/Users/"+t.alan, patch(object{"op": "replace", "value": object{"active": true}}))
}

func (t *teller) losesToken(ctx context.Context) {
	t.scene("Access revokes every token")
	t.stage.emulator.RevokeTokens()
	t.push(ctx, http.StatusOK, http.MethodGet, "/Users/"+t.grace, nil)
	t.say("The bridge fetched a new token and repeated the request: nobody noticed.")
}

func (t *teller) meetsOutage(ctx context.Context) {
	t.scene("Access is down while a fourth person is assigned")
	t.stage.emulator.AddFault(accesstest.Fault{Path: "/SAAS/jersey", Status: http.StatusServiceUnavailable, RetryAfter: 120})
	katherine := oktaUser("katherine@acme.com", "Katherine", "Johnson", "00u4kath")
	r := t.push(ctx, http.StatusTooManyRequests, http.MethodPost, "/Users", katherine)
	t.say("Retry-After: %s. Okta waits and repeats by itself; nobody presses a button.", r.retryAfter)
	t.say("Okta's administrator reads: %s", r.body["detail"])
	t.stage.emulator.ClearFaults()
	t.push(ctx, http.StatusCreated, http.MethodPost, "/Users", katherine)
}

// push sends one request, prints it, and checks its status.
func (t *teller) push(ctx context.Context, want int, method, path string, body any) reply {
	if t.err != nil {
		return reply{}
	}
	r, err := t.okta.send(ctx, method, path, body)
	if err != nil {
		t.err = err
		return r
	}
	shown, _ := url.QueryUnescape(path)
	if len(shown) > 66 {
		shown = shown[:63] + "..."
	}
	t.print("   %-6s %-68s %d%s\n%s", method, shown, r.status, count(r.body), sent(body))
	if r.status != want {
		t.err = fmt.Errorf("%s %s was answered %d, not %d: %v", method, path, r.status, want, r.body["detail"])
	}
	return r
}

// sent is the beginning of a request's body, on a line of its own.
func sent(body any) string {
	if body == nil {
		return ""
	}
	b, err := json.Marshal(body)
	if err != nil {
		return ""
	}
	if len(b) > 112 {
		b = append(b[:112], " …"...)
	}
	return "          " + string(b) + "\n"
}

// count says how many resources a list found.
func count(body map[string]any) string {
	if n, ok := body["totalResults"].(float64); ok {
		return fmt.Sprintf("  %.0f found", n)
	}
	return ""
}

// writes checks that do makes the bridge send Access no write, and says so.
func (t *teller) writes(do func(), remark string) {
	t.stage.emulator.ClearRequests()
	do()
	for _, r := range t.stage.emulator.Requests() {
		if r.Method != http.MethodGet && t.err == nil {
			t.err = fmt.Errorf("a push that changes nothing made the bridge send %s %s", r.Method, r.Path)
		}
	}
	t.say("%s", remark)
}

func (t *teller) scene(title string) { t.print("\n%s\n", title) }

func (t *teller) say(format string, args ...any) {
	if t.err == nil {
		t.print("          "+format+"\n", args...)
	}
}

func (t *teller) print(format string, args ...any) { _, _ = fmt.Fprintf(t.out, format, args...) }

// showAccess prints what the emulator holds, asked behind the bridge's back.
func (t *teller) showAccess(title string) {
	state := t.stage.emulator.State()
	names := map[any]string{}
	t.print("\n%s\n", title)
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "   USER\tDOMAIN\tTYPE\tACTIVE\tTITLE\tEXTERNAL ID")
	for _, u := range state.Users {
		extension, _ := u["urn:scim:schemas:extension:workspace:1.0"].(map[string]any)
		names[u["id"]] = fmt.Sprint(u["userName"])
		_, _ = fmt.Fprintf(w, "   %v\t%v\t%v\t%v\t%v\t%v\n", u["userName"], extension["domain"], extension["internalUserType"],
			u["active"], orDash(u["title"]), orDash(u["externalId"]))
	}
	_, _ = fmt.Fprintln(w, "\n   GROUP\tMEMBERS")
	for _, g := range state.Groups {
		members, _ := g["members"].([]any)
		var shown []string
		for _, m := range members {
			m, _ := m.(map[string]any)
			shown = append(shown, names[m["value"]])
		}
		_, _ = fmt.Fprintf(w, "   %v\t%s\n", g["displayName"], strings.Join(shown, ", "))
	}
	_ = w.Flush()
}

func orDash(v any) any {
	if v == nil {
		return "-"
	}
	return v
}

// invite tells how to go on by hand.
func (t *teller) invite() {
	t.print(`
The bridge goes on serving until you interrupt it. Try:

   curl -H 'Authorization: Bearer %[1]s' '%[2]s/Users?filter=userName+eq+%%22ada@acme.com%%22'
   curl '%[3]s/readyz'
   curl '%[4]s/state'          # what the emulator holds
   curl '%[4]s/requests'       # what the bridge asked of it
   curl -d '{"status":503,"retry_after":5}' '%[4]s/faults'   # break Access; DELETE mends it
`, demoToken, t.stage.base, t.stage.opsURL, t.stage.controlURL)
}

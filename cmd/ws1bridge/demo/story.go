// Package demo plays a short Okta story: it pushes people and groups to a bridge
// in front of an emulator of Access, prints what goes in and what comes of it, and
// checks each answer. Who runs the two is not its concern.
package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/cmd/ws1bridge/terminal"
	"ws1bridge/upstream/accesstest"
)

// Stage is what the story plays on.
type Stage struct {
	// Okta pushes to the bridge.
	Okta     okta.Client
	Emulator *accesstest.Emulator
	// AccessURL and ControlURL are those of the emulator, OpsURL is that of the
	// bridge's health.
	AccessURL, ControlURL, OpsURL string
	// Provider is the identity provider that was set up before the story began.
	Provider string
	Paint    terminal.Painter
}

// PlayFull plays all scenes, with every body. It is an error when one does not go as it
// must. invite tells in the end how to go on by hand.
func PlayFull(ctx context.Context, out io.Writer, stage Stage, invite bool) error {
	t := &teller{Stage: stage, out: out}
	t.print("ws1bridge demo: what Okta pushes, what Access is sent (→), and what the bridge answers (←).\n")
	t.print("  bridge  %s   what Okta calls\n", stage.Okta.Base)
	t.print("  Access  %s           an emulator of Workspace ONE Access\n", stage.AccessURL)
	for _, scene := range []func(context.Context){
		t.testsCredentials, t.assignsPeople, t.updatesProfile, t.pushesGroup, t.pushesGroupByPut,
		t.deactivates, t.losesToken, t.meetsOutage,
	} {
		if scene(ctx); t.err != nil {
			return fmt.Errorf("the story did not go well: %w", t.err)
		}
	}
	t.showAccess("In the end, Workspace ONE Access holds")
	if invite {
		t.invite()
	}
	return nil
}

func (t *teller) invite() {
	t.print(`
The bridge goes on serving until you interrupt it. Try:

   curl -H 'Authorization: Bearer %[1]s' '%[2]s/Users?filter=userName+eq+%%22ada@acme.com%%22'
   curl '%[3]s/status'        # how the bridge and Access are; '%[3]s/' in a browser shows the pushes
   curl '%[4]s/state'          # what the emulator holds
   curl '%[4]s/requests'       # what the bridge asked of it
   curl -d '{"status":503,"retry_after":5}' '%[4]s/faults'   # break Access; DELETE repairs it
`, t.Okta.Token, t.Okta.Base, t.OpsURL, t.ControlURL)
}

func (t *teller) testsCredentials(ctx context.Context) {
	t.scene("Okta tests the connection")
	t.push(ctx, http.StatusOK, http.MethodGet, "/Users?startIndex=1&count=2", nil)
	t.say("Access has a local administrator, who does not exist for Okta: 0 users.")
}

func (t *teller) assignsPeople(ctx context.Context) {
	t.scene("Three people are assigned to the application")
	for _, person := range []struct {
		id                                  *string
		userName, given, family, externalID string
	}{
		{&t.ada, "ada@acme.com", "Ada", "Lovelace", "00u1ada"},
		{&t.grace, "grace@acme.com", "Grace", "Hopper", "00u2grace"},
		{&t.alan, "alan@acme.com", "Alan", "Turing", "00u3alan"},
	} {
		t.push(ctx, http.StatusOK, http.MethodGet, okta.Filtered("/Users", "userName", person.userName), nil)
		*person.id = t.push(ctx, http.StatusCreated, http.MethodPost, "/Users",
			okta.User(person.userName, person.given, person.family, person.externalID)).ID()
	}
	t.showAccess("Workspace ONE Access now holds")
}

func (t *teller) updatesProfile(ctx context.Context) {
	t.scene("Ada gets a title: Okta reads her, changes the resource and writes all of it back")
	read := t.push(ctx, http.StatusOK, http.MethodGet, "/Users/"+t.ada, nil)
	if read.Body == nil {
		return
	}
	t.withoutWrites(func() { t.push(ctx, http.StatusOK, http.MethodPut, "/Users/"+t.ada, read.Body) },
		"nothing changed, so the bridge sent Access no write")
	read.Body["title"] = "Countess"
	t.push(ctx, http.StatusOK, http.MethodPut, "/Users/"+t.ada, read.Body)
}

func (t *teller) pushesGroup(ctx context.Context) {
	t.scene("A group is pushed by an app of Okta's catalog, which changes groups by PATCH")
	ada, grace := okta.Member(t.ada, "ada@acme.com"), okta.Member(t.grace, "grace@acme.com")
	alan, gone := okta.Member(t.alan, "alan@acme.com"), okta.Member("no-such-user", "gone@acme.com")
	id := t.push(ctx, http.StatusCreated, http.MethodPost, "/Groups", okta.Group("Engineers", ada, grace)).ID()
	change := func(operations ...okta.Object) {
		t.push(ctx, http.StatusNoContent, http.MethodPatch, "/Groups/"+id, okta.Patch(operations...))
	}
	change(okta.AddMembers(ada, grace))
	t.say("The same members again. Access adds members to those that are there, so nobody has to read who they are.")
	change(okta.Replace(okta.Object{"id": id, "displayName": "Engineering"}))
	change(okta.RemoveMember(t.grace), okta.AddMembers(alan, gone))
	t.say("One of the members is unknown to Access: it is left out, the others are not lost.")
}

func (t *teller) pushesGroupByPut(ctx context.Context) {
	t.scene("Another group is pushed by a custom app, which changes groups by PUT")
	alan, grace := okta.Member(t.alan, "alan@acme.com"), okta.Member(t.grace, "grace@acme.com")
	t.push(ctx, http.StatusOK, http.MethodGet, okta.Filtered("/Groups", "displayName", "On call"), nil)
	body := okta.Group("On call", grace)
	id := t.push(ctx, http.StatusCreated, http.MethodPost, "/Groups", body).ID()
	body["id"] = id
	t.push(ctx, http.StatusOK, http.MethodGet, "/Groups/"+id, nil)
	write := func() { t.push(ctx, http.StatusOK, http.MethodPut, "/Groups/"+id, body) }
	t.withoutWrites(write, "identical: nothing sent")
	body["members"] = []okta.Object{alan, grace}
	write()
	t.showAccess("Workspace ONE Access now holds")
}

func (t *teller) deactivates(ctx context.Context) {
	t.scene("Alan leaves, and comes back")
	activate := func(active bool) {
		change := okta.Patch(okta.Replace(okta.Object{"active": active}))
		t.push(ctx, http.StatusOK, http.MethodPatch, "/Users/"+t.alan, change)
	}
	activate(false)
	t.push(ctx, http.StatusOK, http.MethodGet, okta.Filtered("/Users", "userName", "ALAN@acme.com"), nil)
	t.say("Found though inactive, and whatever the case: Okta links the account instead of making a second.")
	activate(true)
}

func (t *teller) losesToken(ctx context.Context) {
	t.scene("Access revokes every token")
	t.Emulator.RevokeTokens()
	t.push(ctx, http.StatusOK, http.MethodGet, "/Users/"+t.grace, nil)
	t.say("The bridge fetched a new token and repeated the request: nobody noticed.")
}

func (t *teller) meetsOutage(ctx context.Context) {
	t.scene("Access is down while a fourth person is assigned")
	t.Emulator.AddFault(accesstest.Fault{Path: "/SAAS/jersey", Status: http.StatusServiceUnavailable, RetryAfter: 120})
	katherine := okta.User("katherine@acme.com", "Katherine", "Johnson", "00u4kath")
	r := t.push(ctx, http.StatusTooManyRequests, http.MethodPost, "/Users", katherine)
	t.say("Retry-After: %s. Okta waits and repeats by itself; nobody presses a button.", r.RetryAfter)
	t.say("Okta's administrator reads: %s", r.Body["detail"])
	t.Emulator.ClearFaults()
	t.push(ctx, http.StatusCreated, http.MethodPost, "/Users", katherine)
}

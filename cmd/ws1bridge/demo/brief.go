package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

const (
	// column is the width of each of two columns, in characters.
	column = 58
	// width is that of a line.
	width = 2*column + 3
)

// Play plays the short story: a person and a group are pushed, and what goes wrong in
// the manual way does not. It is an error when a scene does not go as it must. invite
// tells in the end how to go on by hand.
func Play(ctx context.Context, out io.Writer, stage Stage, invite bool) error {
	t := &teller{Stage: stage, out: out}
	tokens := t.tokens()
	t.print("Okta (played here) pushes to the bridge at %s; Access is an emulator.\n", stage.Okta.Base)
	t.heads("OKTA SENDS, SCIM 2.0", "ACCESS IS SENT, SCIM 1.1")
	ada := t.beside(ctx, http.StatusCreated, http.MethodPost, "/Users",
		okta.User("ada@acme.com", "Ada", "Lovelace", "00u1ada"))
	t.ada = ada.ID()
	t.beside(ctx, http.StatusCreated, http.MethodPost, "/Groups",
		okta.Group("Engineers", okta.Member(t.ada, "ada@acme.com")))
	t.Emulator.RevokeTokens()
	t.beside(ctx, http.StatusOK, http.MethodPatch, "/Users/"+t.ada,
		okta.Patch(okta.Replace(okta.Object{"active": false})))
	t.readsBack(ctx)
	refused := t.meetsShortOutage(ctx)
	t.complaints(t.tokens()-tokens, refused)
	if t.err != nil {
		return fmt.Errorf("the story did not go well: %w", t.err)
	}
	if invite {
		t.print(`Still serving; %[4]s shows what Access holds. In another shell (--full tells more),
or with %[3]s/ in a browser, which shows what was pushed:
  curl -H 'Authorization: Bearer %[1]s' %[2]s/Users
  curl %[3]s/status
`, stage.Okta.Token, stage.Okta.Base, stage.OpsURL, stage.ControlURL+"/state")
	}
	return nil
}

// tokens is how many were given out so far.
func (t *teller) tokens() (n int) {
	for _, r := range t.Emulator.Requests() {
		if strings.HasSuffix(r.Path, "/oauthtoken") && r.Status == http.StatusOK {
			n++
		}
	}
	return n
}

func (t *teller) heads(left, right string) {
	t.print("%s   %s\n", t.Paint.Bold(padded(left)), t.Paint.Bold(right))
}

// beside sends one request, and prints beside it what Access was asked to write.
func (t *teller) beside(ctx context.Context, want int, method, path string, body any) okta.Reply {
	r, writes := t.send(ctx, want, method, path, body)
	left := append([]string{method + " " + clipped(path)}, flow(t.compact(body), column)...)
	var right []string
	for _, w := range writes {
		right = append(right, w.Method+" "+clipped(strings.TrimPrefix(w.Path, "/SAAS/jersey/manager/api/scim")))
		right = append(right, flow(t.compact(w.RequestBody), column)...)
	}
	for i := range max(len(left), len(right)) {
		t.print("%s %s %s\n", t.tinted(at(left, i), i, padded), t.Paint.Dim("│"), t.tinted(at(right, i), i, same))
	}
	return r
}

// tinted colors the first line of a request.
func (t *teller) tinted(s string, line int, fit func(string) string) string {
	s = fit(s)
	if line == 0 {
		return t.Paint.Green(s)
	}
	return s
}

func same(s string) string { return s }

func padded(s string) string { return fmt.Sprintf("%-*s", column, s) }

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// clipped is a path without most of an id.
func clipped(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if len(part) > 12 {
			parts[i] = part[:8] + "…"
		}
	}
	return strings.Join(parts, "/")
}

// uuid matches an id of Access.
var uuid = regexp.MustCompile("([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

// compact is a body in one line, with long names and ids shortened.
func (t *teller) compact(body any) string {
	if raw, isRaw := body.(json.RawMessage); body == nil || isRaw && len(raw) == 0 {
		return ""
	}
	b, _ := json.Marshal(body) // it was sent, or came, as JSON
	s := strings.NewReplacer("urn:ietf:params:scim:", "urn:…:", t.Okta.Base, "…").Replace(string(b))
	return uuid.ReplaceAllString(s, "$1…")
}

// flow breaks JSON into lines, after commas where there are some.
func flow(s string, columns int) (lines []string) {
	for len([]rune(s)) > columns {
		runes := []rune(s)
		head := string(runes[:columns])
		cut := strings.LastIndexByte(head, ',') + 1
		if cut < columns/2 {
			cut = strings.LastIndexAny(head, ",:{[") + 1
		}
		if cut <= 1 {
			cut = len(head)
		}
		lines, s = append(lines, s[:cut]), " "+s[cut:]
	}
	return append(lines, s)
}

// readsBack prints what Okta gets to see.
func (t *teller) readsBack(ctx context.Context) {
	r, _ := t.send(ctx, http.StatusOK, http.MethodGet, "/Users/"+t.ada, nil)
	if r.Body["meta"] != nil {
		r.Body["meta"] = "…" // who looks for it finds it with --full
	}
	t.print("%s\n", t.Paint.Bold("OKTA READS BACK"))
	for _, line := range flow(t.compact(r.Body), width) {
		t.print("%s\n", line)
	}
}

// meetsShortOutage has Access fail, and returns what Okta was told.
func (t *teller) meetsShortOutage(ctx context.Context) okta.Reply {
	group := okta.Group("On call", okta.Member(t.ada, "ada@acme.com"))
	t.Emulator.AddFault(accesstest.Fault{Path: "/SAAS/jersey", Status: http.StatusServiceUnavailable, RetryAfter: 60})
	refused, _ := t.send(ctx, http.StatusTooManyRequests, http.MethodPost, "/Groups", group)
	t.Emulator.ClearFaults()
	t.send(ctx, http.StatusCreated, http.MethodPost, "/Groups", group)
	return refused
}

// complaints are those about the manual way, with what came of each in this story.
func (t *teller) complaints(tokens int, refused okta.Reply) {
	t.print("%s\n", t.Paint.Bold("WHAT WENT WRONG BY HAND, AND DID NOT HERE"))
	for _, c := range [][2]string{
		{"A token was made with Postman, pasted into Okta, and replaced every year.",
			fmt.Sprintf("All were revoked in between: the bridge fetched %d by itself, and nobody noticed.", tokens)},
		{"A group push failed, and somebody pressed Retry All Groups.",
			fmt.Sprintf("Access was down: Okta was answered %d with Retry-After %s, repeated by itself, and got its group.",
				refused.Status, refused.RetryAfter)},
		{"The directory was answered NOT_FOUND; then people were there, and nobody could log in.",
			"directory create and login setup were run before: the directory is in the identity provider " + t.Provider + "."},
	} {
		t.print("- %s\n  %s %s\n", c[0], t.Paint.Green("✓"), c[1])
	}
}

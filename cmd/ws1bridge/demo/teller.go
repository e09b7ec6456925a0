package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"

	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// teller plays Okta and prints what happens. The first thing that goes wrong
// ends the story.
type teller struct {
	Stage

	out io.Writer
	err error

	ada, grace, alan string // ids of users
}

// push sends one request, prints what came of it, and checks its status.
func (t *teller) push(ctx context.Context, want int, method, path string, body any) okta.Reply {
	r, sent := t.send(ctx, want, method, path, body)
	if t.err != nil && r.Status == 0 {
		return r
	}
	shown, _ := url.QueryUnescape(path)
	t.print("   %-6s %s\n%s", method, shown, whole("     ", body))
	for _, request := range sent {
		t.print("     → %-6s %s\n%s", request.Method, request.Path, whole("       ", request.RequestBody))
	}
	t.print("     ← %d%s\n%s", r.Status, count(r.Body), whole("       ", r.Body))
	return r
}

// send sends one request and checks its status. It returns what Access was asked to
// write meanwhile.
func (t *teller) send(
	ctx context.Context, want int, method, path string, body any,
) (r okta.Reply, writes []accesstest.Request) {
	if t.err != nil {
		return r, nil
	}
	before := t.Emulator.RequestTotal()
	if r, t.err = t.Okta.Send(ctx, method, path, body); t.err != nil {
		return r, nil
	}
	if r.Status != want {
		t.err = fmt.Errorf("%s %s was answered %d, not %d: %v", method, path, r.Status, want, r.Body["detail"])
	}
	requests := t.Emulator.Requests()
	for _, request := range requests[max(len(requests)-(t.Emulator.RequestTotal()-before), 0):] {
		if request.Method != http.MethodGet && !strings.HasSuffix(request.Path, "/oauthtoken") {
			writes = append(writes, request)
		}
	}
	return r, writes
}

// whole is a body with a line for each value, after an indentation.
func whole(indent string, body any) string {
	if raw, isRaw := body.(json.RawMessage); body == nil || isRaw && len(raw) == 0 {
		return ""
	}
	if object, ok := body.(okta.Object); ok && len(object) == 0 {
		return ""
	}
	b, err := json.MarshalIndent(body, indent, "  ")
	if err != nil {
		return ""
	}
	return indent + string(b) + "\n"
}

// count says how many resources a list found.
func count(body okta.Object) string {
	if n, ok := body["totalResults"].(float64); ok {
		return fmt.Sprintf("  %.0f found", n)
	}
	return ""
}

// withoutWrites checks that do makes the bridge send Access no write, and says so.
func (t *teller) withoutWrites(do func(), remark string) {
	t.Emulator.ClearRequests()
	do()
	for _, r := range t.Emulator.Requests() {
		if r.Method != http.MethodGet && t.err == nil {
			t.err = fmt.Errorf("a push that changes nothing made the bridge send %s %s", r.Method, r.Path)
		}
	}
	t.say("%s", remark)
}

func (t *teller) scene(title string) { t.print("\n%s\n", title) }

func (t *teller) say(format string, args ...any) {
	if t.err == nil {
		t.print("     "+format+"\n", args...)
	}
}

func (t *teller) print(format string, args ...any) { fmt.Fprintf(t.out, format, args...) }

// showAccess prints what the emulator holds, which the bridge is not asked for.
func (t *teller) showAccess(title string) {
	state := t.Emulator.State()
	names := map[any]string{}
	t.print("\n%s\n", title)
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "   USER\tDOMAIN\tTYPE\tACTIVE\tTITLE\tEXTERNAL ID")
	for _, u := range state.Users {
		extension, _ := u["urn:scim:schemas:extension:workspace:1.0"].(okta.Object)
		names[u["id"]] = fmt.Sprint(u["userName"])
		fmt.Fprintf(w, "   %v\t%v\t%v\t%v\t%v\t%v\n", u["userName"], extension["domain"], extension["internalUserType"],
			u["active"], orDash(u["title"]), orDash(u["externalId"]))
	}
	fmt.Fprintln(w, "\n   GROUP\tMEMBERS")
	for _, g := range state.Groups {
		members, _ := g["members"].([]any)
		var shown []string
		for _, m := range members {
			m, _ := m.(okta.Object)
			shown = append(shown, names[m["value"]])
		}
		fmt.Fprintf(w, "   %v\t%s\n", g["displayName"], strings.Join(shown, ", "))
	}
	_ = w.Flush()
}

func orDash(v any) any {
	if v == nil {
		return "-"
	}
	return v
}

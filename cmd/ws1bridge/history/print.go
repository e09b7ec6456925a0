package history

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"ws1bridge/cmd/ws1bridge/terminal"
	"ws1bridge/scim/journal"
)

// Columns are those of a list of records.
var Columns = []string{"time", "operation", "status", "name", "id", "caller", "took", "what"}

// Row is a record in these columns.
func Row(r journal.Record) []any {
	return []any{r.Time.UTC().Format("2006-01-02T15:04:05.000Z"), r.Operation, r.Status, cmp.Or(r.Name, r.ExternalID),
		r.ID, r.Caller, r.Took.Round(time.Millisecond).String(), What(r)}
}

// What is what became of a push in a few words: why it was refused, or what was changed.
func What(r journal.Record) string {
	if r.Failed() {
		return cmp.Or(r.Reason, "refused")
	}
	var parts []string
	if len(r.Changed) > 0 {
		parts = append(parts, strings.Join(short(r.Changed), ", "))
	}
	for _, count := range []struct {
		n    int
		what string
	}{{r.Joined, "joined"}, {r.Left, "left"}, {r.LeftOut, "left out"}} {
		if count.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count.n, count.what))
		}
	}
	if len(r.Dropped) > 0 {
		parts = append(parts, "not kept: "+strings.Join(short(r.Dropped), ", "))
	}
	return cmp.Or(strings.Join(parts, "; "), "no change")
}

// short are names of attributes without the URNs of their schemas.
func short(paths []string) []string {
	out := make([]string, len(paths))
	for i, path := range paths {
		out[i] = path[strings.LastIndex(path, ":")+1:]
	}
	return out
}

// PrintLine prints a record as one line of a log that goes on.
func PrintLine(w io.Writer, p terminal.Painter, r journal.Record) {
	paint := p.Green
	if r.Failed() {
		paint = p.Red
	}
	fmt.Fprintf(w, "%s  %s  %-14s %s  %s\n", p.Dim(r.Time.Local().Format("15:04:05")), paint(fmt.Sprint(r.Status)),
		r.Operation, plain(cmp.Or(r.Name, r.ExternalID, r.ID)), p.Dim(plain(What(r))))
}

// PrintOne prints everything that is known of a push.
func PrintOne(w io.Writer, p terminal.Painter, r journal.Record) {
	paint := p.Green
	if r.Failed() {
		paint = p.Red
	}
	fmt.Fprintf(w, "%s  %s\n\n", paint(fmt.Sprint(r.Status)), p.Bold(r.Operation+" "+plain(cmp.Or(r.Name, r.ID))))
	for _, line := range []struct{ label, text string }{
		{"time", r.Time.Local().Format(time.RFC3339) + ", took " + r.Took.Round(time.Millisecond).String()},
		{"request", r.Request + ", SCIM " + r.Front + ", " + r.Caller},
		{"id", r.ID}, {"externalId", r.ExternalID}, {"domain", r.Domain},
		{"reason", r.Reason}, {"changed", strings.Join(r.Changed, ", ")}, {"not kept", strings.Join(r.Dropped, ", ")},
		{"members", members(r)}, {"values", values(r)},
	} {
		if line.text != "" {
			fmt.Fprintf(w, "  %-11s %s\n", line.label, plain(line.text))
		}
	}
	fmt.Fprintf(w, "\n  %s\n", p.Bold("requests to Access"))
	for _, q := range r.Requests {
		status := fmt.Sprint(q.Status)
		if q.Status == 0 {
			status = "no answer"
		}
		fmt.Fprintf(w, "  %-11s %-6s %s  %s\n", status, q.Method, plain(q.Path),
			p.Dim(q.Took.Round(time.Millisecond).String()))
	}
	if r.More > 0 {
		fmt.Fprintf(w, "  and %d more\n", r.More)
	}
	if len(r.Requests) == 0 {
		fmt.Fprintln(w, "  none")
	}
	fmt.Fprintln(w)
}

func members(r journal.Record) string {
	if r.Joined+r.Left+r.LeftOut == 0 {
		return ""
	}
	text := fmt.Sprintf("%d joined, %d left", r.Joined, r.Left)
	if r.LeftOut > 0 {
		text += fmt.Sprintf(", %d are no users of the bridge: %s", r.LeftOut, strings.Join(r.LeftOutIDs, ", "))
	}
	return text
}

func values(r journal.Record) string {
	if len(r.Values) == 0 {
		return ""
	}
	b, err := json.Marshal(r.Values)
	if err != nil {
		return ""
	}
	return string(b)
}

// plain is a text without what would change the terminal: names come from outside.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '\ufffd'
		}
		return r
	}, s)
}

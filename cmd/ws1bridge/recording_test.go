package main

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestRecording checks that the picture in the README is what the demo prints; -update
// draws it again.
func TestRecording(t *testing.T) {
	demo := start(t, []string{"FORCE_COLOR=1"}, "demo", "--once")
	if got := demo.end(t); got != exitOK {
		t.Fatalf("exit code %d:\n%s", got, demo.stderr)
	}
	path := filepath.Join(root, "deploy", "demo.svg")
	got := drawing("$ ws1bridge demo --once\n" + steady(demo.stdout.String()))
	if *update {
		must(t, os.WriteFile(path, []byte(got), 0o644))
	}
	if readFile(t, path) != got {
		t.Error("deploy/demo.svg is not what the demo prints (make recording draws it)")
	}
}

var (
	shortID = regexp.MustCompile(`[0-9a-f]{8}…`)
	fetched = regexp.MustCompile(`fetched \d by`)
)

// steady is an output without what differs from run to run.
func steady(text string) string {
	known := map[string]string{}
	text = shortID.ReplaceAllStringFunc(text, func(id string) string {
		if known[id] == "" {
			n := len(known)
			known[id] = strings.Repeat("abcdefghij"[n:n+1], 4) + strings.Repeat(fmt.Sprint(n+1), 4) + "…"
		}
		return known[id]
	})
	text = fetched.ReplaceAllString(text, "fetched 1 by")
	return address.ReplaceAllString(text, "127.0.0.1:8080")
}

const (
	charWidth                   = 8.43 // of 14 px, in most fonts
	lineHeight, margin, drawnAt = 18, 16, 1029
)

// drawing is a terminal with a text in colors, as SVG: dark, so that it can be read on any
// page.
func drawing(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	width, height := drawnAt+2*margin, len(lines)*lineHeight+2*margin
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">
<title>ws1bridge demo</title>
<rect width="100%%" height="100%%" rx="8" fill="#1b1f24"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14"
 fill="#d8dee4">
`, width, height, width, height)
	for i, line := range lines {
		fmt.Fprintf(&out, "<text x=\"%d\" y=\"%d\">%s</text>\n", margin, margin+14+i*lineHeight, spans(line))
	}
	out.WriteString("</g>\n</svg>\n")
	return out.String()
}

var escape = regexp.MustCompile("\x1b\\[(\\d+)m")

// spans are the parts of a line in their colors (ECMA-48, SGR). Each begins at its column,
// whatever the font is.
func spans(line string) string {
	styles := map[string]string{"1": ` font-weight="bold"`, "2": ` fill="#768390"`, "31": ` fill="#f47067"`,
		"32": ` fill="#57ab5a"`, "33": ` fill="#daaa3f"`}
	var out strings.Builder
	style, column := "", 0
	put := func(text string) {
		after := column + utf8.RuneCountInString(text)
		column += len(text) - len(strings.TrimLeft(text, " "))
		if text = strings.TrimSpace(text); text != "" {
			fmt.Fprintf(&out, `<tspan x="%.1f" textLength="%.1f"%s>%s</tspan>`, margin+float64(column)*charWidth,
				float64(utf8.RuneCountInString(text))*charWidth, style, html.EscapeString(text))
		}
		column = after
	}
	at := 0
	for _, m := range escape.FindAllStringSubmatchIndex(line, -1) {
		put(line[at:m[0]])
		style, at = styles[line[m[2]:m[3]]], m[1]
	}
	put(line[at:])
	return out.String()
}

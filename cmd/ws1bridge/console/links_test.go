package console

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestOlderPages goes through all pushes, each once.
func TestOlderPages(t *testing.T) {
	w := newWorld(t)
	for range 2*perPage + 7 {
		w.push("ada@acme.com", 201, "")
	}
	seen, path := 0, "/pushes"
	for path != "" {
		_, body, _ := w.get(t, path)
		seen += strings.Count(body, `class="when"`)
		_, rest, more := strings.Cut(body, `<a href="/pushes?before=`)
		seq, _, _ := strings.Cut(rest, `"`)
		if path = ""; more {
			path = "/pushes?before=" + seq
		}
	}
	if seen != 2*perPage+7 {
		t.Errorf("%d pushes were seen, want %d", seen, 2*perPage+7)
	}
}

// TestLinks follows every link of every page.
func TestLinks(t *testing.T) {
	w := newWorld(t)
	for range perPage + 1 {
		w.push("ada & b=c@acme.com", 409, "taken by … & more")
	}
	seen, todo := map[string]bool{}, []string{"/"}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] || len(seen) > 200 {
			continue
		}
		seen[path] = true
		code, body, header := w.get(t, path)
		if code != http.StatusOK || strings.Contains(body, "Nothing was pushed that fits") {
			t.Errorf("%s was answered %d, with no pushes", path, code)
		}
		if !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
			continue
		}
		page, err := html.Parse(strings.NewReader(body))
		must(t, err)
		for n := range page.Descendants() {
			for _, a := range n.Attr {
				if (a.Key == "href" || a.Key == "src") && strings.HasPrefix(a.Val, "/") {
					todo = append(todo, a.Val)
				}
			}
		}
	}
	if len(seen) < perPage {
		t.Errorf("only %d pages were found", len(seen))
	}
}

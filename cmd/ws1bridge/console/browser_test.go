//go:build browser

package console

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/cmd/ws1bridge/status"
	"ws1bridge/scim/journal"
	"ws1bridge/scim/problem"
)

var (
	pictures = flag.String("pictures", "", "folder for pictures of the pages")
	axe      = flag.String("axe", "", "file of axe-core, which finds what people with disabilities would miss")
)

// manners are how people look at pages.
var manners = []struct {
	name, scheme  string
	width, height int64
}{
	{"wide-light", "light", 1280, 800}, {"wide-dark", "dark", 1280, 800},
	{"phone-light", "light", 390, 844}, {"phone-dark", "dark", 390, 844},
}

// fullWorld is a console with everything to see.
func fullWorld(t *testing.T) *world {
	t.Helper()
	w, okta := compared(t)
	sentence := problem.NotShownYet().Sentence()
	id := w.heldID(t, someone)
	w.seedGroup(t, "Engineering", id)
	for _, name := range []string{"ada@acme.com", "grace@acme.com", strings.Repeat("a-very-long-name", 8) + "@acme.com"} {
		w.push(name, 201, "")
		w.push(name, 409, "The userName … is taken by another user of the directory.")
		w.push(name, 429, sentence)
	}
	for range perPage {
		w.push(someone, 200, "")
	}
	w.failing = []status.Named{{Name: "directory", Finding: status.Finding{Status: status.Failed, Since: time.Now(),
		Detail: "no directory has the domain acme.com", Fix: "ws1bridge directory create"}}}
	okta.Set([]oktatest.User{
		{ID: "00u1", Link: id, Status: "DEPROVISIONED", UserName: someone},
		{ID: "00u2", Status: "ACTIVE", UserName: strings.Repeat("a-very-long-name", 8) + "@acme.com"},
	}, nil)
	w.compareNow(t)
	return w
}

// TestPagesInABrowser looks at every page, wide and on a phone, light and dark.
func TestPagesInABrowser(t *testing.T) {
	w := fullWorld(t)
	b := newBrowser(t)
	found, err := w.journal.Find(t.Context(), journal.Query{Failed: true, Limit: 1})
	must(t, err)
	source := ""
	if *axe != "" {
		text, err := os.ReadFile(*axe)
		must(t, err)
		source = string(text)
	}
	for name, path := range map[string]string{
		"overview": "/", "pushes": "/pushes", "push": "/pushes/" + found[0].Seq, "failures": "/failures",
		"nothing-fits": "/pushes?about=nobody&outcome=failed", "people": "/users", "groups": "/groups",
		"drift":  "/drift",
		"person": "/users?name=" + someone, "stranger": "/users?name=admin", "group": "/groups?name=Engineering",
		"not-found": "/nothing", "not-understood": "/pushes?since=soon",
	} {
		for _, look := range manners {
			t.Run(name+"/"+look.name, func(t *testing.T) {
				b.t = t
				b.view(w.URL+path, look.scheme, look.width, look.height)
				b.examine(source)
				if *pictures != "" {
					b.picture(filepath.Join(*pictures, name+"-"+look.name+".png"))
				}
			})
		}
	}
}

// TestWithoutJavaScript searches with a browser that runs no scripts.
func TestWithoutJavaScript(t *testing.T) {
	w := fullWorld(t)
	b := newBrowser(t)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.do(chromedp.Navigate(w.URL+"/pushes"), chromedp.SendKeys(chromedp.CSS(`input[name="about"]`), "grace@acme.com\r"),
		chromedp.WaitVisible(chromedp.CSS(`input[value="grace@acme.com"]`)))
	at, body := get(b, chromedp.Location()), get(b, chromedp.Text(chromedp.CSS("tbody")))
	if !strings.Contains(at, "about=grace") || strings.Count(body, "grace@acme.com") != 3 ||
		strings.Contains(body, "ada@") {
		t.Errorf("%s shows %s", at, body)
	}
}

// TestNewsInABrowser tells of pushes that come while somebody looks.
func TestNewsInABrowser(t *testing.T) {
	w := fullWorld(t)
	b := newBrowser(t)
	b.view(w.URL+"/pushes", "light", 1280, 800)
	w.push("barbara@acme.com", 201, "")
	note := chromedp.CSS("[data-live]")
	b.do(chromedp.WaitVisible(note))
	if text := get(b, chromedp.Text(note)); text != "New pushes: 1" {
		t.Errorf("the page says %q", text)
	}
	b.do(chromedp.Click(chromedp.CSS("[data-live] a")),
		chromedp.WaitVisible(chromedp.Search(`//td[text()="barbara@acme.com"]`)))
}

// TestKeyboard goes through a page by the tabulator key alone.
func TestKeyboard(t *testing.T) {
	w := fullWorld(t)
	b := newBrowser(t)
	b.view(w.URL+"/pushes?about=grace@acme.com", "light", 1280, 800)
	var visited []string
	const focused = `(e => (e.getAttribute("href") || e.name || e.type || e.className) + "")(document.activeElement)`
	for range 30 {
		b.do(chromedp.KeyEvent("\t"))
		visited = append(visited, get(b, chromedp.Evaluate[string](focused)))
	}
	if visited[0] != "#content" {
		t.Errorf("the first is %s, want the link past the navigation", visited[0])
	}
	for _, want := range []string{"/", "/failures", "about", "outcome", "kind", "since", "submit",
		"/pushes.csv?about=grace%40acme.com"} {
		if !slices.Contains(visited, want) {
			t.Errorf("%s is not reached: %v", want, visited)
		}
	}
	b.do(chromedp.Focus(chromedp.CSS("nav a")), chromedp.KeyEvent("\t"))
	const outlined = `getComputedStyle(document.activeElement).outlineStyle !== "none"`
	if !get(b, chromedp.Evaluate[bool](outlined)) {
		t.Error("nothing shows where the keyboard is")
	}
}

// TestTokenInABrowser lets somebody in by the form, and out.
func TestTokenInABrowser(t *testing.T) {
	sum := sha256.Sum256([]byte("a-token-of-the-console"))
	w := newWorld(t, func(c *Config) { c.TokenSHA256 = hex.EncodeToString(sum[:]) })
	w.push("ada@acme.com", 201, "")
	w.public = true
	b := newBrowser(t)
	b.view(w.URL+"/pushes", "dark", 390, 844)
	field := chromedp.CSS(`input[name="token"]`)
	b.do(chromedp.SendKeys(field, "wrong\r"), chromedp.WaitVisible(chromedp.CSS(`[role="alert"]`)))
	b.do(chromedp.SendKeys(field, "a-token-of-the-console\r"), chromedp.WaitVisible(chromedp.CSS("tbody")))
	if at := get(b, chromedp.Location()); at != w.URL+"/pushes" {
		t.Errorf("it led to %s", at)
	}
	b.do(chromedp.Click(chromedp.CSS("footer button")), chromedp.WaitVisible(field))
}

// TestSignOnInABrowser goes to an issuer on another site and back: whether cookies come along,
// browsers alone know.
func TestSignOnInABrowser(t *testing.T) {
	i := newIssuer(t)
	i.asks = true
	i.URL = strings.Replace(i.URL, "127.0.0.1", "localhost", 1)
	w, refusals := signOnWorld(t, i)
	b := newBrowser(t)
	b.view(w.URL+"/pushes?about=ada@acme.com", "light", 1280, 800)
	ctx, cancel := b.within()
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS("a.button")), chromedp.Click(chromedp.CSS("a.go")),
		chromedp.WaitVisible(chromedp.CSS("tbody")))
	if at := get(b, chromedp.Location()); err != nil || at != w.URL+"/pushes?about=ada@acme.com" {
		t.Fatalf("it led to %s, %v, refused for %v", at, err, *refusals)
	}
	for _, c := range call(b, network.GetCookies, network.GetCookiesParams{}).Cookies {
		if !c.HTTPOnly || c.SameSite != network.CookieSameSiteStrict {
			t.Errorf("the browser keeps %+v", c)
		}
	}
}

//go:build browser

package console

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browser is a page in a real browser, and what went wrong there.
type browser struct {
	context.Context
	t *testing.T

	mu       sync.Mutex // guards what follows
	troubles []string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "headless-shell"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Skip("there is no Chromium")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &browser{Context: ctx, t: t}
	messages := chromedp.Console(ctx)
	var listening sync.WaitGroup
	listening.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.note(m)
		}
	})
	t.Cleanup(func() { cancel(); listening.Wait() })
	return b
}

// note keeps what is no mere information.
func (b *browser) note(m chromedp.ConsoleMessage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m.IsException() || slices.Contains([]chromedp.ConsoleType{"error", "warning", "assert"}, m.Type) {
		b.troubles = append(b.troubles, m.String())
	}
}

// take are the troubles until now.
func (b *browser) take() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() { b.troubles = nil }()
	return b.troubles
}

// within bounds what is done in the browser.
func (b *browser) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(b.Context, 30*time.Second)
}

// do does things in the browser.
func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := b.within()
	defer cancel()
	must(b.t, chromedp.Do(ctx, actions...))
}

// get reads something in the browser.
func get[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := b.within()
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	must(b.t, err)
	return value
}

// call sends a command of the protocol.
func call[P, R any](b *browser, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, cancel := b.within()
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	must(b.t, err)
	return result
}

// view opens a page as somebody looks at it.
func (b *browser) view(address, scheme string, width, height int64) {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	b.do(chromedp.EmulateViewport(width, height), chromedp.Navigate(address), chromedp.WaitReady(chromedp.CSS("main")))
}

// examine finds what is wrong with a page.
func (b *browser) examine(axe string) {
	b.t.Helper()
	if get(b, chromedp.Evaluate[bool](
		`document.documentElement.scrollWidth > document.documentElement.clientWidth`)) {
		b.t.Error("the page scrolls sideways")
	}
	background := get(b, chromedp.Evaluate[string](`getComputedStyle(document.body).backgroundColor`))
	if dark := strings.HasSuffix(b.t.Name(), "dark"); dark != (background == "rgb(18, 22, 28)") {
		b.t.Errorf("the page is %s", background)
	}
	for _, trouble := range b.take() {
		// A page in place of one that is not there has a status that browsers log.
		if !strings.Contains(trouble, "status of 40") {
			b.t.Error(trouble)
		}
	}
	if axe == "" {
		return
	}
	get(b, chromedp.Evaluate[any](axe+"\n;0"))
	const violations = `axe.run().then(r => r.violations.map(
		v => v.id + ": " + v.help + " " + v.nodes.slice(0, 5).map(n => n.target.join(" ")).join(", ")))`
	for _, violation := range get(b, chromedp.Evaluate[[]string](violations, chromedp.EvalAwaitPromise)) {
		b.t.Errorf("axe: %s", violation)
	}
}

// picture writes a picture of the whole page.
func (b *browser) picture(path string) {
	b.t.Helper()
	must(b.t, os.WriteFile(path, get(b, chromedp.FullScreenshot(100)), 0o600))
}

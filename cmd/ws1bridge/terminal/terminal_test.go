package terminal

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen := &strings.Builder{}
		g := &Progress{w: screen}
		shown := func() string {
			g.mu.Lock()
			defer g.mu.Unlock()
			return screen.String()
		}
		step := func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
		}
		want := func(text string) {
			t.Helper()
			if got := shown(); got != text {
				t.Errorf("the screen got %q, want %q", got, text)
			}
		}
		g.Begin("the first")
		step(slow - time.Millisecond)
		g.Begin("the second")
		step(slow - time.Millisecond)
		want("")
		step(2 * time.Millisecond)
		want("… the second")
		g.End()
		want("… the second" + erase)
		g.End()
		step(2 * slow)
		want("… the second" + erase)
	})
}

// TestQuiet checks that what is not a terminal gets neither progress nor color.
func TestQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &strings.Builder{}
		g := NewProgress(out)
		g.Begin("something")
		time.Sleep(2 * slow)
		synctest.Wait()
		g.End()
		if p := NewPainter(out, nil); out.String() != "" || p.Colors || p.Red("x") != "x" {
			t.Errorf("it got %q, color %t", out, p.Colors)
		}
	})
}

func TestWantsColors(t *testing.T) {
	for _, tt := range []struct {
		environ []string
		want    bool
	}{
		{nil, true}, {[]string{"NO_COLOR=1"}, false}, {[]string{"NO_COLOR="}, true}, {[]string{"TERM=dumb"}, false},
	} {
		if got := wantsColors(tt.environ); got != tt.want {
			t.Errorf("%v: colors %t, want %t", tt.environ, got, tt.want)
		}
	}
	for environ, want := range map[string]bool{"FORCE_COLOR=1": true, "FORCE_COLOR=": false} {
		if got := NewPainter(&strings.Builder{}, []string{environ}).Colors; got != want {
			t.Errorf("%s: colors %t, want %t", environ, got, want)
		}
	}
	if NewPainter(os.Stdout, []string{"NO_COLOR=1"}).Colors || NewPainter(os.Stdout, []string{"TERM=dumb"}).Colors {
		t.Error("colors where none are wanted")
	}
	if got := (Painter{Colors: true}).Red("x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("got %q", got)
	}
}

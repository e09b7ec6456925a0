package main

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen := newOutput()
		g := &progress{w: screen}
		step := func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
		}
		want := func(text string) {
			t.Helper()
			if got := screen.String(); got != text {
				t.Errorf("the screen got %q, want %q", got, text)
			}
		}
		g.begin("the first")
		step(slow - time.Millisecond)
		g.begin("the second")
		step(slow - time.Millisecond)
		want("")
		step(2 * time.Millisecond)
		want("… the second")
		g.end()
		want("… the second" + wipe)
		g.end()
		step(2 * slow)
		want("… the second" + wipe)
	})
}

// TestQuiet checks that what is not a terminal gets neither progress nor color.
func TestQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, diagnostics := newOutput(), newOutput()
		p := &program{stdout: out, stderr: diagnostics}
		g := p.newProgress()
		g.begin("something")
		time.Sleep(2 * slow)
		synctest.Wait()
		g.end()
		if diagnostics.String() != "" || p.colorful(out) {
			t.Errorf("standard error got %q, color %t", diagnostics, p.colorful(out))
		}
	})
}

func TestWantsColor(t *testing.T) {
	for _, tt := range []struct {
		environ []string
		want    bool
	}{
		{nil, true}, {[]string{"NO_COLOR=1"}, false}, {[]string{"NO_COLOR="}, true}, {[]string{"TERM=dumb"}, false},
	} {
		if got := wantsColor(tt.environ); got != tt.want {
			t.Errorf("%v: color %t, want %t", tt.environ, got, tt.want)
		}
	}
}

package watch

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// run is a Watcher at work.
type run struct {
	calls chan struct{}
	looks chan struct{}
}

// settings are what tests change.
type settings struct {
	poll    time.Duration
	changed func()
}

// begin watches the paths until the test ends.
func begin(t *testing.T, s settings, paths func() []string) *run {
	t.Helper()
	if s.poll == 0 {
		s.poll = time.Hour // so that only events count
	}
	seen := &run{calls: make(chan struct{}, 100), looks: make(chan struct{}, 1000)}
	w := New(paths)
	w.settle, w.poll = 200*time.Millisecond, s.poll // longer than the steps of one change take
	w.looked = func() { seen.looks <- struct{}{} }
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx, func() {
			if s.changed != nil {
				s.changed()
			}
			seen.calls <- struct{}{}
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	seen.look(t) // the first
	return seen
}

func these(paths ...string) func() []string { return func() []string { return paths } }

// look waits until the files are looked at.
func (s *run) look(t *testing.T) {
	t.Helper()
	select {
	case <-s.looks:
	case <-time.After(patience):
		t.Fatal("the files are not looked at")
	}
}

// expect waits for one call, and for nothing more.
func (s *run) expect(t *testing.T) {
	t.Helper()
	select {
	case <-s.calls:
	case <-time.After(patience):
		t.Fatal("no call after a change")
	}
	s.look(t)
	s.none(t)
}

func (s *run) none(t *testing.T) {
	t.Helper()
	select {
	case <-s.calls:
		t.Fatal("a call without a change")
	default:
	}
}

// TestLinkElsewhere has links in the path and at its end, to other folders.
func TestLinkElsewhere(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "live"} {
		must(t, os.Mkdir(filepath.Join(dir, name), 0o700))
	}
	write(t, filepath.Join(dir, "a", "1.pem"), "one")
	write(t, filepath.Join(dir, "b", "2.pem"), "two")
	link := filepath.Join(dir, "live", "cert.pem")
	must(t, os.Symlink("../a/1.pem", link))
	must(t, os.Symlink(filepath.Join(dir, "live"), filepath.Join(dir, "current")))
	w := begin(t, settings{}, these(filepath.Join(dir, "current", "cert.pem")))
	write(t, filepath.Join(dir, "a", "1.pem"), "one, again")
	w.expect(t)
	must(t, os.Symlink("../b/2.pem", link+".new"))
	must(t, os.Rename(link+".new", link))
	w.expect(t)
	write(t, filepath.Join(dir, "b", "2.pem"), "two, again")
	w.expect(t)
	must(t, os.Symlink("a", filepath.Join(dir, "next")))
	write(t, filepath.Join(dir, "a", "cert.pem"), "three")
	must(t, os.Rename(filepath.Join(dir, "next"), filepath.Join(dir, "current")))
	w.expect(t)
}

func TestFolderGoesAndComesBack(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "deep", "folder", "file")
	w := begin(t, settings{}, these(path)) // nothing of it exists
	for _, content := range []string{"first", "second"} {
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		write(t, path, content)
		w.expect(t)
		must(t, os.RemoveAll(filepath.Join(dir, "deep")))
		w.expect(t)
	}
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	write(t, path, "third")
	w.expect(t)
	must(t, os.Rename(filepath.Dir(path), filepath.Join(dir, "away")))
	w.expect(t)
	must(t, os.RemoveAll(filepath.Join(dir, "away")))
	must(t, os.Mkdir(filepath.Dir(path), 0o700))
	write(t, path, "fourth")
	w.expect(t)
}

// TestBetween has a file change after New, before Run.
func TestBetween(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, "first")
	w := New(these(path))
	write(t, path, "second")
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	w.Run(ctx, func() { calls++; cancel() })
	if calls != 1 {
		t.Errorf("%d calls, want 1", calls)
	}
}

// TestMoreFiles has a change add a file, which it has read, and another come by itself.
func TestMoreFiles(t *testing.T) {
	dir := t.TempDir()
	first, second, third := filepath.Join(dir, "1"), filepath.Join(dir, "2", "2"), filepath.Join(dir, "3", "3")
	must(t, os.Mkdir(filepath.Dir(second), 0o700))
	write(t, second, "two")
	paths := []string{first}
	w := begin(t, settings{changed: func() { paths = append(paths, second) }}, func() []string { return paths })
	write(t, first, "one")
	w.expect(t)
	write(t, second, "two, again")
	w.expect(t)
	known := these(first)()
	w = begin(t, settings{}, func() []string {
		if len(known) == 1 {
			known = append(known, third)
			return known[:1]
		}
		return known
	})
	<-w.calls
}

// TestPolled has no events of the system.
func TestPolled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	ways := &folders{}
	w := New(these(path))
	calls := 0
	write(t, path, "first")
	w.compare(ways, func() { calls++ })
	w.compare(ways, func() { calls++ })
	if calls != 1 {
		t.Errorf("%d calls, want 1", calls)
	}
	if ways.close(); ways.events() != nil {
		t.Error("there are events")
	}
	seen := begin(t, settings{poll: 20 * time.Millisecond}, these(path))
	seen.look(t) // without an event
	seen.none(t)
}

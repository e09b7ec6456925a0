// Package watch tells when files have changed: a configuration, secrets and
// certificates that somebody edits, replaces, or mounts anew.
package watch

import (
	"context"
	"crypto/sha256"
	"io"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settle is how long a folder must be quiet, because a change comes in several steps;
	// restless is how long it may be otherwise, such as one with a log in it.
	settle   = 200 * time.Millisecond
	restless = 2 * time.Second
	// interval is how often files are looked at without an event: file systems over a
	// network tell of none, and neither does a folder that is not there.
	interval = 30 * time.Second
)

// Files calls changed after files have another content than before, come or go, until
// ctx ends. paths is asked again each time. What is changed in several steps is told
// once, when their folders have been quiet for 200 ms, after 2 s at the latest. Where
// the operating system tells nothing, a change is found within 30 s.
//
// Mounted volumes swap a link in the path of a file, and editors rename a new file over
// the old one: so folders are watched, and contents are compared.
func Files(ctx context.Context, paths func() []string, changed func()) {
	w := &watcher{paths: paths}
	// Without one, such as where the user has no more of them, files are only looked at.
	if events, err := fsnotify.NewWatcher(); err == nil {
		defer func() { _ = events.Close() }()
		w.events = events
	}
	w.look()
	for w.wait(ctx) {
		if w.look() {
			changed()
		}
	}
}

// watcher holds what was seen last.
type watcher struct {
	paths  func() []string
	events *fsnotify.Watcher // nil for none
	seen   map[string]state
}

// state is what a file holds; the zero state is that of a file that cannot be read.
type state struct {
	read bool
	sum  [sha256.Size]byte
}

// wait waits until it is time to look at the files. It reports whether ctx goes on.
func (w *watcher) wait(ctx context.Context) bool {
	var happens <-chan fsnotify.Event
	var errs <-chan error
	if w.events != nil {
		happens, errs = w.events.Events, w.events.Errors
	}
	timer := time.NewTimer(interval)
	defer timer.Stop()
	var begun time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case <-happens:
		case <-errs: //nolint:errcheck // events were lost, whatever the reason
		}
		if begun.IsZero() {
			begun = time.Now()
		}
		timer.Reset(min(settle, time.Until(begun.Add(restless))))
	}
}

// look notes what the files hold, and watches the folders on the way to them. It reports
// whether something changed.
func (w *watcher) look() bool {
	now := map[string]state{}
	for _, path := range w.paths() {
		w.watchFolders(path)
		now[path] = read(path)
	}
	before := w.seen
	w.seen = now
	return before != nil && !maps.Equal(before, now)
}

// maxLinks bounds how many links are followed.
const maxLinks = 40

// watchFolders watches the folder of a path and, where a link leads elsewhere, the next.
// Adding one that is watched already does nothing.
func (w *watcher) watchFolders(path string) {
	if w.events == nil {
		return
	}
	for range maxLinks {
		folder := filepath.Dir(path)
		_ = w.events.Add(folder) // one that is not there is looked for the next time
		target, err := os.Readlink(path)
		if err != nil {
			return
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(folder, target)
		}
		path = target
	}
}

// read is the state of a file. Only regular ones are read: nobody waits for a pipe.
func read(path string) (s state) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return s
	}
	f, err := os.Open(path)
	if err != nil {
		return s
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return s
	}
	s.read = true
	sum.Sum(s.sum[:0])
	return s
}

// Package watch tells when the content of files may have changed. It follows links, as
// Kubernetes has them in mounted secrets, files that are replaced, and folders that go
// and come back. What tells of a change is the content, not the event: events of the
// file system only say when to look, and every now and then it looks by itself, because
// network file systems send none. It knows nothing of what the files hold, and keeps
// only a digest of it.
package watch

import (
	"context"
	"time"
)

const (
	// settle is how long nothing must happen before the files are looked at: they are
	// often written in several steps, and a certificate and its key one after the other.
	settle = 200 * time.Millisecond
	// restless bounds the wait for quiet.
	restless = 2 * time.Second
	// poll is how often the files are looked at without an event.
	poll = 30 * time.Second
	// pollAlone is the same where the system gives no events, such as when all its
	// watches are in use.
	pollAlone = 5 * time.Second
)

// Watcher watches files. Make one with New.
type Watcher struct {
	paths        func() []string
	known        contents
	settle, poll time.Duration
	looked       func() // for tests: told after each look; nil otherwise
}

// Files watches files that nobody has read yet: it is New and Run.
func Files(ctx context.Context, paths func() []string, changed func()) { New(paths).Run(ctx, changed) }

// New remembers what the files hold now, and starts nothing. Call it before the files
// are read, so that no change in between is missed. paths is asked again at each look,
// by the goroutine of Run; it may name files that do not exist, and empty names, which
// are left out. A file that it did not name before counts as changed, unless changed,
// the argument of Run, is what added it.
func New(paths func() []string) *Watcher {
	return &Watcher{paths: paths, known: look(paths()), settle: settle, poll: poll}
}

// Run calls changed each time after the content of any of the files may have changed,
// once for changes that come together, until ctx ends. A file that goes or comes,
// or can no longer be read, has changed. Run waits for changed. It tells after 200 ms
// without an event, after 2 s at the latest, and after 30 s where the operating system
// tells nothing, such as of a file system over a network.
func (w *Watcher) Run(ctx context.Context, changed func()) {
	f := newFolders()
	defer f.close()
	interval := w.poll
	if !f.work() {
		interval = min(interval, pollAlone)
	}
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	w.compare(f, changed) // what changed since New
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		case e := <-f.events():
			if !f.concerns(e) {
				continue
			}
			w.rest(ctx, f)
		case <-f.lost:
		}
		w.compare(f, changed)
	}
}

// rest waits until nothing happens any more, for a time. A folder that came back is
// followed at once, so that what happens in it counts.
func (w *Watcher) rest(ctx context.Context, f *folders) {
	end := time.NewTimer(restless)
	defer end.Stop()
	still := time.NewTimer(w.settle)
	defer still.Stop()
	f.follow(w.paths())
	for {
		select {
		case <-ctx.Done():
			return
		case <-end.C:
			return
		case <-still.C:
			return
		case e := <-f.events():
			if f.concerns(e) {
				f.follow(w.paths())
				still.Reset(w.settle)
			}
		case <-f.lost:
		}
	}
}

// compare looks at the files, and calls changed if they are not as they were. It follows
// them first, so that what changes after the look is an event.
func (w *Watcher) compare(f *folders, changed func()) {
	f.follow(w.paths())
	now := look(w.paths())
	differ := now.differ(w.known)
	w.known = now
	if differ {
		changed()
		f.follow(w.paths())
		w.known.add(look(w.paths())) // what changed has added, it has read
	}
	if w.looked != nil {
		w.looked()
	}
}

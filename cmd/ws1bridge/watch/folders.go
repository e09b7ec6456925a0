package watch

import (
	"maps"

	"github.com/fsnotify/fsnotify"
)

// folders are the folders in which something can happen to the files. Without watches
// of the system they do nothing.
type folders struct {
	system *fsnotify.Watcher // nil: there are none
	names  map[string]bool   // what is of interest in them
	// lost gets something after a failure, such as events that were lost.
	lost chan struct{}
	done chan struct{} // closed when the failures end
}

func newFolders() *folders {
	system, err := fsnotify.NewWatcher()
	if err != nil {
		return &folders{} // looking now and then has to do
	}
	f := &folders{system: system, lost: make(chan struct{}, 1), done: make(chan struct{})}
	go f.takeFailures()
	return f
}

// takeFailures takes each failure at once: fsnotify may hold its lock until then, which
// every change of what is watched needs.
func (f *folders) takeFailures() {
	defer close(f.done)
	for range f.system.Errors {
		select {
		case f.lost <- struct{}{}:
		default: // one is enough for a look
		}
	}
}

func (f *folders) work() bool { return f.system != nil }

func (f *folders) close() {
	if f.work() {
		_ = f.system.Close()
		<-f.done
	}
}

func (f *folders) events() <-chan fsnotify.Event {
	if !f.work() {
		return nil
	}
	return f.system.Events
}

// concerns says whether the event is about something on the way to a file, or about a
// folder that is watched.
func (f *folders) concerns(e fsnotify.Event) bool { return f.names[e.Name] }

// follow watches what lies on the way to the files. A way that changes meanwhile is
// followed again.
func (f *folders) follow(paths []string) {
	if !f.work() {
		return
	}
	for range 3 {
		names, wanted := map[string]bool{}, map[string]bool{}
		for _, path := range paths {
			for _, step := range way(path) {
				wanted[step.folder] = true
				names[step.folder], names[step.name] = true, true
			}
		}
		same := maps.Equal(names, f.names)
		f.names = names
		f.watch(wanted)
		if same {
			return
		}
	}
}

func (f *folders) watch(wanted map[string]bool) {
	for _, folder := range f.system.WatchList() {
		if !wanted[folder] {
			_ = f.system.Remove(folder) // it may be gone
		}
	}
	for folder := range wanted {
		_ = f.system.Add(folder) // what cannot be watched is looked at now and then
	}
}

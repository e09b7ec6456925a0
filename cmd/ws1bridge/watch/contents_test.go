package watch

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

func TestDigest(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write(t, path("one"), "content")
	write(t, path("same"), "content")
	write(t, path("empty"), "")
	write(t, path("other"), "CONTENT")
	must(t, syscall.Mkfifo(path("fifo"), 0o600))
	must(t, os.Symlink("circle", path("circle")))
	must(t, os.WriteFile(path("large"), bytes.Repeat([]byte("x"), maxFile+1), 0o600))
	if digest(path("one")) != digest(path("same")) {
		t.Error("the same content has two digests")
	}
	var digests []string
	for _, name := range []string{"one", "empty", "other", "fifo", "circle", "large", "missing"} {
		digests = append(digests, digest(path(name)))
	}
	slices.Sort(digests)
	if n := len(slices.Compact(slices.Clone(digests))); n != len(digests) {
		t.Errorf("%d of %d digests differ: %q", n, len(digests), digests)
	}
	if digest(path("missing")) != digest(path("one/beneath")) {
		t.Error("what is missing has two digests")
	}
	before := digest(path("large"))
	must(t, os.Chtimes(path("large"), time.Now(), time.Now().Add(time.Hour)))
	if digest(path("large")) == before {
		t.Error("a change of a large file is not seen")
	}
}

func TestWay(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	path := func(name string) string { return filepath.Join(dir, name) }
	must(t, os.Mkdir(path("real"), 0o700))
	must(t, os.Mkdir(path("real/sub"), 0o700))
	write(t, path("real/file"), "")
	must(t, os.Symlink("real/sub", path("short")))
	must(t, os.Symlink(path("real"), path("absolute")))
	must(t, os.Symlink("circle", path("circle")))
	tests := []struct {
		name, path string
		want       []string // the last step of each
	}{
		{"a file", "real/file", []string{"real/file"}},
		{"a link to a folder", "absolute/file", []string{"absolute", "real/file"}},
		{"the parent of what a link names", "short/../file", []string{"short", "real/file"}},
		{"a missing file", "real/none", []string{"real/none"}},
		{"a missing folder", "none/deeper/file", []string{"none"}},
		{"a file as a folder", "real/file/beneath", []string{"real/file/beneath"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got, want []string
			for _, s := range way(dir + "/" + tt.path) {
				got = append(got, s.name)
			}
			for _, name := range tt.want {
				want = append(want, path(name))
			}
			if !slices.Equal(got, want) {
				t.Errorf("the way is %q, want %q", got, want)
			}
		})
	}
	if n := len(way(path("circle/file"))); n != maxLinks {
		t.Errorf("a circle has %d steps", n)
	}
	if way("") != nil {
		t.Error("no file has a way")
	}
	t.Chdir(path("real"))
	if steps := way("file"); len(steps) != 1 || steps[0].name != path("real/file") {
		t.Errorf("the way of a relative path is %v", steps)
	}
}

package regular

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for name, size := range map[string]int{"small": 1024, "large": 1025} {
		if err := os.WriteFile(path(name), []byte(strings.Repeat("x", size)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(path("fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := Read(path("small"), 1024, "secret"); err != nil || len(b) != 1024 {
		t.Errorf("%d bytes are read, %v", len(b), err)
	}
	for name, want := range map[string]string{
		"large": "it is larger than 1 KiB, and no secret is",
		"fifo":  "it is not a regular file: pipes and devices are not read",
		"":      "it is not a regular file: pipes and devices are not read", // the folder
	} {
		_, err := Read(path(name), 1024, "secret")
		if unfit, ok := errors.AsType[Unfit](err); !ok || string(unfit) != want {
			t.Errorf("%q: the error is %v, want %q", name, err, want)
		}
	}
	if _, err := Read(path("none"), 1024, "secret"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a missing file, the error is %v", err)
	}
}

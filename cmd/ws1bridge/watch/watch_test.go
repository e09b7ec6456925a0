package watch

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

// watched counts the changes of files until the test ends.
func watched(t *testing.T, paths ...string) *atomic.Int32 {
	t.Helper()
	var changes atomic.Int32
	ctx, cancel := context.WithCancel(t.Context())
	looked, done := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(done)
		Files(ctx, func() []string {
			select {
			case looked <- struct{}{}:
			default:
			}
			return paths
		}, func() { changes.Add(1) })
	}()
	t.Cleanup(func() { cancel(); <-done })
	<-looked
	time.Sleep(50 * time.Millisecond) // until the first look is over
	return &changes
}

// await waits until so many changes were told, and until no more come.
func await(t *testing.T, changes *atomic.Int32, want int32) {
	t.Helper()
	for began := time.Now(); changes.Load() < want && time.Since(began) < patience; {
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(2 * settle)
	if got := changes.Load(); got != want {
		t.Errorf("%d changes were told, want %d", got, want)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFiles(t *testing.T) {
	tests := []struct {
		name   string
		change func(t *testing.T, path string)
		want   int32
	}{
		{"written in place", func(t *testing.T, path string) { t.Helper(); write(t, path, "new") }, 1},
		{"replaced by another file", func(t *testing.T, path string) {
			t.Helper()
			write(t, path+".tmp", "new")
			must(t, os.Rename(path+".tmp", path))
		}, 1},
		{"removed, and there again", func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Remove(path))
			time.Sleep(2 * settle)
			write(t, path, "old")
		}, 2},
		{"changed in many steps", func(t *testing.T, path string) {
			t.Helper()
			for i := range 10 {
				write(t, path, strconv.Itoa(i))
				time.Sleep(settle / 10)
			}
		}, 1},
		{"written with what it holds", func(t *testing.T, path string) { t.Helper(); write(t, path, "old") }, 0},
		{"touched", func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Chtimes(path, time.Now(), time.Now().Add(time.Hour)))
		}, 0},
		{"another file of the folder", func(t *testing.T, path string) { t.Helper(); write(t, path+".other", "new") }, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "secret")
			write(t, path, "old")
			changes := watched(t, path)
			tt.change(t, path)
			await(t, changes, tt.want)
		})
	}
}

// A mounted volume is a link to a folder that is swapped for another.
func TestMountedVolume(t *testing.T) {
	t.Parallel()
	volume := t.TempDir()
	mount := func(revision, text string) {
		folder := filepath.Join(volume, "..rev"+revision)
		must(t, os.Mkdir(folder, 0o700))
		write(t, filepath.Join(folder, "secret"), text)
		must(t, os.Symlink(filepath.Base(folder), filepath.Join(volume, "..new")))
		must(t, os.Rename(filepath.Join(volume, "..new"), filepath.Join(volume, "..data")))
	}
	mount("1", "old")
	must(t, os.Symlink("..data/secret", filepath.Join(volume, "secret")))
	changes := watched(t, filepath.Join(volume, "secret"))
	for i := int32(1); i <= 3; i++ {
		mount(strconv.Itoa(int(i+1)), "new "+strconv.Itoa(int(i)))
		must(t, os.RemoveAll(filepath.Join(volume, "..rev"+strconv.Itoa(int(i)))))
		await(t, changes, i)
	}
}

// A link may lead to a file that is changed where it is.
func TestLinkToAnotherFolder(t *testing.T) {
	t.Parallel()
	real, link := filepath.Join(t.TempDir(), "secret"), filepath.Join(t.TempDir(), "link")
	write(t, real, "old")
	must(t, os.Symlink(real, link))
	changes := watched(t, link)
	write(t, real, "new")
	await(t, changes, 1)
}

// What is not there yet is told when it comes, whatever else happens in its folder.
func TestRestlessFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "secret")
	changes := watched(t, path, filepath.Join(folder, "no such folder", "other"))
	began := time.Now()
	write(t, path, "new")
	for i := 0; changes.Load() == 0 && time.Since(began) < patience; i++ {
		write(t, filepath.Join(folder, "log"), strconv.Itoa(i))
		time.Sleep(settle / 10)
	}
	if took := time.Since(began); changes.Load() != 1 || took > restless {
		t.Errorf("%d changes were told after %v, want one after about %v", changes.Load(), took, settle)
	}
}

// TestRestlessFile has a file that never rests: it is told now and then.
func TestRestlessFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret")
	changes := watched(t, path)
	began := time.Now()
	for i := 0; changes.Load() == 0 && time.Since(began) < patience; i++ {
		write(t, path, strconv.Itoa(i))
		time.Sleep(settle / 10)
	}
	if took := time.Since(began); changes.Load() != 1 || took < restless/2 || took > 2*restless {
		t.Errorf("%d changes were told after %v, want one after about %v", changes.Load(), took, restless)
	}
}

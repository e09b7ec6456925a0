package watch

import (
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// contents are the digests of what files hold, or why they cannot be read, by path.
type contents map[string]string

func look(paths []string) contents {
	found := contents{}
	for _, path := range paths {
		if path != "" {
			found[path] = digest(path)
		}
	}
	return found
}

// differ reports whether a file is not as it was before. One that nobody asks for any
// more makes no difference.
func (c contents) differ(before contents) bool {
	for path, now := range c {
		if was, known := before[path]; !known || was != now {
			return true
		}
	}
	return false
}

// add adds the files that c does not have.
func (c contents) add(others contents) {
	for path, digest := range others {
		if _, known := c[path]; !known {
			c[path] = digest
		}
	}
}

// maxFile bounds what is read of a file, in bytes. A larger one is compared by its size
// and time too.
const maxFile = 16 << 20

// digest tells contents from each other. It does not wait for whoever might write to a
// FIFO.
func digest(path string) string {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "error: " + cause(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "error: " + cause(err)
	}
	if !info.Mode().IsRegular() {
		return "not a regular file"
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.LimitReader(f, maxFile)); err != nil {
		return "error: " + cause(err)
	}
	found := "content: " + string(sum.Sum(nil))
	if info.Size() > maxFile {
		found += info.ModTime().String()
	}
	return found
}

// cause is why, without the path: of a file that is away, it does not matter which part
// of the way to it is.
func cause(err error) string {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return "missing"
	}
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err.Error()
	}
	return err.Error()
}

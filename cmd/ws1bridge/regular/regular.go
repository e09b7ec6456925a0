// Package regular reads regular files, which an operator names, up to a limit. It waits
// for nobody, and its errors quote nothing of the content.
package regular

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// Unfit is why a file is not taken.
type Unfit string

func (u Unfit) Error() string { return string(u) }

// Read reads a file that holds what is of limit bytes at most. It does not wait for
// whoever might write to a FIFO. The error is an Unfit, or one of the operating system.
func Read(path string, limit int64, what string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, Unfit("it is not a regular file: pipes and devices are not read")
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if int64(len(b)) > limit {
		return nil, Unfit(fmt.Sprintf("it is larger than %d KiB, and no %s is", limit>>10, what))
	}
	return b, err
}

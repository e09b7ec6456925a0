package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxLinks is where a way through links is taken for a circle, as Linux does.
const maxLinks = 40

// step is where the way to a file can change: a name in a folder that has no links in
// its own path.
type step struct{ folder, name string }

// way lists the steps to a file: the links on the way, and its last step. If something
// is missing, the way ends there, because that is where it would appear.
//
// Folders that are no links are not listed, but for the last: a watch of each would be
// told of whatever happens in /etc or /tmp. If one is moved away, or the last comes to
// an end with all that is above it, a look now and then finds it.
func way(path string) (steps []step) {
	if path == "" {
		return nil
	}
	if !filepath.IsAbs(path) {
		here, err := os.Getwd()
		if err != nil {
			return nil
		}
		path = here + root + path
	}
	here, rest := root, parts(path)
	for links := 0; len(rest) > 0 && links < maxLinks; {
		next := filepath.Join(here, rest[0])
		rest = rest[1:]
		info, err := os.Lstat(next)
		switch {
		case err == nil && info.Mode()&fs.ModeSymlink != 0:
			steps = append(steps, step{here, next})
			links++
			target, err := os.Readlink(next)
			if err != nil {
				return steps
			}
			if filepath.IsAbs(target) {
				here = root
			}
			rest = append(parts(target), rest...)
		case err != nil || len(rest) == 0:
			return append(steps, step{here, next})
		default:
			here = next
		}
	}
	return steps
}

const root = string(filepath.Separator)

// parts are the names in a path. They are not cleaned: behind a link, .. is the parent of
// what the link names.
func parts(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == filepath.Separator })
}

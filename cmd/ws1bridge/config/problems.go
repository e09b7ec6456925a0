package config

import (
	"errors"
	"fmt"
	"strings"
)

// wholeFile is the Setting of a problem of the file itself.
const wholeFile = "the configuration file"

// Problem is one mistake in the configuration.
type Problem struct {
	// Setting is where the mistake is, as the file calls it:
	// "domains.rules[0].okta".
	Setting string
	// Reason says what is wrong and what to do. It quotes no value of a setting
	// that may be a secret.
	Reason string
}

// Error is the setting, in both of its forms, and the reason.
func (p Problem) Error() string { return describe(p.Setting) + ": " + p.Reason }

// in reports whether the problem is about a section or a setting, or something
// in it.
func (p Problem) in(section string) bool {
	rest, ok := strings.CutPrefix(p.Setting, section)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// hides reports whether the other problem comes of this one: it is about the same
// setting, or about the secret that a file was to have.
func (p Problem) hides(other Problem) bool {
	return strings.TrimSuffix(p.Setting, "_file") == other.Setting || p.Setting == other.Setting
}

// Problems are all mistakes of a configuration. As an error they are one a line.
type Problems []Problem

// Error counts and lists them.
func (ps Problems) Error() string {
	list := make([]error, len(ps))
	for i, p := range ps {
		list[i] = p
	}
	return fmt.Sprintf("the configuration has %d problem(s):\n%v", len(ps), errors.Join(list...))
}

// Err is ps as an error, nil where there are none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// About are the problems of some sections, and those of the file itself, which
// may hide any.
func (ps Problems) About(sections ...string) Problems {
	var kept Problems
	for _, p := range ps {
		for _, section := range append(sections, wholeFile) {
			if p.in(section) {
				kept = append(kept, p)
			}
		}
	}
	return kept
}

func (ps *Problems) report(setting, format string, args ...any) {
	*ps = append(*ps, Problem{setting, fmt.Sprintf(format, args...)})
}

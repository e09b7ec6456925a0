package terminal

import (
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// leastWidth is the width in columns below which lines are not wrapped any more.
const leastWidth = 40

// Width is how many columns of text w shows in a line, 0 for any number: that of the
// terminal, or of COLUMNS in the environment. What goes to a file or a pipe has no width
// of its own.
func Width(w io.Writer, environ []string) int {
	for _, e := range slices.Backward(environ) {
		if value, ok := strings.CutPrefix(e, "COLUMNS="); ok {
			if n, err := strconv.Atoi(value); err == nil && n > 0 {
				return max(n, leastWidth)
			}
		}
	}
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return max(columns, leastWidth)
		}
	}
	return 0
}

// Wrap breaks a text at spaces into lines of at most width columns; a word that is longer
// has a line of its own. A width of 0 or less breaks nothing.
func Wrap(text string, width int) []string {
	if width <= 0 {
		return []string{text}
	}
	var lines []string
	line, used := "", 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		if used > 0 && used+1+n > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line += " "
			used++
		}
		line += word
		used += n
	}
	return append(lines, line)
}

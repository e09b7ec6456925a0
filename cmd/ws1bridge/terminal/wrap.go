package terminal

import (
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/term"
	"golang.org/x/text/width"
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

// color matches what a Painter puts around a text.
var color = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// Columns is how many columns a text takes on a terminal: two for the wide letters of East
// Asia (Unicode Standard Annex 11), none for colors and for marks on the letter before.
func Columns(text string) (n int) {
	for _, r := range color.ReplaceAllString(text, "") {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Wrap breaks a text at spaces into lines of at most limit columns; a word that is longer
// has a line of its own. A limit of 0 or less breaks nothing.
func Wrap(text string, limit int) []string {
	if limit <= 0 {
		return []string{text}
	}
	var lines []string
	line, used := "", 0
	for word := range strings.FieldsSeq(text) {
		n := Columns(word)
		if used > 0 && used+1+n > limit {
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

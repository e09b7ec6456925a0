package export

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// MaxBytes is how large a file may be: an org of 100,000 people has some 20 MB.
const MaxBytes = 64 << 20

// saveAs says what to do about a file that is no text.
const saveAs = `save it as "CSV UTF-8"`

// readText reads a file as UTF-8. A byte order mark decides between that and UTF-16, which Excel
// writes as "Unicode text".
func readText(in io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(in, MaxBytes+1))
	switch {
	case err != nil:
		return nil, err
	case len(raw) > MaxBytes:
		return nil, fmt.Errorf("the file is larger than %d MB: leave out columns that are not to be compared",
			MaxBytes>>20)
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		return nil, errors.New("the file is a workbook or an archive: " + saveAs)
	}
	text, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), raw)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be decoded: %w", err)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("the file is empty: its first line must name columns, userName at least")
	}
	isWide := bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff"))
	return text, checkText(text, isWide)
}

// checkText refuses what is no text, with its line. Where it was UTF-16, the decoder put U+FFFD for
// what is none.
func checkText(text []byte, isWide bool) error {
	line := 1
	for rest := text; len(rest) > 0; line++ {
		this, after, _ := bytes.Cut(rest, []byte("\n"))
		switch {
		case bytes.IndexByte(this, 0) >= 0:
			return fmt.Errorf("line %d is not text: %s", line, saveAs)
		case isWide && bytes.ContainsRune(this, utf8.RuneError):
			return fmt.Errorf("line %d is not in UTF-16: %s", line, saveAs)
		case !utf8.Valid(this):
			return fmt.Errorf("line %d is not in UTF-8: %s", line, saveAs)
		}
		rest = after
	}
	return nil
}

// separator is what stands between the names of the first line, outside of quotes.
func separator(text []byte) rune {
	counts, inQuotes := map[byte]int{}, false
	for _, c := range text {
		if c == '\n' && !inQuotes {
			break
		}
		if c == '"' {
			inQuotes = !inQuotes
		}
		if !inQuotes {
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte(";\t") {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return rune(best)
}

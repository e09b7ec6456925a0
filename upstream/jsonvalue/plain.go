package jsonvalue

// Bytes of a word, of which isPlain looks at eight at a time.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// isPlain reports whether a text is the same between the quotes of a string: most are. What
// holds a quote, a backslash, a control character or anything beyond ASCII may not be.
func isPlain[T ~string | ~[]byte](text T) bool {
	for ; len(text) >= 8; text = text[8:] {
		word := uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 |
			uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
		if (word|hasByte(word, '"')|hasByte(word, '\\')|(word-' '*ones)&^word)&highs != 0 {
			return false
		}
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x80 || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// hasByte has the high bit of one of its bytes set if, and only if, a byte of the word is c.
func hasByte(word uint64, c byte) uint64 {
	difference := word ^ uint64(c)*ones
	return (difference - ones) &^ difference
}

package auth

import (
	"errors"
	"strings"
	"unicode"
)

// CheckText refuses a text that an editor or a shell wrote in another way than was
// meant. Its error does not quote the text.
func CheckText(text string) error {
	switch {
	case strings.HasPrefix(text, "\ufeff"):
		return errors.New("begins with a byte order mark: save it as UTF-8 without one")
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return errors.New("is UTF-16: save it as UTF-8 without a byte order mark")
	case strings.Contains(text, "\x00"):
		return errors.New("has zero bytes in it, as UTF-16 has: save it as UTF-8")
	}
	return nil
}

// CheckCredential refuses what cannot be the id or the secret of an OAuth client. It
// catches what comes with a pasted secret or a file. Its error does not quote the
// text.
func CheckCredential(text string) error {
	switch err := CheckText(text); {
	case err != nil:
		return err
	case strings.TrimSpace(text) != text:
		return errors.New("has white space around it")
	case strings.ContainsAny(text, "\r\n"):
		return errors.New("has more than one line")
	case strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("has a control character in it")
	}
	return nil
}

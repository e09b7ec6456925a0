package upstream

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ws1bridge/auth/neterr"
)

// refusal turns an answer other than 2xx into an error. The kind follows the
// status, because Access's code strings are not documented, and who answered: what
// is not Access's says nothing about the data.
func refusal(r call, res *http.Response, body []byte) *Error {
	status := res.StatusCode
	e := &Error{Op: r.op, Kind: ErrUnavailable, Status: status, RetryAfter: retryAfter(res.Header)}
	message, from := readRefusal(res.Header, body)
	switch {
	case status/100 == 3:
		e.Err, e.Redirect = ErrNotAccess, neterr.RedirectHost(res)
	case status == http.StatusNotImplemented || status/100 == 4 && !passes(status) && !from.mayBeAccess(status):
		e.Err = ErrNotAccess
	case status/100 != 4 || passes(status):
		e.InDoubt = r.writes() && status/100 != 4
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		e.Kind = ErrNotPermitted
	case status == http.StatusNotFound && r.isOfCollection():
		e.Err = ErrNoSuchPath
	case status == http.StatusNotFound:
		e.Kind = ErrNotFound
	case status == http.StatusConflict:
		e.Kind = ErrConflict
	default:
		e.Kind = ErrRefused
	}
	if status/100 == 4 && !errors.Is(e.Err, ErrNotAccess) {
		e.Message = message
	}
	return e
}

// origin is whose answer a refusal is, by its form.
type origin int

const (
	// foreign is a page, or the JSON of another server.
	foreign origin = iota
	// unsigned could be anybody's: JSON with just a message.
	unsigned
	// empty could be anybody's, too.
	empty
	// ofOAuth has the form of RFC 6749 section 5.2.
	ofOAuth
	// ofAccess has the list of errors that Access documents.
	ofAccess
)

// mayBeAccess reports whether Access can have answered the status in that form. For
// statuses that firewalls and proxies give as well, a message alone is not enough; and
// that a record does not exist is believed only in Access's own form.
func (o origin) mayBeAccess(status int) bool {
	switch status {
	case http.StatusProxyAuthRequired:
		return false
	case http.StatusNotFound:
		return o == ofAccess
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed:
		return o >= empty
	}
	return o >= unsigned
}

// passes reports whether a client error is about the moment, not the request.
func passes(status int) bool {
	return slices.Contains([]int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}, status)
}

// readRefusal finds the sentence in an error answer, in each of the shapes that
// were seen at Access or are to be expected: errors[].message, Errors[].description,
// error_description, message.
func readRefusal(h http.Header, body []byte) (message string, from origin) {
	if len(bytes.TrimSpace(body)) == 0 {
		return "", empty
	}
	if media, _, err := mime.ParseMediaType(h.Get("Content-Type")); err == nil && strings.HasSuffix(media, "html") {
		return "", foreign
	}
	var answer struct {
		// encoding/json matches names without regard to case, so this is Errors too.
		Errors []struct {
			Code        string `json:"code"` // of other servers, it may be a number
			Message     string `json:"message"`
			Description string `json:"description"`
		} `json:"errors"`
		Message     string `json:"message"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", foreign
	}
	for _, e := range answer.Errors {
		if message = cmp.Or(e.Message, e.Description); message != "" {
			return clip(message), ofAccess
		}
	}
	switch {
	case answer.Description != "":
		return clip(answer.Description), ofOAuth
	case answer.Message != "":
		return clip(answer.Message), unsigned
	}
	return "", foreign
}

func clip(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if runes := []rune(s); len(runes) > maxMessage {
		return string(runes[:maxMessage]) + "…"
	}
	return s
}

// retryAfter reads Retry-After in both forms of RFC 9110 section 10.2.3.
func retryAfter(h http.Header) time.Duration {
	raw := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.Atoi(raw); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 3600)) * time.Second
	}
	if at, err := http.ParseTime(raw); err == nil {
		return max(0, min(time.Until(at), time.Hour))
	}
	return 0
}

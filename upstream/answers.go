package upstream

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// confirmation judges an answer of success that brings nothing to decode. Access
// sends no body then, or JSON; a page comes from something that is in
// between and may never have passed the request on.
func confirmation(r call, status int, body []byte, err error) error {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0 && err != nil:
		err = fmt.Errorf("read the answer: %w", err)
	case len(body) == 0 || body[0] == '{':
		return nil
	default:
		err = errors.New("the answer is not the JSON that Access documents")
	}
	return &Error{Op: r.op, Kind: ErrUnavailable, Status: status, InDoubt: r.writes(), Err: err}
}

func decodeAnswer(body []byte, out any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("the answer is empty")
	}
	if err := json.Unmarshal(body, out); err != nil {
		return errors.New("the answer is not the JSON that Access documents")
	}
	return nil
}

// withoutURL strips the request's URL, whose filter may name a person, from an
// error of net/http.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// refusal turns an answer other than 2xx into an error. The kind follows the
// status alone, because Access's code strings are not documented; a page that
// is not JSON is a proxy's and says nothing about the data.
func refusal(r call, res *http.Response, body []byte) *Error {
	e := &Error{Op: r.op, Status: res.StatusCode, RetryAfter: retryAfter(res.Header)}
	message, fromAccess := accessMessage(res.Header, body)
	switch status := res.StatusCode; {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		e.Kind = ErrNotPermitted
	case status/100 != 4 || !fromAccess || passes(status):
		e.Kind, e.InDoubt = ErrUnavailable, r.writes() && status/100 == 5
	case status == http.StatusNotFound:
		e.Kind = ErrNotFound
	case status == http.StatusConflict:
		e.Kind = ErrConflict
	default:
		e.Kind = ErrRefused
	}
	if status := res.StatusCode; status/100 == 4 && fromAccess {
		e.Message = message
	}
	return e
}

// passes reports whether a client error is about the moment, not the request.
func passes(status int) bool {
	return slices.Contains([]int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusProxyAuthRequired}, status)
}

// accessMessage finds the sentence in an error answer of Access, in each of the
// shapes that were seen or are to be expected: errors[].message, Errors[].description,
// message, error_description. An empty body may be Access's too.
func accessMessage(h http.Header, body []byte) (message string, fromAccess bool) {
	if len(bytes.TrimSpace(body)) == 0 {
		return "", true
	}
	if media, _, err := mime.ParseMediaType(h.Get("Content-Type")); err == nil && strings.HasSuffix(media, "html") {
		return "", false
	}
	var answer struct {
		// encoding/json matches names without regard to case, so this is Errors too.
		Errors []struct {
			Message     string `json:"message"`
			Description string `json:"description"`
		} `json:"errors"`
		Message     string `json:"message"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", false
	}
	for _, e := range answer.Errors {
		if m := cmp.Or(e.Message, e.Description); m != "" {
			return clip(m), true
		}
	}
	return clip(cmp.Or(answer.Message, answer.Description)), true
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

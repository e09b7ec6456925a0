package history

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ws1bridge/scim/journal"
)

// Form is what somebody asks of the journal in words, on a page or on the command line.
type Form struct {
	About, Cause, Kind string
	// Since is a duration such as 90m or 7d, or a time (RFC 3339); "" is any.
	Since  string
	Failed bool
	Before string // Seq; "" begins with the newest
}

// ReadForm reads the form of a page.
func ReadForm(v url.Values) Form {
	return Form{About: strings.TrimSpace(v.Get("about")), Cause: v.Get("cause"), Kind: v.Get("kind"),
		Since: v.Get("since"), Failed: v.Get("outcome") == "failed", Before: v.Get("before")}
}

// Encode is the form that ReadForm reads, of the page that begins before a record.
func (f Form) Encode(before string) string {
	v := url.Values{}
	outcome := ""
	if f.Failed {
		outcome = "failed"
	}
	for name, value := range map[string]string{"about": f.About, "cause": f.Cause, "kind": f.Kind, "since": f.Since,
		"outcome": outcome, "before": before} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v.Encode()
}

// Query is what the form asks for.
func (f Form) Query(now time.Time) (q journal.Query, err error) {
	q = journal.Query{About: f.About, Cause: f.Cause, Kind: f.Kind, Failed: f.Failed, Before: f.Before}
	q.Since, err = ReadSince(f.Since, now)
	return q, err
}

// ReadSince reads a duration before now, which may be in days, or a time.
func ReadSince(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return now.AddDate(0, 0, -n), nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	return time.Time{}, errors.New("since takes a duration such as 90m or 7d, or a time such as 2026-03-02T08:00:00Z")
}

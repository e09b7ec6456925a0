package console

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"ws1bridge/cmd/ws1bridge/history"
	"ws1bridge/cmd/ws1bridge/status"
	"ws1bridge/scim/journal"
)

// badRequest is a query that is not understood.
type badRequest struct{ error }

// overview is the first page.
type overview struct {
	Failed     []status.Named // that have failed
	Unchecked  bool           // some could not be checked
	Notices    []Notice
	Components []status.Named
	Token      string
	Users      string
	Groups     string
	Domains    []string
	Chart      chart
	Pushes     int
	Refused    int
	Causes     []cause
	Newest     []row
}

func (c *console) overview(r *http.Request) (string, any, error) {
	since := time.Now().Add(-24 * time.Hour)
	hours, err := c.Journal.Activity(r.Context(), since)
	if err != nil {
		return "", nil, err
	}
	causes, err := c.Journal.Causes(r.Context(), since, 5)
	if err != nil {
		return "", nil, err
	}
	newest, err := c.Journal.Find(r.Context(), journal.Query{Limit: 8})
	if err != nil {
		return "", nil, err
	}
	o := overview{Components: c.Components(r.Context()), Token: lifeOf(c.TokenExpires(), time.Now()), Domains: c.Domains(),
		Chart: newChart(hours, time.Now()), Causes: explained(causes), Newest: rowsOf(newest),
		Notices: c.Notices(r.Context())}
	for _, one := range o.Components {
		if one.Status == status.Failed {
			o.Failed = append(o.Failed, one)
		}
		o.Unchecked = o.Unchecked || one.Status == status.Unknown
	}
	for _, h := range hours {
		o.Pushes, o.Refused = o.Pushes+h.Pushes, o.Refused+h.Failed
	}
	o.Users, o.Groups = c.managedNow(r.Context())
	return "overview", o, nil
}

// lifeOf is how long a token has to live.
func lifeOf(ends, now time.Time) string {
	left := ends.Sub(now).Round(time.Minute)
	switch {
	case ends.IsZero():
		return "none yet"
	case left <= 0:
		return "expired"
	}
	return "renewed before " + ends.UTC().Format("15:04 UTC") + ", in " + ago(left)
}

// managed remembers the counts of users and groups: to count may take reading all of them.
type managed struct {
	mu            sync.Mutex // guards what follows
	users, groups string
	until         time.Time
}

// Counts are taken again after some time.
const (
	countFor  = 5 * time.Second
	keepCount = 5 * time.Minute
)

// managedNow counts, or says what was counted a moment ago. Who leaves the page does not end it.
func (c *console) managedNow(ctx context.Context) (users, groups string) {
	m := &c.managed
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Now().Before(m.until) {
		return m.users, m.groups
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), countFor)
	defer cancel()
	count := func(count func(context.Context) (int, error)) string {
		n := 0
		if err := c.looks.alone(ctx, func() (err error) { n, err = count(ctx); return err }); err != nil {
			return "unknown"
		}
		return strconv.Itoa(n)
	}
	m.users, m.groups, m.until = count(c.CountUsers), count(c.CountGroups), time.Now().Add(keepCount)
	return m.users, m.groups
}

// row is a push in a list.
type row struct {
	journal.Record

	Who, What string
}

func rowsOf(records []journal.Record) []row {
	rows := make([]row, len(records))
	for i, r := range records {
		rows[i] = row{r, cmp.Or(r.Name, r.ExternalID, r.ID, "–"), history.What(r)}
	}
	return rows
}

// list is the page of pushes.
type list struct {
	Query    history.Form
	Rows     []row
	Older    template.URL // the next page, "" where there is none
	Download template.URL
	// Live is where news comes from, "" for pages that are not the first.
	Live string
}

const perPage = 50

// address is a page with a query that was encoded: templates would encode it once more.
func address(path, query string) template.URL {
	return template.URL(path + "?" + query) //nolint:gosec // a path of ours, and a query that net/url encoded
}

func (c *console) pushes(r *http.Request) (string, any, error) {
	form := history.ReadForm(r.URL.Query())
	q, err := form.Query(time.Now())
	if err != nil {
		return "", nil, badRequest{err}
	}
	q.Limit = perPage + 1
	found, err := c.Journal.Find(r.Context(), q)
	if err != nil {
		return "", nil, err
	}
	l := list{Query: form, Download: address("/pushes.csv", form.Encode(""))}
	if len(found) > perPage {
		found = found[:perPage]
		l.Older = address("/pushes", form.Encode(found[perPage-1].Seq))
	}
	if q.Before == "" && len(found) > 0 {
		l.Live = "/live?" + form.Encode("") + "&after=" + found[0].Seq
	}
	l.Rows = rowsOf(found)
	return "pushes", l, nil
}

// one is the page of a push.
type one struct {
	row

	Cause, Fix string
	About      template.URL // the page of the person or group, "" without one
}

func (c *console) push(r *http.Request) (string, any, error) {
	found, err := c.Journal.Find(r.Context(), journal.Query{Seq: chi.URLParam(r, "seq"), Limit: 1})
	switch {
	case err != nil:
		return "", nil, err
	case len(found) == 0:
		return "", nil, errNoPage
	}
	o := one{row: rowsOf(found)[0]}
	if e, ok := fixOf(found[0].Cause); ok {
		o.Cause, o.Fix = plain(e.Cause), plain(e.Fix)
	}
	o.About = pageOf(found[0])
	return "push", o, nil
}

// plain is a sentence of the guide without marks for code.
func plain(s string) string { return strings.ReplaceAll(s, "`", "") }

// cause is why pushes were refused.
type cause struct {
	journal.Cause

	Why, Fix string
	Link     template.URL // to those pushes
}

func explained(causes []journal.Cause) []cause {
	out := make([]cause, len(causes))
	for i, one := range causes {
		out[i] = cause{Cause: one, Link: address("/pushes", url.Values{"cause": {one.Text}, "since": {"7d"}}.Encode())}
		if e, ok := fixOf(one.Text); ok {
			out[i].Why, out[i].Fix = plain(e.Cause), plain(e.Fix)
		}
	}
	return out
}

// The page of failures has the most frequent causes of some days.
const (
	causeDays = 7
	maxCauses = 100
)

// byCause is the page of failures.
type byCause struct {
	Causes []cause
	Days   int
}

func (c *console) failures(r *http.Request) (string, any, error) {
	causes, err := c.Journal.Causes(r.Context(), time.Now().AddDate(0, 0, -causeDays), maxCauses)
	return "failures", byCause{explained(causes), causeDays}, err
}

// functions are those of the templates.
var functions = template.FuncMap{
	"time":  func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") },
	"iso":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"took":  func(d time.Duration) string { return d.Round(time.Millisecond).String() },
	"span":  span,
	"join":  func(list []string) string { return strings.Join(list, ", ") },
	"ago":   func(t time.Time) string { return ago(time.Since(t)) + " ago" },
	"since": func(t time.Time) string { return "for " + ago(time.Since(t)) },
	"state": func(status int) string { return state(status) },
	"sortedKeys": func(m map[string]any) []string {
		keys := make([]string, 0, len(m))
		for k := range m {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		return keys
	},
}

// state is what a status means for a push.
func state(status int) string {
	switch {
	case status == http.StatusTooManyRequests:
		return "later"
	case status >= 400:
		return "failed"
	}
	return "done"
}

// span is a length of time in whole hours, or in minutes.
func span(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d min", int(d.Minutes()))
}

func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "a moment"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

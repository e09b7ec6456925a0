package scim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"ws1bridge/scim/journal"
	"ws1bridge/scim/provision"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// subject is who or what a call is about, for the journal. All of it may be unknown.
type subject struct {
	id, externalID, name, domain string
	// notKept are attributes that were asked for and are not kept.
	notKept    []string
	leftOut    int
	leftOutIDs []string
}

// isOf notes what the subject is in Access.
func (s *subject) isOf(record provision.Record) {
	s.id, s.domain = record.ID, record.Domain
	s.isCalled(record.Resource)
}

// isCalled notes the names in a resource, as far as they are not known.
func (s *subject) isCalled(r schema.Resource) {
	text := func(name string) string { v, _ := r[name].(string); return v }
	s.name = cmp.Or(s.name, text("userName"), text("displayName"))
	s.externalID = cmp.Or(s.externalID, text("externalId"))
}

// maxRequests bounds how many requests to Access the record of one push lists: a group of
// 50,000 members takes 500.
const maxRequests = 20

// trail is what a call needed of Access. It is safe for concurrent use.
type trail struct {
	mu           sync.Mutex // guards what follows
	requests     []journal.Request
	more         int
	changed      []string
	joined, left int
	values       map[string]any
}

// tell notes a request.
func (t *trail) tell(x upstream.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.requests) < maxRequests {
		t.requests = append(t.requests, journal.Request{Method: x.Method, Path: x.Path, Status: x.Status, Took: x.Took})
	} else {
		t.more++
	}
	t.changed = append(append(t.changed, x.Set...), x.Cleared...)
	if x.Status < 300 && x.Status > 0 { // a batch may be sent several times
		t.joined, t.left = t.joined+x.Joined, t.left+x.Left
	}
	if t.values == nil {
		t.values = x.Values
	} else {
		maps.Copy(t.values, x.Values)
	}
}

// report puts what was noted into a record of the journal. Requests that are over later are
// not in it.
func (t *trail) report(r *journal.Record) {
	t.mu.Lock()
	defer t.mu.Unlock()
	slices.Sort(t.changed)
	r.Requests, r.More = slices.Clone(t.requests), t.more
	r.Changed = slices.Clone(slices.Compact(t.changed))
	r.Joined, r.Left, r.Values = t.joined, t.left, maps.Clone(t.values)
}

// remember puts a call into the journal: every write, and every read that was refused. Who
// has no token is nobody's push, and counted alone.
func (h *Handler) remember(c *call, status int, took time.Duration) {
	if !c.writes && status < http.StatusBadRequest || c.log.caller == "" {
		return
	}
	s := &c.log.subject
	s.isCalled(c.resource)
	r := journal.Record{
		Time: time.Now().Add(-took), Request: c.log.id, Front: c.dialect.version, Caller: c.log.caller,
		Operation: c.log.op, ID: cmp.Or(s.id, c.id), ExternalID: s.externalID, Name: s.name, Domain: s.domain,
		Status: status, Took: took, Dropped: s.notKept, LeftOut: s.leftOut, LeftOutIDs: s.leftOutIDs,
	}
	if len(c.on) == 1 {
		r.Kind = c.one().label
	}
	if c.log.problem != nil {
		r.Reason, r.Cause = c.log.problem.Detail, c.log.problem.Sentence()
	}
	c.log.trail.report(&r)
	h.describeCreation(c, &r)
	h.Journal.Add(r)
}

// describeCreation tells what a creation asked for: Access is sent all of it at once.
func (h *Handler) describeCreation(c *call, r *journal.Record) {
	if c.id != "" || c.resource == nil || !c.writes {
		return
	}
	for name, value := range c.resource {
		if name == "schemas" || name == "members" { // members come after the group
			continue
		}
		r.Changed = append(r.Changed, name)
		if h.Journal.KeepsValues() {
			r.Values = withValue(r.Values, name, schema.Copy(value))
		}
	}
	slices.Sort(r.Changed)
	r.Changed = slices.Compact(r.Changed)
}

func withValue(values map[string]any, name string, value any) map[string]any {
	if values == nil {
		values = map[string]any{}
	}
	values[name] = value
	return values
}

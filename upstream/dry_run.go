package upstream

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// DryRunConfig is what a dry run needs.
type DryRunConfig struct {
	// Tell is told of each request that is held back, one at a time for each
	// record; it must not block. Required.
	Tell func(HeldBack)
	// Values lets HeldBack have the body, which may hold personal data.
	Values bool
	// MaxPlans bounds how many records are remembered, members of groups
	// counted too; 0 means 200,000.
	MaxPlans int
}

// HeldBack is a request that a dry run did not send. Apart from Body it holds ids
// and names of attributes, and no value of any: it is fit for a log.
type HeldBack struct {
	// Op is what would have been done, such as "update user".
	Op string
	// UserID or GroupID is what it would have been done to. A record that the dry
	// run made up has an id that begins with "dry-run-".
	UserID, GroupID string
	// Domain is the domain of a creation.
	Domain string
	// Set and Cleared are the attributes that would have been written.
	Set, Cleared []string
	// Added and Removed are ids of members.
	Added, Removed []string
	// Method and Path are those of the request.
	Method, Path string
	// Body is what would have been sent, where DryRunConfig.Values asks for it.
	Body json.RawMessage
}

// NewDryRun returns a client that reads from Access and writes nothing there. A
// write takes the same way as without a dry run, up to the point where it would
// be sent: then the record is remembered as Access would hold it, so that
// later reads show it.
//
// What is remembered is bounded: the oldest records are forgotten first, and
// then Access shows through again. What Access would refuse for reasons that it
// does not document, the dry run takes. Writes other than to users and groups
// are refused.
func NewDryRun(access *Client, cfg DryRunConfig) (*Client, error) {
	if access == nil || cfg.Tell == nil {
		return nil, errors.New("upstream: a dry run needs a client and somebody to tell")
	}
	if cfg.MaxPlans <= 0 {
		cfg.MaxPlans = defaultMaxPlans
	}
	d := &dryRun{tenant: access.access, cfg: cfg, plans: map[string]*plan{}}
	c := newClient(access.domains, d, access.guard, access.memory)
	c.recentUsers.lag, c.recentGroups.lag = 0, 0 // what was planned is shown at once
	return c, nil
}

const (
	// inventedPrefix begins the ids of records that exist only in a dry run.
	inventedPrefix = "dry-run-"
	// defaultMaxPlans is about 100 MB at the worst.
	defaultMaxPlans = 200_000
)

// send answers a call as Access would if all planned writes had been made.
func (d *dryRun) send(ctx context.Context, r call, out any) error {
	var answer json.RawMessage
	var err error
	switch {
	case r.writes() && r.path != usersPath && r.path != groupsPath:
		return &Error{Op: r.op, Kind: ErrRefused, Err: errors.New("a dry run plans only writes to users and groups")}
	case r.writes():
		answer, err = d.holdBack(ctx, r)
	case r.id != "":
		answer, err = d.read(ctx, r)
	case r.part.start > 0:
		answer, err = d.search(ctx, r)
	default:
		return d.tenant.send(ctx, r, out)
	}
	if err != nil || out == nil {
		return err
	}
	if err := r.decode(&answerBody{ctx: ctx, from: bytes.NewReader(answer)}, out); err != nil {
		return unavailable(r.op, err)
	}
	return nil
}

// holdBack plans a write instead of sending it. The answer is the record.
func (d *dryRun) holdBack(ctx context.Context, r call) (json.RawMessage, error) {
	sent, err := readPartial(r.body)
	if err != nil {
		return nil, &Error{Op: r.op, Kind: ErrRefused, Err: err}
	}
	if d.lacks(r.id) || slices.ContainsFunc(sent.added, d.lacks) {
		return nil, &Error{Op: r.op, Kind: ErrNotFound, Status: http.StatusNotFound}
	}
	next := &plan{path: r.path, gone: true}
	next.ID = r.id
	switch r.method {
	case http.MethodPost:
		before := sent.userRecord // its domain and type never change
		before.ID, before.Attributes = inventedPrefix+uuid.NewString(), nil
		next = newPlan(r.path, sent.applyTo(before))
		err = d.checkNames(ctx, r.op, next, &plan{})
	case http.MethodPatch:
		var before userRecord
		if err = d.send(ctx, call{op: r.op, method: http.MethodGet, path: r.path, id: r.id}, &before); err == nil {
			next = newPlan(r.path, sent.applyTo(before))
			err = d.checkNames(ctx, r.op, next, newPlan(r.path, before))
		}
	}
	if err == nil && !d.put(next) {
		err = nameTaken(r.op)
	}
	if err != nil {
		return nil, err
	}
	d.tell(r, next, sent)
	return next.json(), nil
}

func (d *dryRun) tell(r call, p *plan, sent partial) {
	h := HeldBack{
		Op: r.op, UserID: p.ID, Domain: sent.Domain, Set: sent.names(), Cleared: sent.cleared,
		Added: slices.Sorted(slices.Values(sent.added)), Removed: slices.Sorted(slices.Values(sent.removed)),
		Method: r.method, Path: apiPath + r.fullPath(),
	}
	if p.path == groupsPath {
		h.UserID, h.GroupID = "", p.ID
	}
	if d.cfg.Values && r.body != nil {
		h.Body = sent.body
	}
	d.cfg.Tell(h)
}

func nameTaken(op string) *Error {
	return &Error{Op: op, Kind: ErrConflict, Status: http.StatusConflict}
}

// checkNames is ErrConflict where Access holds another record with a name that
// this one did not have before. Records that are not ours count too.
func (d *dryRun) checkNames(ctx context.Context, op string, next, before *plan) error {
	if next.hasNamesOf(before) {
		return nil
	}
	s := search{op: op, path: next.path, key: ByUserName, value: next.UserName()}
	if next.path == groupsPath {
		s.key, s.value = ByDisplayName, next.name()
	}
	others, err := readList[userRecord](ctx, d.tenant, s)
	if slices.ContainsFunc(others, func(o userRecord) bool { return d.plan(o.ID) == nil && next.collides(o) }) {
		return nameTaken(op)
	}
	return err
}

// read reads a record as it would be served.
func (d *dryRun) read(ctx context.Context, r call) (json.RawMessage, error) {
	if d.lacks(r.id) {
		return nil, &Error{Op: r.op, Kind: ErrNotFound, Status: http.StatusNotFound}
	}
	if p := d.plan(r.id); p != nil {
		return d.shown(r.path)(p.json()), nil
	}
	var raw json.RawMessage
	if err := d.tenant.send(ctx, r, &raw); err != nil {
		return nil, err
	}
	return d.shown(r.path)(raw), nil
}

// search answers a search. Where all of a list is asked for, or plans may change
// what is where in it, it reads the whole list and answers all that is left
// of it from the start on. Records that match only by plans come last.
func (d *dryRun) search(ctx context.Context, r call) (json.RawMessage, error) {
	plans, anyGone := d.all(r.path)
	s := r.part
	whole := s.count >= pageSize || anyGone || s.key != "" && s.key != byDomain
	var held listAnswer[rawRecord]
	var err error
	if whole {
		held.Resources, err = readList[rawRecord](ctx, d.tenant, s.search)
		held.Total, s.count = len(held.Resources), len(held.Resources)+len(plans)
	} else {
		err = d.tenant.send(ctx, r, &held)
	}
	if err != nil {
		return nil, err
	}
	records, added := overlay(held.Resources, plans, s.search, whole)
	if s.key == ByMember && d.lacks(s.value) {
		records, added = nil, nil
	}
	answer := listAnswer[json.RawMessage]{Total: held.Total + len(added), Resources: records}
	if whole {
		records = append(records, added...)
		answer = listAnswer[json.RawMessage]{Total: len(records), Resources: slicePage(records, s.start, s.count).Resources}
	} else if n := len(held.Resources); s.start-1+n >= held.Total { // the end of what Access holds
		answer.Resources = append(answer.Resources, slicePage(added, s.start-held.Total, s.count-n).Resources...)
	}
	if answer.Resources == nil {
		answer.Resources = []json.RawMessage{} // null is no list
	}
	show := d.shown(r.path)
	for i, raw := range answer.Resources {
		answer.Resources[i] = show(raw)
	}
	return json.Marshal(answer)
}

// rawRecord is a record as Access serves it.
type rawRecord struct {
	id, name string
	raw      json.RawMessage
}

// UnmarshalJSON keeps the record as it is.
func (r *rawRecord) UnmarshalJSON(b []byte) error {
	var record struct{ ID, UserName, DisplayName string }
	err := json.Unmarshal(b, &record)
	r.id, r.name, r.raw = record.ID, cmp.Or(record.UserName, record.DisplayName), bytes.Clone(b)
	return err
}

func (r rawRecord) recordID() string { return r.id }

func (r rawRecord) recordName() string { return r.name }

// overlay puts plans into the place of what Access holds, and tells which match
// beside: those that are made up, and all others where held is the whole list.
func overlay(held []rawRecord, plans []*plan, s search, whole bool) (records, added []json.RawMessage) {
	planned, seen := map[string]*plan{}, map[string]bool{}
	for _, p := range plans {
		planned[p.ID] = p
	}
	for _, record := range held {
		p := planned[record.id]
		seen[record.id] = true
		if p == nil {
			records = append(records, record.raw)
		} else if p.matches(s) {
			records = append(records, p.json())
		}
	}
	for _, p := range plans {
		if (whole && !seen[p.ID] || strings.HasPrefix(p.ID, inventedPrefix)) && p.matches(s) {
			added = append(added, p.json())
		}
	}
	return records, added
}

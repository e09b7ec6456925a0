package upstream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/upstream/names"
)

// dryRun is a sender that holds writes back. It is safe for concurrent use.
type dryRun struct {
	tenant sender
	cfg    DryRunConfig

	mu     sync.Mutex // guards what follows
	plans  map[string]*plan
	order  []string // ids, in the order in which they were first planned
	weight int      // of all plans
}

// plan is what would have become of a user, or of a group, whose name and
// members are among its attributes then. It never changes.
type plan struct {
	userRecord
	path    string // usersPath or groupsPath
	gone    bool
	members map[string]bool
}

func newPlan(path string, u userRecord) *plan {
	p := &plan{userRecord: u, path: path, members: map[string]bool{}}
	list, _ := u.Attributes[membersPath].([]Element)
	for _, m := range list {
		p.members[fmt.Sprint(m["value"])] = true
	}
	return p
}

func (p *plan) weight() int { return 1 + len(p.members) }

// name is the name of a group.
func (p *plan) name() string {
	if p.path != groupsPath {
		return ""
	}
	return p.Attributes.text(displayNamePath)
}

func (p *plan) hasNamesOf(other *plan) bool {
	return p.UserName() == other.UserName() && p.name() == other.name()
}

// collides reports whether another record has a name of this one: in its domain
// for users, in the whole tenant for groups. Whether Access lets two users have one
// externalId is not documented.
func (p *plan) collides(other userRecord) bool {
	switch {
	case p.gone || other.ID == p.ID:
		return false
	case p.path == groupsPath:
		return names.Same(other.Attributes.text(displayNamePath), p.name())
	}
	return other.Domain == p.Domain && names.Same(other.UserName(), p.UserName())
}

func (p *plan) matches(s search) bool {
	switch {
	case p.gone || s.key == "":
		return !p.gone
	case s.key == byDomain:
		return p.Domain == s.value
	case s.key == ByExternalID:
		return p.ExternalID() == s.value
	case s.key == ByMember:
		return p.members[s.value]
	case p.path == groupsPath:
		return s.key.matches(p.name(), s.value)
	}
	return s.key.matches(p.UserName(), s.value)
}

// json is the record as Access would serve it, as far as the client reads it.
func (p *plan) json() json.RawMessage {
	set := Attributes{}
	maps.Copy(set, p.Attributes)
	groups := []Element{}
	for _, g := range p.Groups {
		groups = append(groups, Element{"value": g.ID, "display": g.Display, "type": g.Type})
	}
	set[CorePath("id")], set[CorePath("meta")], set[CorePath("groups")] = p.ID, p.Meta, groups
	if p.path == groupsPath && set[membersPath] == nil {
		set[membersPath] = []Element{} // left out they would count as not told
	}
	raw, _ := json.Marshal(creationBody(set, "internalUserType", p.kind, p.Domain)) // it was decoded, so it encodes
	return raw
}

// partial is the body of a write.
type partial struct {
	userRecord
	body           json.RawMessage
	cleared        []string
	added, removed []string // ids of members
}

func readPartial(content any) (s partial, err error) {
	if s.body, err = json.Marshal(content); err != nil {
		return s, err
	}
	if err := s.decode(jsontext.NewDecoder(bytes.NewReader(s.body))); err != nil {
		return s, err
	}
	if b, ok := content.(body); ok && len(b.cleared) > 0 {
		s.cleared = idsOf(b.cleared, Path.String)
	}
	members, _ := s.Attributes[membersPath].([]Element)
	for _, m := range members {
		if id := fmt.Sprint(m["value"]); m["operation"] == "delete" {
			s.removed = append(s.removed, id)
		} else {
			s.added = append(s.added, id)
		}
	}
	return s, nil
}

// names are the attributes that are set, without what each creation sets.
func (s partial) names() (names []string) {
	for _, p := range sortedPaths(s.Attributes) {
		if p != membersPath && p.Name() != "internalGroupType" {
			names = append(names, p.String())
		}
	}
	return names
}

// applyTo does to a record what Access documents for a partial resource (SCIM
// 1.1 section 3.3.2): what meta.attributes names is cleared, lists are merged by
// value, and the rest replaces.
func (s partial) applyTo(u userRecord) userRecord {
	next := Attributes{}
	maps.Copy(next, u.Attributes)
	for _, name := range s.cleared {
		p, _ := ParsePath(name) // of the client's own making
		delete(next, p)
	}
	for p, v := range s.Attributes {
		if list, ok := v.([]Element); ok {
			have, _ := next[p].([]Element)
			v = mergeElements(have, list)
		}
		delete(next, p)
		next.put(p, v)
	}
	u.Attributes = next
	now := time.Now().UTC().Truncate(time.Millisecond) // as precisely as Access tells it
	if u.Meta.Created.IsZero() {
		u.Meta.Created = now
	}
	u.Meta.LastModified, u.Meta.Version = now, `W/"`+strconv.FormatInt(now.UnixMilli(), 10)+`"`
	return u
}

func mergeElements(have, sent []Element) []Element {
	replaced := map[string]bool{}
	var added []Element
	for _, e := range sent {
		if value, ok := e["value"].(string); ok {
			replaced[value] = true
		}
		if e["operation"] != "delete" {
			added = append(added, e)
		}
	}
	have = slices.DeleteFunc(slices.Clone(have), func(e Element) bool {
		value, ok := e["value"].(string)
		return ok && replaced[value]
	})
	return append(have, added...)
}

func (d *dryRun) plan(id string) *plan {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.plans[id]
}

// lacks reports whether it is known without asking that there is no such record.
func (d *dryRun) lacks(id string) bool {
	p := d.plan(id)
	return p != nil && p.gone || p == nil && strings.HasPrefix(id, inventedPrefix)
}

// all are the plans for users or groups, in the order in which they were made.
func (d *dryRun) all(path string) (plans []*plan, anyGone bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range d.order {
		if p := d.plans[id]; p.path == path {
			plans = append(plans, p)
			anyGone = anyGone || p.gone
		}
	}
	return plans, anyGone
}

// collides reports whether another planned record has the name. Callers hold mu.
func (d *dryRun) collides(p *plan) bool {
	for _, other := range d.plans {
		if !other.gone && other.path == p.path && p.collides(other.userRecord) {
			return true
		}
	}
	return false
}

// put remembers a plan and forgets the oldest where there are too many. It is
// not ok where a planned record has the name.
func (d *dryRun) put(p *plan) (ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	before, known := d.plans[p.ID]
	if (!known || !p.hasNamesOf(before)) && d.collides(p) {
		return false
	}
	if known {
		d.weight -= before.weight()
	} else {
		d.order = append(d.order, p.ID)
	}
	d.plans[p.ID] = p
	d.weight += p.weight()
	for d.weight > d.cfg.MaxPlans && len(d.order) > 1 {
		d.weight -= d.plans[d.order[0]].weight()
		delete(d.plans, d.order[0])
		d.order = d.order[1:]
	}
	return true
}

// shown lets records follow the plans for others: users are in the groups that
// they would be in, and users who would be gone are in none.
func (d *dryRun) shown(path string) func(json.RawMessage) json.RawMessage {
	groups, _ := d.all(groupsPath)
	_, anyGone := d.all(usersPath)
	if path == usersPath && len(groups) == 0 || path == groupsPath && !anyGone {
		return func(raw json.RawMessage) json.RawMessage { return raw }
	}
	planned := map[string]bool{}
	for _, g := range groups {
		planned[g.ID] = true
	}
	return func(raw json.RawMessage) json.RawMessage {
		var u userRecord
		if jsonv2.Unmarshal(raw, &u, leniently) != nil {
			return raw // whoever decodes it reports that
		}
		if members, ok := u.Attributes[membersPath].([]Element); ok {
			u.Attributes[membersPath] = slices.DeleteFunc(members,
				func(m Element) bool { return d.lacks(fmt.Sprint(m["value"])) })
		} else if path == groupsPath {
			return raw // none, or not told
		}
		u.Groups = slices.DeleteFunc(u.Groups, func(g Reference) bool { return planned[g.ID] })
		for _, g := range groups {
			if g.members[u.ID] {
				u.Groups = append(u.Groups, Reference{ID: g.ID, Display: g.name(), Type: "direct"})
			}
		}
		return newPlan(path, u).json()
	}
}

package accesstest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// stamp is how Access writes times (recorded GET /scim/Me).
const stamp = "2006-01-02T15:04:05.000Z"

// record is what users and groups have in common. Domain, type and store are in the workspace
// extension, where clients see them.
type record struct {
	content
	id                string
	seq               int // order of creation
	created, modified time.Time
	dir               *directory
}

// version is the time of the last change in milliseconds, as recorded from a real tenant.
func (r *record) version() string { return fmt.Sprintf(`W/"%d"`, r.modified.UnixMilli()) }

// touch marks a change; versions of a record never repeat.
func (r *record) touch() {
	now := time.Now().UTC().Truncate(time.Millisecond)
	if !now.After(r.modified) {
		now = r.modified.Add(time.Millisecond)
	}
	r.modified = now
}

func (r *record) location(s *schema) string {
	return "https://" + canonicalHost + apiPath + "/scim/" + s.endpoint + "/" + r.id
}

func (r *record) meta(s *schema) object {
	return object{
		"created": r.created.Format(stamp), "lastModified": r.modified.Format(stamp),
		"location": r.location(s), "version": r.version(),
	}
}

// reference is an object that names another record. Groups have many, for which an object costs more.
type reference struct {
	Display string `json:"display"`
	Type    string `json:"type"`
	Value   string `json:"value"`
}

func (r reference) object() object {
	return object{"display": r.Display, "type": r.Type, "value": r.Value}
}

// view is the record as served, with what is computed for it. The extensions that are given are
// among its schemas even where it has nothing of them.
func (r *record) view(s *schema, computed object, extensions ...string) object {
	out := object{"id": r.id, "meta": r.meta(s)}
	maps.Copy(out, computed)
	maps.Copy(out, r.attrs)
	schemas := append([]string{coreURN}, extensions...)
	for _, urn := range slices.Sorted(maps.Keys(r.ext)) {
		out[urn] = r.ext[urn]
		if !slices.Contains(schemas, urn) {
			schemas = append(schemas, urn)
		}
	}
	out["schemas"] = schemas
	return out
}

// lookup returns what is stored; users and groups add what is computed.
func (r *record) lookup(s *schema, p path) any {
	switch {
	case p.urn != "":
		return r.ext[p.urn][p.name]
	case p.name == "id":
		return r.id
	case p.name == "meta":
		return r.meta(s)
	}
	return r.attrs[p.name]
}

// newRecord makes a record of a directory. The workspace extension tells its domain and type.
func (s *store) newRecord(dir *directory, domain, typeName, typeValue string) record {
	s.made++
	now := time.Now().UTC().Truncate(time.Millisecond)
	r := record{content: newContent(), id: uuid.NewString(), seq: s.made, created: now, modified: now, dir: dir}
	r.ext[workspaceURN] = object{"domain": domain, typeName: typeValue, "userStoreUuid": dir.userStoreID}
	return r
}

package upstream

import (
	"cmp"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unique"
)

// The schemas of Access's users and groups (Omnissa Access OpenAPI).
const (
	CoreSchema       = "urn:scim:schemas:core:1.0"
	EnterpriseSchema = "urn:scim:schemas:extension:enterprise:1.0"
	WorkspaceSchema  = "urn:scim:schemas:extension:workspace:1.0"
)

// Path names one attribute of a record. Equal paths are the same pointer, so that a path is
// a key that costs nothing to compare.
type Path struct{ handle unique.Handle[place] }

// place is where an attribute is.
type place struct{ schema, name, sub string }

// PathOf is the path of an attribute, such as name, in the extension with that URN, "" for
// the core schema, or of a sub-attribute of it, such as givenName.
func PathOf(schema, name, sub string) Path { return Path{unique.Make(place{schema, name, sub})} }

// CorePath is the path of an attribute of the core schema.
func CorePath(name string) Path { return PathOf("", name, "") }

// place is where the attribute is, nowhere for the zero Path.
func (p Path) place() place {
	if p == (Path{}) {
		return place{}
	}
	return p.handle.Value()
}

// Schema is the URN of the extension that the attribute is in, "" for the core schema.
func (p Path) Schema() string { return p.place().schema }

// Name is the attribute, such as name.
func (p Path) Name() string { return p.place().name }

// Sub is the sub-attribute, such as givenName, or "".
func (p Path) Sub() string { return p.place().sub }

// The paths that the client itself has to know.
var (
	userNamePath    = CorePath("userName")
	externalIDPath  = CorePath("externalId")
	activePath      = CorePath("active")
	emailsPath      = CorePath("emails")
	displayNamePath = CorePath("displayName")
	membersPath     = CorePath("members")
	idPath          = CorePath("id")
	metaPath        = CorePath("meta")
	userGroupsPath  = CorePath("groups")
	errorsPath      = CorePath("errors")
)

// ParsePath reads "userName", "name.givenName" or, for an extension,
// "urn:scim:schemas:extension:workspace:1.0:userPrincipalName".
func ParsePath(s string) (Path, error) {
	var p place
	name := s
	if strings.HasPrefix(s, "urn:") {
		i := strings.LastIndexByte(s, ':')
		p.schema, name = s[:i], s[i+1:]
	}
	p.name, p.sub, _ = strings.Cut(name, ".")
	if p.name == "" || strings.HasSuffix(name, ".") || strings.Contains(p.sub, ".") || p.schema == "urn" {
		return Path{}, errors.New("an attribute path looks like name.givenName or urn:…:1.0:attribute, not " + s)
	}
	return Path{unique.Make(p)}, nil
}

// String is the form that ParsePath reads, and that SCIM 1.1 wants in
// meta.attributes.
func (p Path) String() string {
	at := p.place()
	s := at.name
	if at.sub != "" {
		s += "." + at.sub
	}
	if at.schema != "" {
		s = at.schema + ":" + s
	}
	return s
}

// comparePaths orders paths, so that bodies come out the same each time.
func comparePaths(a, b Path) int {
	x, y := a.place(), b.place()
	if order := strings.Compare(x.schema, y.schema); order != 0 {
		return order
	}
	return cmp.Or(strings.Compare(x.name, y.name), strings.Compare(x.sub, y.sub))
}

// Value is what an attribute holds: a string, a bool, or []Element for a
// multi-valued attribute. nil stands for no value. A number is held as its digits.
type Value any

// Element is one value of a multi-valued attribute, such as a phone number.
type Element = map[string]any

// Attributes are the values of a record. "emails" holds the one address that
// Access keeps for a user, as a string.
type Attributes map[Path]Value

// text returns the string at p, "" where there is none.
func (a Attributes) text(p Path) string {
	s, _ := a[p].(string)
	return s
}

// UserName is the name that a user with the attributes logs in with.
func (a Attributes) UserName() string { return a.text(userNamePath) }

// ExternalID is the id that the record has where it comes from.
func (a Attributes) ExternalID() string { return a.text(externalIDPath) }

// Active reports whether a user with the attributes may log in.
func (a Attributes) Active() bool {
	active, _ := a[activePath].(bool)
	return active
}

// DifferentIn are the paths at which a change would change something.
func (a Attributes) DifferentIn(change Attributes) []Path { return compare(a, change).paths() }

// Deactivate reports whether a change to the attributes has a user log in no more.
func (a Attributes) Deactivate() bool { return a[activePath] == false }

// difference is what has to be sent to turn one state into another.
type difference struct {
	set   Attributes
	clear []Path
}

// paths are those that the difference changes.
func (d difference) paths() []Path { return slices.AppendSeq(slices.Clone(d.clear), maps.Keys(d.set)) }

func (d difference) empty() bool { return len(d.set) == 0 && len(d.clear) == 0 }

// compare finds what want changes in a record. A path that want does not name is left
// alone; one that it names with no value is cleared. It finds the paths that are named
// in any case, too.
func compare(have, want Attributes, inAnyCase ...Path) difference {
	d := difference{set: Attributes{}}
	for p, w := range want {
		switch {
		case sameOrEmpty(have[p], w) && !slices.Contains(inAnyCase, p):
		case isEmpty(w):
			d.clear = append(d.clear, p)
		default:
			d.set[p] = w
		}
	}
	slices.SortFunc(d.clear, comparePaths)
	return d
}

// paths are those of the attributes.
func (a Attributes) paths() []Path { return slices.Collect(maps.Keys(a)) }

// sameOrEmpty compares; values that are empty in any way are the same.
func sameOrEmpty(a, b Value) bool { return isEmpty(a) && isEmpty(b) || sameValue(a, b) }

func isEmpty(v Value) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []Element:
		return len(v) == 0
	}
	return false
}

// sameValue compares; the order of a multi-valued attribute means nothing
// (RFC 7643 section 2.4).
func sameValue(a, b Value) bool {
	switch a.(type) {
	case nil, string, bool:
		return a == b
	}
	x, ok := a.([]Element)
	y, ok2 := b.([]Element)
	if !ok || !ok2 {
		return reflect.DeepEqual(a, b)
	}
	if haveValues(x) && haveValues(y) {
		return sameValues(x, y)
	}
	if len(x) != len(y) {
		return false
	}
	rest := slices.Clone(y)
	for _, e := range x {
		i := slices.IndexFunc(rest, func(other Element) bool { return sameElement(e, other) })
		if i < 0 {
			return false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return true
}

// sameElement compares two entries of a list.
func sameElement(a, b Element) bool {
	for name, v := range a {
		other, ok := b[name]
		if !ok || !sameValue(v, other) {
			return false
		}
	}
	return len(a) == len(b)
}

// sameValues compares lists of values that Access merges by their value (SCIM 1.1
// section 3.2): of one phone number under two types it keeps one entry, which has
// something of both. There is no difference that could be sent where each value
// that is wanted is there, and holds nothing but what is wanted.
func sameValues(have, want []Element) bool {
	wanted := byValue(want)
	for _, e := range have {
		if !madeOf(e, wanted[valueKey(e)]) {
			return false
		}
	}
	return len(byValue(have)) == len(wanted)
}

// madeOf reports whether an entry is one of the wanted ones, or where there are
// several of its value, what comes out when they are merged.
func madeOf(e Element, wanted []Element) bool {
	if len(wanted) < 2 {
		return len(wanted) == 1 && sameElement(e, wanted[0])
	}
	for name, v := range e {
		if !slices.ContainsFunc(wanted, func(w Element) bool { return sameValue(w[name], v) }) {
			return false
		}
	}
	return true
}

// sortedPaths are the paths of a in a fixed order.
func sortedPaths(a Attributes) []Path {
	return slices.SortedFunc(maps.Keys(a), comparePaths)
}

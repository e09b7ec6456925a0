package upstream

import (
	"net/url"
	"strconv"
	"strings"

	"ws1bridge/upstream/jsonvalue"
	"ws1bridge/upstream/names"
)

// Key is a way in which records can be found. Names are compared without
// regard to case, and there may be a user of the same name in each domain;
// ids are compared exactly.
type Key string

// The keys: equality where the name does not say otherwise.
const (
	ByUserName          Key = "userName eq"
	UserNameContains    Key = "userName co"
	UserNameStarts      Key = "userName sw"
	ByDisplayName       Key = "displayName eq"
	DisplayNameContains Key = "displayName co"
	DisplayNameStarts   Key = "displayName sw"
	ByExternalID        Key = "externalId eq"
	// ByMember finds the groups in which a user with the id is.
	ByMember Key = "members.value eq"

	// byDomain selects the users of a domain: an example in the OpenAPI's search
	// request.
	byDomain Key = "domain eq"
)

// filter is the filter for Access, of the one form that it promises: a single
// comparison (Omnissa Access OpenAPI).
func (k Key) filter(value string) string { return string(k) + " " + quote(value) }

// matches compares a name the way the key does.
func (k Key) matches(name, value string) bool {
	name, value = names.Fold(name), names.Fold(value)
	switch _, operator, _ := strings.Cut(string(k), " "); operator {
	case "co":
		return strings.Contains(name, value)
	case "sw":
		return strings.HasPrefix(name, value)
	}
	return name == value
}

// spellings are the values to ask Access for: a name in each normal form, because
// how Access compares these is not documented. Ids are compared exactly.
func (k Key) spellings(value string) []string {
	if k == ByExternalID || k == ByMember {
		return []string{value}
	}
	return names.Spellings(value)
}

// inEachSpelling searches by a name in each of its spellings, and gives what is
// found once.
func inEachSpelling[T any](spellings []string, id func(T) string, find func(string) ([]T, error)) ([]T, error) {
	var all []T
	seen := map[string]bool{}
	for _, spelled := range spellings {
		found, err := find(spelled)
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			if !seen[id(one)] {
				seen[id(one)] = true
				all = append(all, one)
			}
		}
	}
	return all, nil
}

// isOfOne reports whether the key selects by a whole name.
func (k Key) isOfOne() bool { return k == ByUserName || k == ByDisplayName }

// wholeName is the name that the key selects by, "" where it selects otherwise.
func (k Key) wholeName(value string) string {
	if !k.isOfOne() {
		return ""
	}
	return value
}

func noSuchKey(op string) error { return &Error{Op: op, Kind: ErrRefused, Err: ErrNoSuchKey} }

// search selects records of a list by a key, or all of them with the zero Key.
type search struct {
	op, path string
	key      Key
	value    string
	sortBy   string // an attribute, or "" for any order
	// attributes are those that are wanted, with commas between them; "" for all.
	attributes string
}

// part is a search with the part of its list that is asked for.
type part struct {
	search
	start, count int // start is 1-based
}

// encode is the query string of the part, "" for none.
func (p part) encode() string {
	if p.start == 0 {
		return ""
	}
	b := make([]byte, 0, 256)
	if p.attributes != "" {
		b = append(append(b, "attributes="...), url.QueryEscape(p.attributes)+"&"...)
	}
	b = strconv.AppendInt(append(b, "count="...), int64(p.count), 10)
	if p.key != "" {
		b = append(append(b, "&filter="...), url.QueryEscape(p.key.filter(p.value))...)
	}
	if p.sortBy != "" {
		b = append(append(b, "&sortBy="...), p.sortBy+"&sortOrder=ascending"...)
	}
	return string(strconv.AppendInt(append(b, "&startIndex="...), int64(p.start), 10))
}

// quote writes s as the JSON string that a SCIM filter takes.
func quote(s string) string {
	// Without \u0026 for &, which is a form that a filter parser may not know.
	return string(jsonvalue.AppendText(nil, s))
}

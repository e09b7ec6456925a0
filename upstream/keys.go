package upstream

import "strings"

// Key is a way in which records can be found. Names are compared without
// regard to case, and there may be a user of the same name in each domain;
// ids are compared to the byte.
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
	lowerName, lowerValue := strings.ToLower(name), strings.ToLower(value)
	switch _, operator, _ := strings.Cut(string(k), " "); operator {
	case "co":
		return strings.Contains(lowerName, lowerValue)
	case "sw":
		return strings.HasPrefix(lowerName, lowerValue)
	}
	return strings.EqualFold(name, value)
}

func noSuchKey(op string, key Key) error {
	return &Error{Op: op, Kind: ErrRefused, Err: ErrNoSuchKey, Message: "Nothing can be found by " + string(key) + "."}
}

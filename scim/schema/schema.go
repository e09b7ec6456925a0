// Package schema knows the schemas of users and groups: which attributes there
// are, how their names are spelled, and where their values are in a resource.
// It follows RFC 7643, and what the bridge's translation maps.
package schema

// The schemas of users and groups (RFC 7643 section 4). Access's own extension
// keeps its URN in SCIM 2.0, because that is the namespace that VMware's guide
// has administrators enter in Okta's profile editor.
const (
	User       = "urn:ietf:params:scim:schemas:core:2.0:User"
	Group      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	Workspace  = "urn:scim:schemas:extension:workspace:1.0"
	// Tenant begins the URN of what only one tenant has.
	Tenant = "urn:scim:schemas:extension:workspace:tenant:"
)

// Resource is a SCIM 2.0 resource as decoded from JSON.
type Resource = map[string]any

// Mapped is an attribute of a user that the translation maps.
type Mapped struct {
	Schema string // URN of an extension, "" for the core schema
	Name   string
	// Boolean says that it is true or false; everything else is text.
	Boolean bool
	// Multi says that it holds several values.
	Multi bool
	// Address says that it is a name or an address that may end in a domain.
	Address bool
	// Sub are its sub-attributes, nil for a simple attribute.
	Sub []string
	// Types are those that its values are shown with, whichever they came with; nil
	// for any.
	Types []string
	// Required and Fixed are what no user is created without, and what never changes
	// after that: sub-attributes, or "" for the attribute itself.
	Required, Fixed []string
	// Silent says that callers may send it, but are neither told of it nor shown
	// it: a domain where nobody configured one, or what only computed attributes
	// read.
	Silent bool
}

// ignored are the attributes of the core schemas that callers may send and that
// change nothing: Okta sends back what it read, and the password that it sends
// on creation is a placeholder that must go nowhere.
var ignored = map[string]bool{
	"schemas": true, "id": true, "meta": true, "groups": true, "password": true, "roles": true,
}

// Ignored reports whether an attribute of the core schema, in any case, is
// read-only or goes nowhere.
func Ignored(name string) bool {
	_, ok := findFold(ignored, name)
	return ok
}

// MaxValues bounds a multi-valued attribute of a user, which takes time in the
// square of its length. Members of groups are not bounded.
const MaxValues = 100

// List makes a list of what may be a single value.
func List(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	case Members:
		return v.values()
	}
	return []any{v}
}

// Object is the object at name in r, which is made where there is none.
func Object(r map[string]any, name string) map[string]any {
	o, ok := r[name].(map[string]any)
	if !ok {
		o = map[string]any{}
		r[name] = o
	}
	return o
}

// HasValue reports whether v is more than null or empty, down to the last
// sub-attribute (RFC 7644 section 3.4.2.2, pr).
func HasValue(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case Members:
		return len(v.List) > 0
	case map[string]any:
		for _, sub := range v {
			if HasValue(sub) {
				return true
			}
		}
		return false
	}
	return true
}

// Copy copies objects and lists deeply.
func Copy(v any) any {
	switch v := v.(type) {
	case Members:
		return v.values()
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = Copy(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = Copy(e)
		}
		return out
	}
	return v
}

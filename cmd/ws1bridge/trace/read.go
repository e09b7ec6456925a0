package trace

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// maxInput bounds what is read.
const maxInput = 256 << 20

// Side is where a user is from.
type Side string

// The sides.
const (
	Okta   Side = "okta"
	Access Side = "access"
)

// User is a user as one side has it.
type User struct {
	name string
	side Side
	okta schema.Resource
	held upstream.User // in Access
}

// Read reads users as SCIM resources: one, several after one another, lists of
// them, and answers to queries. side is where they are from; "" leaves that to
// the schemas of each.
func Read(in io.Reader, side Side) ([]User, error) {
	var users []User
	decoder := json.NewDecoder(io.LimitReader(in, maxInput))
	decoder.UseNumber() // as the bridge reads them
	for {
		var v any
		err := decoder.Decode(&v)
		switch {
		case errors.Is(err, io.EOF) && len(users) == 0:
			return nil, errors.New("the input holds no resource")
		case errors.Is(err, io.EOF):
			return users, nil
		case err != nil:
			return nil, fmt.Errorf("the input is not JSON: %w", err)
		}
		if users, err = appendUsers(users, v, side); err != nil {
			return nil, err
		}
	}
}

func appendUsers(users []User, v any, side Side) ([]User, error) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			var err error
			if users, err = appendUsers(users, item, side); err != nil {
				return nil, err
			}
		}
		return users, nil
	case map[string]any:
		if list, ok := v["Resources"].([]any); ok {
			return appendUsers(users, list, side)
		}
		u, err := newUser(v, side)
		u.name = nameOf(v, len(users)+1)
		return append(users, u), err
	}
	return nil, errors.New("the input must hold SCIM resources: JSON objects")
}

func newUser(r schema.Resource, side Side) (User, error) {
	if side == "" {
		side = sideOf(r)
	}
	if side == Okta {
		return User{side: side, okta: r}, nil
	}
	b, err := json.Marshal(r)
	if err != nil {
		return User{}, err
	}
	held, err := upstream.DecodeUser(b)
	return User{side: side, held: held}, err
}

func sideOf(r schema.Resource) Side {
	schemas, _ := r["schemas"].([]any)
	if slices.Contains(schemas, any(upstream.CoreSchema)) {
		return Access
	}
	return Okta
}

// nameOf is what to call a resource: its userName, else its place.
func nameOf(r schema.Resource, place int) string {
	for name, v := range r {
		if s, ok := v.(string); ok && strings.EqualFold(name, "userName") {
			return visible(s)
		}
	}
	return fmt.Sprintf("resource %d", place)
}

// follow traces the user to the other side and back.
func (u User) follow(t *translate.Translator) translate.Trace {
	if u.side == Access {
		return t.TraceAccess(u.held)
	}
	users := schema.Users(t.SchemaAttributes())
	clean, unknown := users.Index.Canonical(maps.Clone(u.okta))
	trace := t.TraceOkta(clean)
	drop := func(name, reason string) {
		trace.Dropped = append(trace.Dropped, translate.Dropped{Attribute: name, Reason: reason})
	}
	for _, name := range keptOtherwise(users, clean, trace) {
		drop(name, "Access keeps it otherwise")
	}
	for _, name := range unknown {
		drop(name, "no pair maps it")
	}
	for name, v := range u.okta {
		if slices.Contains(unknown, name) {
			continue
		}
		if list, isList := v.([]any); schema.Ignored(name) && name != "schemas" && v != nil && (!isList || len(list) > 0) {
			drop(name, "it is read-only, or goes nowhere by design")
		}
	}
	slices.SortFunc(trace.Dropped, func(a, b translate.Dropped) int { return strings.Compare(a.Attribute, b.Attribute) })
	return trace
}

// keptOtherwise names what the log of the bridge would, and what the trace does not
// tell yet.
func keptOtherwise(users schema.ResourceType, asked schema.Resource, trace translate.Trace) []string {
	if trace.Refused != "" {
		return nil
	}
	told := trace.Lost()
	for _, d := range trace.Dropped {
		attribute, _, _ := strings.Cut(d.Attribute, "[")
		told = append(told, attribute)
	}
	return slices.DeleteFunc(users.NotKept(asked, trace.Read), func(name string) bool {
		return slices.Contains(told, name)
	})
}

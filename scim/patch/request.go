// Package patch is PATCH (RFC 7644 section 3.5.2): it reads the operations of a
// request, checks each before any is applied, and applies them to a resource.
package patch

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream/jsonvalue"
)

const (
	messageSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	// maxOperations bounds a PATCH: Okta's largest batch is 1,000 changes.
	maxOperations = 1000
)

// The operations of RFC 7644 section 3.5.2.
const (
	opAdd     = "add"
	opReplace = "replace"
	opRemove  = "remove"
)

// Request is the body of a PATCH.
type Request struct {
	Operations []struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value value  `json:"value"`
	} `json:"Operations"`
}

// Add adds an operation. That of remove has no value.
func (r *Request) Add(op, path string, v any) {
	r.Operations = append(r.Operations, struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value value  `json:"value"`
	}{op, path, value{v, op != opRemove}})
}

// value is that of an operation, if it has one.
type value struct {
	any
	isThere bool
}

// UnmarshalJSONFrom reads a value of any form.
func (v *value) UnmarshalJSONFrom(d *jsontext.Decoder) (err error) {
	v.isThere = true
	v.any, err = jsonvalue.Reader{}.Read(d)
	return err
}

// Operation is one change to one attribute.
type Operation struct {
	op     string
	target target
	value  any
}

// Read checks the request against the attributes of the resource type and takes
// it apart. id is that of the resource. Attributes that no schema knows
// are left out and named in unknown. The error is a *problem.Error.
func (r Request) Read(x schema.Index, id string) (out []Operation, unknown []string, _ error) {
	switch {
	case len(r.Operations) == 0:
		return nil, nil, problem.NoOperations(messageSchema)
	case len(r.Operations) > maxOperations:
		return nil, nil, problem.TooManyOperations(maxOperations)
	}
	read := reader{Index: x, id: id}
	for _, raw := range r.Operations {
		op := strings.ToLower(raw.Op)
		if !raw.Value.isThere && (op == opAdd || op == opReplace) {
			return nil, nil, problem.NoValue()
		}
		if err := read.operation(op, raw.Path, raw.Value.any); err != nil {
			return nil, nil, err
		}
	}
	return read.out, read.unknown, nil
}

// reader takes operations apart into changes of single attributes.
type reader struct {
	schema.Index
	id      string
	out     []Operation
	unknown []string
}

func (r *reader) operation(op, path string, value any) error {
	if op != opAdd && op != opReplace && op != opRemove {
		return problem.UnknownOp()
	}
	if e, ok := r.Extension(path); ok {
		return r.wholeExtension(op, e, value)
	}
	if path == "" || strings.EqualFold(path, r.URN) { // which stands for the resource
		return r.pathless(op, value)
	}
	t, known, err := readTarget(r.Index, path)
	switch {
	case err != nil:
		return err
	case !known:
		r.unknown = append(r.unknown, path)
		return nil
	case t.attribute.Name == "password": // must go nowhere
		return nil
	}
	o, unknown, err := t.operation(op, value)
	r.out = append(r.out, o)
	r.unknown = append(r.unknown, unknown...)
	return err
}

// pathless reads an operation without a path, whose value is a piece of the
// resource. Okta's are {"active":false} and, before each change of members,
// {"id":…,"displayName":…}.
func (r *reader) pathless(op string, value any) error {
	object, ok := value.(map[string]any)
	switch {
	case op == opRemove:
		return problem.RemoveNeedsPath()
	case !ok:
		return problem.NoPathNeedsObject()
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		a, known := r.Core(key)
		switch {
		case strings.EqualFold(key, "id") && object[key] != nil && object[key] != r.id:
			return problem.OtherID()
		case schema.Label(key) == schema.NotAName:
			r.unknown = append(r.unknown, key)
			continue
		case known && schema.Ignored(a.Name):
			continue
		}
		if err := r.operation(op, key, object[key]); err != nil {
			return err
		}
	}
	return nil
}

// wholeExtension is an operation on an extension as such: on each of its
// attributes that the value names, or that it has where it is removed.
func (r *reader) wholeExtension(op string, e schema.Extension, value any) error {
	block, ok := value.(map[string]any)
	switch {
	case e.Open && (op == opRemove || op == opReplace && value == nil):
		r.out = append(r.out, Operation{op: opRemove, target: target{schema: e.URN}})
	case op == opRemove, op == opReplace && value == nil:
		block = e.Nothing()
	case !ok && value != nil:
		return problem.NeedsObject(e.URN)
	}
	for _, name := range slices.Sorted(maps.Keys(block)) {
		if err := r.operation(op, e.URN+":"+name, block[name]); err != nil {
			return err
		}
	}
	return nil
}

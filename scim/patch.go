package scim

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	scimerrors "github.com/elimity-com/scim/errors"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	// maxOperations bounds a PATCH: Okta's largest batch is 1,000 changes.
	maxOperations = 1000
)

// The operations of RFC 7644 section 3.5.2.
const (
	opAdd     = "add"
	opReplace = "replace"
	opRemove  = "remove"
)

// operation is one change of a PATCH to one attribute.
type operation struct {
	op     string
	target target
	value  any
}

// patchRequest is the body of a PATCH (RFC 7644 section 3.5.2).
type patchRequest struct {
	Operations []struct {
		Op    string         `json:"op"`
		Path  string         `json:"path"`
		Value jsontext.Value `json:"value"` // empty where there is none
	} `json:"Operations"`
}

// readPatch reads a PATCH. Every operation is checked before any is applied.
func (h *Handler) readPatch(r *http.Request, names nameTable) ([]operation, error) {
	var body patchRequest
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	if len(body.Operations) == 0 {
		return nil, badRequest(scimerrors.ScimTypeInvalidSyntax, "A PATCH needs at least one of Operations (schema "+patchSchema+").")
	}
	if len(body.Operations) > maxOperations {
		return nil, badRequest(scimerrors.ScimTypeTooMany, "A PATCH may have "+strconv.Itoa(maxOperations)+" operations: send the rest in another.")
	}
	var operations []operation
	for _, raw := range body.Operations {
		op, value := strings.ToLower(raw.Op), any(nil)
		if len(raw.Value) > 0 {
			if err := json.Unmarshal(raw.Value, &value); err != nil {
				return nil, invalidSyntax("The value of an operation cannot be decoded.")
			}
		} else if op == opAdd || op == opReplace {
			return nil, badRequest(scimerrors.ScimTypeInvalidValue, "An operation that adds or replaces needs a value: null or [] clears.")
		}
		more, unknown, err := names.operations(op, raw.Path, value, resourceID(r))
		if err != nil {
			return nil, err
		}
		h.noteDropped(r, unknown)
		operations = append(operations, more...)
	}
	return operations, nil
}

// operations takes one operation of a request apart into changes of single
// attributes. Attributes that no schema knows are named in unknown and left out.
func (t nameTable) operations(op, path string, value any, id string) (changes []operation, unknown []string, err error) {
	if op != opAdd && op != opReplace && op != opRemove {
		return nil, nil, badRequest(scimerrors.ScimTypeInvalidSyntax, "The op of an operation is add, replace or remove.")
	}
	if e, ok := t.extensions[strings.ToLower(path)]; ok {
		return t.wholeExtension(op, e, value, id)
	}
	if path != "" {
		target, known, err := t.target(path)
		if err != nil || !known {
			return nil, []string{path}, err
		}
		change, err := target.change(op, value)
		return change, nil, err
	}
	object, ok := value.(map[string]any)
	if op == opRemove {
		return nil, nil, badRequest(scimerrors.ScimTypeNoTarget, "A remove operation needs a path.")
	}
	if !ok {
		return nil, nil, badRequest(scimerrors.ScimTypeInvalidValue, "An operation without a path needs an object as its value.")
	}
	return t.pathless(op, object, id)
}

// pathless reads an operation without a path, whose value is a piece of the
// resource. Okta's are {"active":false} and, before each change of members,
// {"id":…,"displayName":…}.
func (t nameTable) pathless(op string, object map[string]any, id string) (changes []operation, unknown []string, err error) {
	for _, key := range slices.Sorted(maps.Keys(object)) {
		value := object[key]
		if strings.EqualFold(key, "id") && value != id {
			return nil, nil, badRequest(scimerrors.ScimTypeMutability, "The id in the value is not the id in the path, and an id cannot be changed.")
		}
		if attributeLabel(key) == notAName {
			unknown = append(unknown, key)
			continue
		}
		if entry, ok := t.core[strings.ToLower(key)]; ok && Ignored(entry.name) {
			continue
		}
		more, strange, err := t.operations(op, key, value, id)
		if err != nil {
			return nil, nil, err
		}
		changes, unknown = append(changes, more...), append(unknown, strange...)
	}
	return changes, unknown, nil
}

// wholeExtension is an operation on an extension as such: on each of its
// attributes that the value names, or that it has where it is removed.
func (t nameTable) wholeExtension(op string, e extensionNames, value any, id string) (changes []operation, unknown []string, _ error) {
	block, ok := value.(map[string]any)
	switch {
	case op == opRemove:
		block = map[string]any{}
		for name := range e.names {
			block[name] = nil
		}
	case !ok && value != nil:
		return nil, nil, badRequest(scimerrors.ScimTypeInvalidValue, "The value of "+e.urn+" must be an object.")
	}
	for _, name := range slices.Sorted(maps.Keys(block)) {
		more, strange, err := t.operations(op, e.urn+":"+name, block[name], id)
		if err != nil {
			return nil, nil, err
		}
		changes, unknown = append(changes, more...), append(unknown, strange...)
	}
	return changes, unknown, nil
}

// change is the operation on this target, with the names in its value spelled
// as the schema spells them. Passwords are dropped.
func (t target) change(op string, value any) ([]operation, error) {
	if t.attribute.name == "password" {
		return nil, nil
	}
	if t.schema == "" && Ignored(t.attribute.name) {
		return nil, badRequest(scimerrors.ScimTypeMutability, "The attribute "+t.attribute.name+" is read-only.")
	}
	if t.sub == "" {
		value = t.attribute.tidy(value)
	}
	if err := t.checkValue(op, value); err != nil {
		return nil, err
	}
	if _, ok := value.(map[string]any); !ok && t.values != nil && t.sub == "" && op != opRemove {
		return nil, badRequest(scimerrors.ScimTypeInvalidValue, "A path that ends in a filter selects whole values of "+t.attribute.name+": the value must be an object.")
	}
	return []operation{{op: op, target: t, value: value}}, nil
}

// members is the one multi-valued attribute that may have any number of values.
const members = "members"

// checkValue refuses a value before any work is spent on it.
func (t target) checkValue(op string, value any) error {
	name := t.attribute.name
	_, isText := value.(string)
	switch {
	case name == members && t.sub != "":
		return badRequest(scimerrors.ScimTypeMutability, "A member cannot be changed: remove it, and add another.")
	case name != members && t.attribute.multi && len(asList(value)) > maxValues:
		return tooManyValues(name)
	case op != opRemove && isText && value != "" && t.sub == "" && !t.attribute.multi && t.attribute.kind == kindComplex && t.attribute.sub["value"].name == "":
		return badRequest(scimerrors.ScimTypeInvalidValue, "The value of "+name+" must be an object.")
	}
	return nil
}

func tooManyValues(name string) error {
	return badRequest(scimerrors.ScimTypeInvalidValue, "The attribute "+name+" has more than "+strconv.Itoa(maxValues)+" values.")
}

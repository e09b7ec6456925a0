package scim

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	scimerrors "github.com/elimity-com/scim/errors"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/scim/translate"
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

// maxValues bounds a multi-valued attribute of a user, which takes time in the
// square of its length. Members of groups are not bounded.
const maxValues = 100

// applyPatch applies the operations in their order to a copy of the resource:
// all of them, or none. It ends early with the error of ctx.
func applyPatch(ctx context.Context, current translate.Resource, operations []operation) (translate.Resource, error) {
	next := copyValue(current).(map[string]any)
	work := 0
	for _, o := range coalesce(operations) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if work += o.cost(next); work > maxComparisons {
			return nil, badRequest(scimerrors.ScimTypeTooMany, "The filters in the paths of this PATCH would have to be compared too often: send fewer operations, or select members by value eq.")
		}
		if err := o.apply(next); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// maxComparisons bounds what the filters of a PATCH may cost: a second or so.
const maxComparisons = 5_000_000

// cost is how many comparisons the filter of the operation takes.
func (o operation) cost(r translate.Resource) int {
	f, ok := o.target.values.(expressionFilter)
	if !ok {
		return 0
	}
	return len(asList(r[o.target.attribute.name])) * comparisons(f.expression)
}

func (o operation) apply(r translate.Resource) error {
	o.value = copyValue(o.value) // later operations may change what it becomes
	block := r
	if o.target.schema != "" {
		block = object(r, o.target.schema)
	}
	if o.target.attribute.multi {
		list, err := o.applyToList(asList(block[o.target.attribute.name]))
		if err != nil {
			return err
		}
		if len(list) > maxValues && o.target.attribute.name != members {
			return tooManyValues(o.target.attribute.name)
		}
		if list != nil { // nil where there was none and nothing was added
			block[o.target.attribute.name] = list
		}
		return nil
	}
	if o.target.values != nil {
		return badRequest(scimerrors.ScimTypeInvalidPath, "The attribute "+o.target.attribute.name+" is not multi-valued: its path takes no filter.")
	}
	o.applyToValue(block)
	return nil
}

// applyToValue changes a single-valued attribute.
func (o operation) applyToValue(block map[string]any) {
	name := o.target.attribute.name
	part, isObject := o.value.(map[string]any)
	switch {
	case o.target.sub != "" && o.op == opRemove:
		delete(object(block, name), o.target.sub)
	case o.target.sub != "":
		object(block, name)[o.target.sub] = o.value
	case o.op == opRemove:
		delete(block, name)
	case isObject && o.target.attribute.sub != nil:
		// RFC 7644 section 3.5.2.1 and 3.5.2.3: sub-attributes that the value
		// does not name stay.
		maps.Copy(object(block, name), part)
	default:
		block[name] = o.value
	}
}

// markRemoved notes as null what a PATCH removed: what is merely absent from a
// resource may stay as it is.
func markRemoved(before, after map[string]any) {
	for name, was := range before {
		now, there := after[name]
		if !there {
			after[name] = nil
			continue
		}
		inner, ok := was.(map[string]any)
		if innerNow, ok2 := now.(map[string]any); ok && ok2 {
			markRemoved(inner, innerNow)
		}
	}
}

// object returns the object at name, made where there is none.
func object(block map[string]any, name string) map[string]any {
	o, ok := block[name].(map[string]any)
	if !ok {
		o = map[string]any{}
		block[name] = o
	}
	return o
}

// copyValue copies objects and lists deeply.
func copyValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = copyValue(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = copyValue(e)
		}
		return out
	}
	return v
}

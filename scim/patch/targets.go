package patch

import (
	"errors"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
)

// members is the one multi-valued attribute that may have any number of values.
const members = "members"

// target is what an operation changes.
type target struct {
	schema    string           // URN of an extension, "" for the core schema
	attribute schema.Attribute // the zero one for all that the resource has of the extension
	values    *selector        // which values of a multi-valued attribute; nil for all
	sub       string           // sub-attribute, or ""
}

// readTarget reads the path of an operation. It is not known when no schema has
// such an attribute.
func readTarget(x schema.Index, path string) (_ target, known bool, _ error) {
	if x.IsForeign(path) {
		return target{}, false, nil
	}
	parsed, err := filter.ParsePath(path)
	if err != nil {
		return target{}, false, problem.PathSyntax(err.Error())
	}
	attribute, urn, ok := x.Find(parsed.Attribute)
	if !ok {
		return target{}, false, nil
	}
	t := target{schema: urn, attribute: attribute}
	if parsed.Filter != nil {
		if t.values, err = newSelector(parsed.Filter, attribute); err != nil {
			return target{}, false, inPath(err)
		}
	}
	if parsed.Attribute.Sub == "" {
		return t, true, nil
	}
	sub, ok := attribute.Sub.Find(parsed.Attribute.Sub)
	t.sub = sub.Name
	return t, ok, nil
}

// inPath makes the trouble with a filter trouble with the path that holds it.
func inPath(err error) error {
	if e, ok := errors.AsType[*problem.Error](err); ok {
		return e.InPath()
	}
	return err
}

// operation is the operation on this target, with the names in its value spelled
// as the schema spells them.
func (t target) operation(op string, value any) (_ Operation, unknown []string, _ error) {
	if t.sub == "" {
		value, unknown = t.attribute.Canonical(value)
	}
	return Operation{op: op, target: t, value: value}, unknown, t.check(op, value)
}

// check refuses a value before any work is spent on it.
func (t target) check(op string, value any) error {
	name := t.attribute.Name
	_, isObject := value.(map[string]any)
	switch {
	case t.schema == "" && schema.Ignored(name):
		return problem.ReadOnly(name)
	case name == members && t.sub != "":
		return problem.MemberFixed()
	case name != members && t.attribute.Multi && len(schema.List(value)) > schema.MaxValues:
		return problem.TooManyValues(name, schema.MaxValues)
	case op == opRemove || t.sub != "" || isObject:
		return nil
	case isText(value) && t.takesObjectOnly():
		return problem.NeedsObject(name)
	case t.values != nil:
		return problem.FilterNeedsObject(name)
	}
	return nil
}

// takesObjectOnly reports whether the attribute is one whose value can't be
// written as a text, as "manager": "id" can.
func (t target) takesObjectOnly() bool {
	_, hasValue := t.attribute.Sub["value"]
	return !t.attribute.Multi && t.attribute.Type == schema.Complex && !hasValue
}

func isText(v any) bool {
	s, ok := v.(string)
	return ok && s != ""
}

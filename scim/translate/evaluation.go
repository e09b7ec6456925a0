package translate

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/expr-lang/expr/vm"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
)

// environment is what an expression sees, with values of the types that the
// compiler checks against.
type environment = map[string]any

func newEnvironment(r schema.Resource, domain string) environment {
	block := func(urn string) any {
		b, _ := r[urn].(map[string]any)
		if b == nil {
			b = map[string]any{}
		}
		return calculable(b)
	}
	address, _ := email{}.toAccess(r["emails"]) // the pair of emails reports what is wrong with it
	mail, _ := address.(string)
	mail = domains.CleanAddress(mail)
	return environment{
		"user": calculable(r), "enterprise": block(schema.Enterprise), "workspace": block(schema.Workspace),
		"email": mail, "domain": domain,
	}
}

// calculable is a value as expressions see it. A number that a float64 holds with
// all its digits can be calculated with; any other is text, so that none is lost.
// What holds no number is not copied.
func calculable(v any) any {
	if hasNumber(v) {
		return calculableCopy(v)
	}
	return v
}

func hasNumber(v any) bool {
	switch v := v.(type) {
	case json.Number:
		return true
	case []any:
		return slices.ContainsFunc(v, hasNumber)
	case map[string]any:
		for _, inner := range v {
			if hasNumber(inner) {
				return true
			}
		}
	}
	return false
}

func calculableCopy(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err == nil && strconv.FormatFloat(f, 'f', -1, 64) == v.String() {
			return f
		}
		return v.String()
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			out[name] = calculableCopy(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = calculableCopy(inner)
		}
		return out
	}
	return v
}

// evaluate computes the value for a user. What the library says of a failure is
// not passed on: it may quote values.
func (e *expression) evaluate(env environment) (any, *fault) {
	machine := vm.VM{MemoryBudget: maxMemory}
	v, err := machine.Run(e.program, env)
	if err != nil {
		return nil, e.fails(problem.NotComputed)
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case bool:
		return strconv.FormatBool(v), nil // which every form reads
	case int:
		return strconv.Itoa(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case string:
		if len(v) > maxText {
			return nil, e.fails(computedTooLong)
		}
		return v, nil
	}
	return nil, e.fails(problem.ComputedNoValue)
}

// fails is the fault of what the expression makes.
func (e *expression) fails(why func(attribute, source string) *problem.Error) *fault {
	return &fault{problem: func(attribute string) *problem.Error { return why(attribute, e.source) }}
}

func computedTooLong(attribute, source string) *problem.Error {
	return problem.ComputedTooLong(attribute, source, maxText)
}

// checkInputs refuses a user that expressions would have too much work with. Of
// several attributes it names the first, always the same.
func checkInputs(r schema.Resource) error {
	name, worst := "", (*fault)(nil)
	for attribute, v := range r {
		if wrong := checkInput(v); wrong != nil && (worst == nil || attribute < name) {
			name, worst = attribute, wrong
		}
	}
	if worst == nil {
		return nil
	}
	return worst.of(name)
}

var tooLongToCompute = &fault{problem: func(attribute string) *problem.Error {
	return problem.TooLongToCompute(attribute, maxText)
}}

// checkInput bounds what expressions have to work on.
func checkInput(v any) *fault {
	if s, ok := schema.Text(v); ok && len(s) > maxText {
		return tooLongToCompute
	}
	switch v := v.(type) {
	case []any:
		if len(v) > schema.MaxValues {
			return tooManyValues
		}
		for _, item := range v {
			if wrong := checkInput(item); wrong != nil {
				return wrong
			}
		}
	case map[string]any:
		for _, item := range v {
			if wrong := checkInput(item); wrong != nil {
				return wrong
			}
		}
	}
	return nil
}

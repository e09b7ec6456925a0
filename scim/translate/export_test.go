package translate

import "ws1bridge/scim/schema"

// MaxText is the longest text that an expression may give.
const MaxText = maxText

// Evaluate compiles an expression and computes it for a resource. told is what
// Okta reads where that fails; there is no value for an expression that is refused.
func Evaluate(source string, r schema.Resource) (v any, told string) {
	var report problems
	e := compileExpression(source, "value", &report)
	if len(report) > 0 {
		return nil, ""
	}
	v, wrong := e.evaluate(newEnvironment(r, "example.com"))
	if wrong != nil {
		told = wrong.of("value").Detail
	}
	return v, told
}

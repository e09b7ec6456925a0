package translate

import (
	"strings"
	"testing"
	"time"

	"ws1bridge/scim/schema"
)

// FuzzExpression checks that whatever an administrator writes is refused or
// bounded: no panic, no long run, no long result.
func FuzzExpression(f *testing.F) {
	for _, seed := range []string{
		`lower(user.userName)`, `user["urn:a:b"]?.c ?? email`, `join(map(user.emails, .value), ";")`,
		`find(user.phoneNumbers, .type == "mobile")?.value`,
		`user.name.givenName + " " + user.title`, `email matches "^a" ? 1 : 2.5`,
		`filter(user.emails, {.value != ""})[0].value`, `not (1 in [1,2])`,
		`replace(email, "a", "b") | upper()`, strings.Repeat("(", 500), `[email, email]`, `len(user)`, `user.userName[1:3]`,
	} {
		f.Add(seed)
	}
	r := schema.Resource{"userName": "jane@example.com", "title": strings.Repeat("x", maxText),
		"name":         map[string]any{"givenName": "J"},
		"emails":       []any{map[string]any{"value": "a@b"}},
		"phoneNumbers": []any{map[string]any{"value": "1", "type": "mobile"}}}
	f.Fuzz(func(t *testing.T, source string) {
		var report problems
		e := compileExpression(source, "value", &report)
		if len(report) > 0 {
			return
		}
		start := time.Now()
		v, wrong := e.evaluate(newEnvironment(r, "example.com"))
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%q took %v", source, took)
		}
		if s, ok := v.(string); ok && len(s) > maxText {
			t.Errorf("%q gives %d bytes", source, len(s))
		}
		if wrong == nil {
			return
		}
		if told := wrong.of("value").Detail; strings.Contains(told, "jane") && !strings.Contains(source, "jane") {
			t.Errorf("%q quotes a value: %s", source, told)
		}
	})
}

package translate_test

import (
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/schematest"
	"ws1bridge/scim/translate"
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
	r := schema.Resource{"userName": "jane@example.com", "title": strings.Repeat("x", translate.MaxText),
		"name":         map[string]any{"givenName": "J"},
		"emails":       []any{map[string]any{"value": "a@b"}},
		"phoneNumbers": []any{map[string]any{"value": "1", "type": "mobile"}}}
	f.Fuzz(func(t *testing.T, source string) {
		var v any
		var told string
		schematest.Bounded(t, source, func() { v, told = translate.Evaluate(source, r) })
		if s, ok := v.(string); ok && len(s) > translate.MaxText {
			t.Errorf("%q gives %d bytes", source, len(s))
		}
		if strings.Contains(told, "jane") && !strings.Contains(source, "jane") {
			t.Errorf("%q quotes a value: %s", source, told)
		}
	})
}

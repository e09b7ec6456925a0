package translate_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

const (
	domain     = "acme.com"
	enterprise = `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`
	workspace  = `"urn:scim:schemas:extension:workspace:1.0"`
)

func translator(tb testing.TB) *translate.Translator {
	tb.Helper()
	tr, err := translate.New(translate.Config{DefaultDomain: domain})
	if err != nil {
		tb.Fatal(err)
	}
	return tr
}

// resource decodes a user as it comes off the wire.
func resource(tb testing.TB, body string) schema.Resource {
	tb.Helper()
	var r schema.Resource
	if err := jsonv2.Unmarshal([]byte(body), &r, schema.KeepDigits); err != nil {
		tb.Fatalf("%v in %s", err, body)
	}
	return r
}

func readFile(tb testing.TB, name string) string {
	tb.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// path reads the name of an attribute of Access.
func path(tb testing.TB, name string) upstream.Path {
	tb.Helper()
	p, err := upstream.ParsePath(name)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// access makes attributes out of pairs of name and value.
func access(tb testing.TB, pairs ...any) upstream.Attributes {
	tb.Helper()
	a := upstream.Attributes{}
	for pair := range slices.Chunk(pairs, 2) {
		a[path(tb, pair[0].(string))] = pair[1]
	}
	return a
}

// created is the user that a creation makes.
func created(c translate.Creation) upstream.User {
	return upstream.User{Domain: c.Domain, Attributes: c.Attributes}
}

// isAbout reports whether the error is a problem with that attribute, or with
// several with commas between.
func isAbout(err error, attribute string) bool {
	p, ok := errors.AsType[*problem.Error](err)
	return ok && p.Status == http.StatusBadRequest && strings.HasPrefix(p.Detail, "The attribute "+attribute+" ")
}

// set is what of the attributes has a value, by name.
func set(a upstream.Attributes) map[string]any {
	out := map[string]any{}
	for p, v := range a {
		if v != nil {
			out[p.String()] = v
		}
	}
	return out
}

// pretty shows a value the way golden files do: indented, with sorted names.
func pretty(tb testing.TB, v any) string {
	tb.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(b) + "\n"
}

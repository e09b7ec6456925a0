package translate_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// roundTrip sends attributes to Okta and back, over JSON as the wire does.
func roundTrip(t rapid.TB, tr *translate.Translator, a upstream.Attributes) upstream.Attributes {
	t.Helper()
	shown := tr.UserToSCIM(upstream.User{Attributes: a})
	b, err := json.Marshal(shown)
	if err != nil {
		t.Fatalf("a user cannot be encoded: %v", err)
	}
	var decoded schema.Resource
	if err := jsonv2.Unmarshal(b, &decoded, schema.KeepDigits); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	back, err := tr.UserChange(upstream.User{Attributes: a}, decoded)
	if err != nil {
		t.Fatalf("a user that was shown is refused: %v", err)
	}
	direct, err := tr.UserChange(upstream.User{Attributes: a}, shown)
	if err != nil || !reflect.DeepEqual(set(direct), set(back)) {
		t.Errorf("JSON changed %v into %v (error %v)", set(direct), set(back), err)
	}
	return back
}

// mapped are the names of all attributes of Access that the table knows, those
// that hold a list apart.
func mapped(tb testing.TB) (texts, lists []string) {
	tb.Helper()
	c, err := translator(tb).NewUser(resource(tb, readFile(tb, "../../testdata/okta/user_full.json")))
	if err != nil {
		tb.Fatal(err)
	}
	for p, v := range c.Attributes {
		switch v.(type) {
		case string:
			texts = append(texts, p.String())
		case []upstream.Element:
			lists = append(lists, p.String())
		}
	}
	return texts, lists
}

// word is a text as Access may hold one: not empty, and with whatever in it.
func word() *rapid.Generator[string] { return rapid.StringN(1, 20, -1) }

// visible is a word of which somebody sees something.
func visible() *rapid.Generator[string] {
	return word().Filter(func(s string) bool { return !domains.IsBlank(s) })
}

// element is a value of a list in normal form: one or more of the
// sub-attributes.
func element(subs ...string) *rapid.Generator[upstream.Element] {
	return rapid.Custom(func(t *rapid.T) upstream.Element {
		e := upstream.Element{subs[0]: word().Draw(t, subs[0])}
		for _, sub := range append(subs[1:], "type") {
			if rapid.Bool().Draw(t, "has "+sub) {
				e[sub] = word().Draw(t, sub)
			}
		}
		if rapid.Bool().Draw(t, "names primary") {
			e["primary"] = rapid.Bool().Draw(t, "primary")
		}
		return e
	})
}

// TestAccessRoundTrip checks the promise of the package: whatever Access holds
// comes back as it was when Okta writes what it read.
func TestAccessRoundTrip(t *testing.T) {
	tr := translator(t)
	texts, lists := mapped(t)
	if len(texts) < 20 || len(lists) != 2 {
		t.Fatalf("the fixture has only %d texts and %d lists", len(texts), len(lists))
	}
	rapid.Check(t, func(rt *rapid.T) {
		held := upstream.Attributes{}
		for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom(texts), rapid.ID[string]).Draw(rt, "texts") {
			held[path(t, name)] = word().Draw(rt, name)
		}
		if rapid.Bool().Draw(rt, "has active") {
			held[path(t, "active")] = rapid.Bool().Draw(rt, "active")
		}
		if phones := rapid.SliceOfN(element("value", "display"), 0, 3).Draw(rt, "phoneNumbers"); len(phones) > 0 {
			held[path(t, "phoneNumbers")] = phones
		}
		if addresses := rapid.SliceOfN(element("country", "formatted", "locality"), 0, 3).Draw(rt,
			"addresses"); len(addresses) > 0 {
			held[path(t, "addresses")] = addresses
		}
		back := roundTrip(rt, tr, held)
		want := maps.Clone(held)
		delete(want, path(t, "externalId")) // is never changed
		if !reflect.DeepEqual(set(back), set(want)) {
			rt.Errorf("got %v back, want %v", set(back), set(want))
		}
	})
}

// value is a JSON value that may or may not suit an attribute.
func value(depth int) *rapid.Generator[any] {
	kinds := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), number().AsAny(), rapid.String().AsAny(),
		rapid.SampledFrom([]any{"", "True", "false", "work", " work ", "a@work. "}),
	}
	if depth > 0 {
		names := rapid.SampledFrom([]string{"value", "type", "primary", "display", "givenName", "familyName", "country",
			"displayName", "manager", "department"})
		kinds = append(kinds, rapid.SliceOfN(value(depth-1), 0, 3).AsAny(), rapid.MapOfN(names, value(depth-1), 0, 4).AsAny())
	}
	return rapid.OneOf(kinds...)
}

// TestSCIMRoundTrip checks that whatever is accepted is settled after one trip:
// what Okta reads back, it may write without changing anything.
func TestSCIMRoundTrip(t *testing.T) {
	tr := translator(t)
	complete := resource(t, readFile(t, "../../testdata/okta/user_full.json"))
	attributes := rapid.SampledFrom([]string{
		"userName", "externalId", "active", "name", "title", "emails", "phoneNumbers", "addresses",
		"groups", "password", schema.Enterprise, schema.Workspace,
	})
	accepted := 0
	rapid.Check(t, func(rt *rapid.T) {
		r := maps.Clone(complete)
		maps.Copy(r, rapid.MapOfN(attributes, value(2), 0, 3).Draw(rt, "changes"))
		checkSettled(rt, tr, r, &accepted)
	})
	if accepted == 0 {
		t.Error("no user was accepted: nothing was checked")
	}
}

// checkSettled makes a user and checks that a trip to Okta and back does not
// change it.
func checkSettled(t rapid.TB, tr *translate.Translator, r schema.Resource, accepted *int) {
	t.Helper()
	first, err := tr.NewUser(r)
	if err != nil {
		return
	}
	*accepted++
	second := roundTrip(t, tr, first.Attributes)
	want := maps.Clone(first.Attributes)
	delete(want, upstream.CorePath("externalId")) // is never changed
	if !reflect.DeepEqual(set(second), set(want)) {
		t.Errorf("got %v back, want %v", set(second), set(want))
	}
}

// FuzzUserRoundTrip checks that a user that is accepted is settled after one
// trip, and that no input panics.
func FuzzUserRoundTrip(f *testing.F) {
	seeds, err := filepath.Glob("../../testdata/okta/user_*.json")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range seeds {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	tr := translator(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var r schema.Resource
		if jsonv2.Unmarshal(b, &r, schema.KeepDigits) != nil {
			t.Skip("not a JSON object")
		}
		var accepted int
		checkSettled(t, tr, r, &accepted)
	})
}

package patch

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/schematest"
	"ws1bridge/upstream"
)

// FuzzPatch checks that operations applied at once do what they do one by one,
// that the resource they are applied to stays as it is, and that the outcome
// is JSON that the translation can read or refuse.
func FuzzPatch(f *testing.F) {
	for _, seed := range []string{
		`[{"op":"replace","value":{"active":false}}]`,
		`[{"op":"replace","value":{"id":"u1","name":{"givenName":"G"},"$ENTERPRISE":{"department":"x"}}}]`,
		`[{"op":"add","path":"emails","value":[{"value":"b@x","primary":true}]},` +
			`{"op":"remove","path":"emails[primary eq false]"}]`,
		`[{"op":"add","path":"emails[type eq \"home\" and primary eq true].value","value":"b@x"},` +
			`{"op":"replace","path":"emails[value co \"b\"].type","value":null}]`,
		`[{"op":"add","path":"addresses","value":{"country":"FR"}},{"op":"replace","path":"addresses.primary","value":true}]`,
		`[{"op":"remove","path":"$ENTERPRISE:manager.value"},` +
			`{"op":"add","path":"$ENTERPRISE:manager","value":"m"},` +
			`{"op":"add","path":"$ENTERPRISE:manager.displayName","value":"M"}]`,
		`[{"op":"remove","path":"phoneNumbers[not (type pr or value ge 7)].display"},` +
			`{"op":"add","path":"phoneNumbers","value":["1",null,[{}]]}]`,
		`[{"op":"remove","path":"emails","value":[{"value":"ada@x"}]},{"op":"add","path":"$USER:title","value":{"a":[]}}]`,
	} {
		f.Add(schematest.URNs(patchedUser), schematest.URNs(seed))
	}
	users, _ := schematest.Indexes(f)
	tr := schematest.Translator(f)
	f.Fuzz(func(t *testing.T, user, body string) {
		var raw map[string]any
		var list []struct {
			Op, Path string
			Value    any
		}
		if json.Unmarshal([]byte(user), &raw) != nil || json.Unmarshal([]byte(body), &list) != nil || len(list) > 20 {
			t.Skip("not a resource and operations")
		}
		current, _ := users.Canonical(raw)
		before := schema.Copy(current)
		read := reader{Index: users, id: patchedID}
		for _, o := range list {
			if read.operation(strings.ToLower(o.Op), o.Path, o.Value) != nil {
				return
			}
		}
		operations := read.out
		var next schema.Resource
		var err error
		schematest.Bounded(t, body, func() { next, err = Apply(context.Background(), current, operations) })
		if !reflect.DeepEqual(current, before) {
			t.Fatalf("the resource became %v, was %v", current, before)
		}
		checkOneByOne(t, current, operations, next, err)
		if err != nil {
			return
		}
		if _, err := json.Marshal(next); err != nil {
			t.Errorf("the outcome cannot be encoded: %v", err)
		}
		_, _ = tr.UserChange(upstream.User{}, next) // must not panic
	})
}

// checkOneByOne applies the operations singly and compares with the outcome of
// all at once.
func checkOneByOne(t *testing.T, current schema.Resource, operations []Operation, want schema.Resource, wantErr error) {
	t.Helper()
	for _, o := range operations {
		next, err := Apply(context.Background(), current, []Operation{o})
		if err != nil {
			if wantErr == nil || want != nil {
				t.Fatalf("one by one, the operations fail with %v; at once they give %v (%v)", err, want, wantErr)
			}
			return
		}
		current = next
	}
	// schema.Copy, because a patch without operations is only a copy.
	if wantErr != nil || !reflect.DeepEqual(schema.Copy(current), schema.Copy(want)) {
		t.Errorf("one by one, the operations give %v; at once they give %v (%v)", current, want, wantErr)
	}
}

// FuzzPath checks that a path is read or refused in time, that what is read
// means the same when it is written as the schemas spell it, and that a filter
// matches what it describes.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		"title", "NAME.givenname", "emails.value", `emails[type eq "work"].value`, `members[value eq "a"]`,
		"$USER:name.givenName", "$ENTERPRISE:manager.value", "$ENTERPRISE", "urn:okta:acme_1:1.0:user:custom:a",
		`emails[not (type pr or value gt 7)]`, `addresses[TYPE eq "a" and primary eq true].country`,
		`emails[value eq "\u00C4\"\\"]`,
		`emails[value eq -1.5e3]`, `emails[value eq null]`, "a.b.c", "emails[", "$ref",
	} {
		f.Add(schematest.URNs(seed))
	}
	users, groups := schematest.Indexes(f)
	f.Fuzz(func(t *testing.T, path string) {
		for _, names := range []schema.Index{users, groups} {
			got, known, err := readTarget(names, path)
			if err != nil || !known {
				continue
			}
			if got.values == nil {
				checkSpelled(t, names, got)
				continue
			}
			if element := got.values.describe(); element != nil && !got.values.matches(element) {
				t.Errorf("the filter describes %v and does not match it", element)
			}
		}
	})
}

func checkSpelled(t *testing.T, names schema.Index, want target) {
	t.Helper()
	path := want.attribute.Name
	if want.schema != "" {
		path = want.schema + ":" + path
	}
	if want.sub != "" {
		path += "." + want.sub
	}
	got, known, err := readTarget(names, path)
	if err != nil || !known || !reflect.DeepEqual(got, want) {
		t.Errorf("as %q it means %v (known %t, error %v), want %v", path, got, known, err, want)
	}
}

package translate_test

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
)

// line is a pair for random tables, with a generator of values as Okta sends
// them and reads them back.
type line struct {
	translate.Attribute
	value func(t *rapid.T) any // nil for a computed attribute
	// at is where the value is in a resource: schema ("" for core), name and
	// sub-attribute ("" for none).
	at [3]string
}

func texted(name string, a translate.Attribute, at ...string) line {
	l := line{Attribute: a, value: func(t *rapid.T) any { return visible().Draw(t, name) }}
	copy(l.at[:], at)
	return l
}

// lines are pairs that go together in any selection.
func lines() []line {
	urn2 := "urn:okta:other:1.0:user:custom"
	list := func(t *rapid.T) any {
		var out []any
		for _, w := range rapid.SliceOfN(word(), 1, 4).Draw(t, "list") {
			out = append(out, w)
		}
		return out
	}
	return []line{
		texted("top", translate.Attribute{SCIM: "badge", Access: tenantURN + ":badge"}, "", "badge"),
		texted("guid", translate.Attribute{SCIM: oktaURN + ":guid", Access: tenantURN + ":objectGUID", Required: true},
			oktaURN, "guid"),
		texted("desk", translate.Attribute{SCIM: urn2 + ":desk.room", Access: tenantURN + ":room"}, urn2, "desk", "room"),
		texted("floor", translate.Attribute{SCIM: urn2 + ":desk.floor", Access: tenantURN + ":floor", Default: "0"}, urn2,
			"desk", "floor"),
		texted("cost", translate.Attribute{SCIM: schema.Enterprise + ":cost", Access: "urn:other:schema:1.0:cost"},
			schema.Enterprise, "cost"),
		texted("mfa",
			translate.Attribute{SCIM: schema.Workspace + ":mfa", Access: "urn:scim:schemas:extension:workspace:mfa:1.0:mfaId"},
			schema.Workspace, "mfa"),
		{Attribute: translate.Attribute{SCIM: "remote", Access: tenantURN + ":remote", Type: "boolean"},
			at:    [3]string{"", "remote"},
			value: func(t *rapid.T) any { return rapid.Bool().Draw(t, "remote") }},
		{Attribute: translate.Attribute{SCIM: oktaURN + ":skills", Access: tenantURN + ":skills", Type: "strings"},
			at: [3]string{oktaURN, "skills"}, value: list},
		{Attribute: translate.Attribute{SCIM: "nickName", Off: true}},
		{Attribute: translate.Attribute{Access: tenantURN + ":computed", Value: `lower(user.userName) + (user.title ?? "")`}},
		{Attribute: translate.Attribute{SCIM: `phoneNumbers[type eq "mobile"].value`, Access: tenantURN + ":mobile"}},
	}
}

// place puts a value into a resource.
func (l line) place(r schema.Resource, v any) {
	block := r
	for _, name := range []string{l.at[0], l.at[1]} {
		if name == "" || name == l.at[1] && l.at[2] == "" {
			continue
		}
		inner, ok := block[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			block[name] = inner
		}
		block = inner
	}
	name := l.at[1]
	if l.at[2] != "" {
		name = l.at[2]
	}
	block[name] = v
}

// find is the value at the line's place.
func (l line) find(r schema.Resource) any {
	var v any = r
	for _, name := range l.at {
		if name == "" {
			continue
		}
		block, _ := v.(map[string]any)
		v = block[name]
	}
	return v
}

// TestTableRoundTrip checks that with any selection of pairs every value that
// Okta sends comes back as it was, and that writing back what was read changes
// nothing.
func TestTableRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var cfg translate.Config
		cfg.DefaultDomain = domain
		var chosen []line
		for i, l := range lines() {
			if rapid.Bool().Draw(rt, fmt.Sprint("line ", i)) {
				cfg.Attributes, chosen = append(cfg.Attributes, l.Attribute), append(chosen, l)
			}
		}
		tr, err := translate.New(cfg)
		if err != nil {
			rt.Fatalf("%v", err)
		}
		in := person(rapid.SampledFrom(locals).Draw(rt, "local") + "@acme.com")
		want := map[string]any{}
		for _, l := range chosen {
			if l.value != nil && (l.Required || rapid.Bool().Draw(rt, l.SCIM+" has a value")) {
				v := l.value(rt)
				l.place(in, v)
				want[l.SCIM] = v
			}
		}
		c, err := tr.NewUser(in)
		if err != nil {
			rt.Fatalf("%v", err)
		}
		u, sent := created(c), c.Attributes
		back := tr.UserToSCIM(u)
		for _, l := range chosen {
			if got := l.find(back); want[l.SCIM] != nil && !reflect.DeepEqual(got, want[l.SCIM]) {
				rt.Errorf("%s came back as %v, was %v", l.SCIM, got, want[l.SCIM])
			}
		}
		again, err := tr.UserChange(u, back)
		if err != nil {
			rt.Fatalf("%v", err)
		}
		delete(sent, path(t, "externalId"))
		if !reflect.DeepEqual(set(again), set(sent)) {
			rt.Errorf("writing back what was read makes %v of %v", set(again), set(sent))
		}
		if lost := tr.TraceOkta(in).Lost(); lost != nil {
			rt.Errorf("the trace calls %v lost", lost)
		}
	})
}

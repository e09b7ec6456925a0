package translate_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// TestTraceOkta checks what a trace says of one attribute each; the golden files
// of the command map show whole ones.
func TestTraceOkta(t *testing.T) {
	ruled := translate.Config{Rules: []translate.Rule{{Okta: "old.example", Access: "new.example"}},
		Attributes: []translate.Attribute{
			{SCIM: "userType", Default: "Employee"}, {Access: tenantURN + ":login", Value: "lower(user.userName)"}}}
	tests := []struct {
		name, in string // changes to a person jane@old.example
		want     translate.TracedAttribute
	}{
		{"a rule", `{}`,
			translate.TracedAttribute{SCIM: "userName", Access: "userName", Okta: "jane@old.example", Sent: "jane@new.example",
				Read: "jane@old.example",
				By:   "default pair", Rule: "domains.rules[0]: old.example -> new.example"}},
		{"no rule", `{"userName":"jane@other.example"}`,
			translate.TracedAttribute{SCIM: "userName", Access: "userName", Okta: "jane@other.example",
				Sent: "jane@other.example", Read: "jane@other.example", By: "default pair"}},
		{"what is lost", `{"userName":"jane@new.example"}`,
			translate.TracedAttribute{SCIM: "userName", Access: "userName", Okta: "jane@new.example", Sent: "jane@new.example",
				Read: "jane@old.example",
				By:   "default pair", Rule: "domains.rules[0]: old.example -> new.example",
				Note: "another value leads to the same in Access, and is what Okta reads", Lost: true}},
		{"a default", `{}`,
			translate.TracedAttribute{SCIM: "userType", Access: "userType", Sent: "Employee", Read: "Employee",
				By: "attributes[0]", Note: "the default"}},
		{"a computed one", `{}`,
			translate.TracedAttribute{Access: tenantURN + ":login", Sent: "jane@old.example", By: "attributes[1]",
				Note: "computed by lower(user.userName)"}},
		{"a number that becomes text is not lost", `{"title":7}`,
			translate.TracedAttribute{SCIM: "title", Access: "title", Okta: json.Number("7"), Sent: "7", Read: "7",
				By: "default pair"}},
		{"a domain that decides", `{"domain":"old.example"}`,
			translate.TracedAttribute{SCIM: "domain", Access: upstreamWorkspace + ":domain", Okta: "old.example",
				Sent: "new.example",
				By:   "domains.attributes", Rule: "domains.rules[0]: old.example -> new.example",
				Note: "chooses the directory, and is shown where domains.attributes names it"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := person("jane@old.example")
			maps.Copy(in, resource(t, tt.in))
			trace := made(t, ruled).TraceOkta(in)
			i := slices.IndexFunc(trace.Attributes,
				func(a translate.TracedAttribute) bool { return a.SCIM == tt.want.SCIM && a.Access == tt.want.Access })
			if i < 0 || !reflect.DeepEqual(trace.Attributes[i], tt.want) {
				t.Errorf("got %+v, want %+v", trace.Attributes, tt.want)
			}
			if got := slices.Contains(trace.Lost(), tt.want.SCIM); got != tt.want.Lost {
				t.Errorf("lost are %v", trace.Lost())
			}
		})
	}
}

func TestTraceDropped(t *testing.T) {
	cfg := translate.Config{Attributes: []translate.Attribute{
		{SCIM: "nickName", Off: true}, {SCIM: `emails[type eq "home"].value`, Access: tenantURN + ":home"},
		{Access: tenantURN + ":it", Value: "user.badge"},
		{SCIM: oktaURN + ":site", Access: tenantURN + ":site"}}}
	in := person("jane@acme.com")
	maps.Copy(in, resource(t, `{"nickName":"J","name":{"givenName":"G","familyName":"F","formatted":"G F"},
		"badge":"7","pets":["x"],"none":"","title":null,
		"emails":[{"value":"a@x","primary":true},{"value":"b@x","type":"home"},{"value":"c@x"}],
		"phoneNumbers":[{"value":"1"},{"type":"work","display":"x"},{"type":"work"}],
		"`+oktaURN+`":{"site":"s","shoe":"44"},"urn:nobody:knows:1.0":{"a":"b"}}`))
	var got []string
	for _, d := range made(t, cfg).TraceOkta(in).Dropped {
		got = append(got, d.Attribute)
		if d.Reason == "" {
			t.Errorf("%s is dropped without a reason", d.Attribute)
		}
	}
	if want := []string{"emails[2]", "name.formatted", "nickName", "pets", "phoneNumbers[1]", "urn:nobody:knows:1.0:a",
		oktaURN + ":shoe"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTraceAccess(t *testing.T) {
	const mfa = "urn:scim:schemas:extension:workspace:mfa:1.0:mfaId"
	tr := made(t, translate.Config{DefaultDomain: "new.example",
		Rules: []translate.Rule{{Okta: "old.example", Access: "new.example"}}})
	trace := tr.TraceAccess(upstream.User{Domain: "new.example",
		Attributes: access(t, "userName", "jane@new.example", "title", "Dr", mfa, "1", tenantURN+":x", "1")})
	if len(trace.Lost()) != 0 || trace.Read["userName"] != "jane@old.example" ||
		trace.Sent["userName"] != "jane@new.example" || len(trace.Dropped) != 1 ||
		trace.Dropped[0].Attribute != mfa {
		t.Errorf("got %+v", trace)
	}
	// A user from before the rule would be renamed by the next push.
	trace = tr.TraceAccess(upstream.User{Domain: "new.example", Attributes: access(t, "userName", "jane@old.example")})
	if !slices.Equal(trace.Lost(), []string{"userName"}) || trace.Sent["userName"] != "jane@new.example" {
		t.Errorf("got %+v", trace)
	}
}

// TestTraceAccessShowsBothSides checks that each attribute stands beside what
// Okta sees of it, also where only one side has a value, and where Okta's writing
// it back would be refused.
func TestTraceAccessShowsBothSides(t *testing.T) {
	cfg := translate.Config{DomainAttributes: []string{"domain"}, Attributes: []translate.Attribute{
		{SCIM: "nickName", Off: true}, {SCIM: "userType", Default: "Employee"},
		{Access: tenantURN + ":login", Value: "lower(user.userName)"}}}
	held := access(t, "userName", "Jane", "emails", "a@x", "nickName", "J", tenantURN+":login", "jane")
	want := [][4]any{ // SCIM path, what Okta sees, Access path, what Access holds
		{"userName", "Jane", "userName", "Jane"},
		{"userType", nil, "userType", nil},
		{"emails", []any{map[string]any{"value": "a@x", "type": "work", "primary": true}}, "emails", "a@x"},
		{"", nil, tenantURN + ":login", "jane"},
	}
	for name, refused := range map[string]bool{domain: false, "elsewhere.example": true} {
		trace := made(t, cfg).TraceAccess(upstream.User{Domain: name, Attributes: held})
		var got [][4]any
		for _, a := range trace.Attributes {
			got = append(got, [4]any{a.SCIM, a.Okta, a.Access, a.Read})
		}
		want := append(slices.Clone(want), [4]any{"domain", name, upstreamWorkspace + ":domain", name})
		if refused { // Access would not be sent the default
			want = slices.Delete(want, 1, 2)
		}
		if (trace.Refused != "") != refused || !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, refused: %q, want %v", got, trace.Refused, want)
		}
		if len(trace.Dropped) != 1 || trace.Dropped[0].Attribute != "nickName" || len(trace.Lost()) != 0 {
			t.Errorf("dropped are %v, lost are %v", trace.Dropped, trace.Lost())
		}
	}
}

func TestTraceOfTheRefused(t *testing.T) {
	trace := translator(t).TraceOkta(resource(t, `{"userName":"jane@acme.com","shoeSize":"44"}`))
	if !strings.Contains(trace.Refused, "is missing") || len(trace.Dropped) != 1 || trace.Attributes != nil {
		t.Errorf("got %+v", trace)
	}
}

func TestCompare(t *testing.T) {
	before := made(t, translate.Config{Attributes: []translate.Attribute{{SCIM: "title", Off: true}}})
	after := made(t, translate.Config{Managed: []string{domain, "beta.example"}})
	in := person("jane@beta.example")
	in["title"] = "Dr"
	want := []translate.Change{
		{What: "domain", Before: domain, After: "beta.example"},
		{What: "sent", Attribute: "title", After: "Dr"},
		{What: "read", Attribute: "title", After: "Dr"},
	}
	if got := translate.Compare(before.TraceOkta(in), after.TraceOkta(in)); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := translate.Compare(before.TraceOkta(in), before.TraceOkta(in)); got != nil {
		t.Errorf("nothing changes, and got %+v", got)
	}
}

// TestTraceTellsTheTruth checks that a trace says lost exactly where a value
// comes back as another.
func TestTraceTellsTheTruth(t *testing.T) {
	lost := 0
	checkUntil(t, func() bool { return lost > 0 }, func(rt *rapid.T) {
		tr, _ := ruled(rt, true)
		x := "jane@" + anyDomain().Draw(rt, "domain")
		trace := tr.TraceOkta(person(x))
		back := shown(tr, image(rt, tr, x))
		if got := slices.Contains(trace.Lost(), "userName"); got == domains.SameAddress(back, x) {
			rt.Errorf("%s comes back as %s, lost: %t", x, back, got)
		} else if got {
			lost++
		}
	})
}

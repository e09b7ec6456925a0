package translate_test

import (
	"maps"
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/schematest"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

func computing(value string) translate.Config {
	return translate.Config{DefaultDomain: domain,
		Attributes: []translate.Attribute{{Access: tenantURN + ":it", Value: value}}}
}

func TestComputed(t *testing.T) {
	tests := []struct {
		name, value string
		want        any
	}{
		{"a part of the user", `user.userName`, "Jane@Acme.com"},
		{"lower case", `lower(user.userName)`, "jane@acme.com"},
		{"upper case", `upper(user.title)`, "DR"},
		{"the primary e-mail", `email`, "second@acme.com"},
		{"the domain", `domain`, "acme.com"},
		{"the enterprise extension", `enterprise.department`, "Sales"},
		{"an extension that is not there", `workspace.userPrincipalName`, nil},
		{"any extension", `user["` + oktaURN + `"].badge`, "B7"},
		{"texts put together", `user.name.givenName + " " + user.name.familyName`, "G F"},
		{"what is before", `before(user.userName, "@")`, "Jane"},
		{"what is after", `after(user.userName, "@")`, "Acme.com"},
		{"after what is not there", `after(user.userName, "#")`, nil},
		{"what is before what is not there", `before(user.userName, "#")`, "Jane@Acme.com"},
		{"replaced", `replace(user.userName, "Acme", "beta")`, "Jane@beta.com"},
		{"nothing replaced", `replace(user.userName, "", "beta")`, "Jane@Acme.com"},
		{"a value of a list", `find(user.phoneNumbers, .type == "mobile").value`, "2"},
		{"a list in one text", `join(map(user.phoneNumbers, .value), ";")`, "1;2"},
		{"a choice", `user.title == "Dr" ? "doctor" : "other"`, "doctor"},
		{"another value for a missing one", `user.nickName ?? user.name.givenName`, "G"},
		{"the case of nothing", `lower(user.nickName)`, nil},
		{"white space", `trim(" x ")`, "x"},
		{"an empty text is no value", `""`, nil},
		{"a number", `len(user.phoneNumbers) + 1`, "3"},
		{"a number of Okta's is calculated with", `user.level + 1`, "8"},
		{"a number that no float64 holds keeps its digits", `user.badge`, "1234567890123456789"},
		{"a number keeps its spelling", `user.score`, "12.50"},
		{"a truth", `user.active`, "true"},
		{"a match", `user.userName matches "^Jane@" ? "yes" : "no"`, "yes"},
		{"a missing parent, with ?.", `user.manager?.name?.first`, nil},
	}
	in := person("Jane@Acme.com")
	maps.Copy(in, resource(t, `{"title":"Dr","active":true,"level":7,"badge":1234567890123456789,"score":12.50,
		"phoneNumbers":[{"type":"work","value":"1"},{"type":"mobile","value":"2"}],
		"emails":["first@acme.com",{"value":"second@acme.com","primary":true}],
		"`+oktaURN+`":{"badge":"B7"},`+enterprise+`:{"department":"Sales"}}`))
	delete(in, schema.Workspace)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := made(t, computing(tt.value)).NewUser(in)
			if got := c.Attributes[path(t, tenantURN+":it")]; err != nil || got != tt.want {
				t.Errorf("got %#v and the error %v, want %#v", got, err, tt.want)
			}
		})
	}
}

func TestComputedRefusedAtStart(t *testing.T) {
	for name, value := range map[string]string{
		"no expression":             `user.`,
		"an unknown name":           `person.userName`,
		"an unknown function":       `now()`,
		"a function that costs":     `repeat("a", 1000000)`,
		"sums over lists":           `reduce(user.emails, #acc + #)`,
		"a list out of nothing":     `len(1..1000000)`,
		"loops in loops":            `all(user.emails, any(user.phoneNumbers, true))`,
		"a variable":                `let a = email + email; a + a`,
		"a pattern that is a value": `email matches user.title`,
		"a power":                   `2 ** 100`,
		"too long":                  `"` + strings.Repeat("a", 1000) + `"`,
		"too many parts":            `email` + strings.Repeat(`+email`, 150),
		"the wrong number":          `lower(email, email)`,
		"text and number":           `email + 1`,
		"what goes nowhere":         `user.password`,
		"another case":              `lower(user.username)`,
	} {
		t.Run(name, func(t *testing.T) {
			got := problemsOf(computing(value))
			if len(got) != 1 || !strings.HasPrefix(got[0], "attributes[0].value: ") || !strings.Contains(got[0],
				value) && !strings.Contains(got[0], "is spelled") {
				t.Errorf("got %q, want a problem with the expression", got)
			}
		})
	}
}

// TestComputedFails checks that what cannot be computed for a user is refused
// with the expression, and without the user's values.
func TestComputedFails(t *testing.T) {
	long := strings.Repeat("secret", 1000)
	for name, tt := range map[string]struct{ value, changes, want string }{
		"a part of nothing": {`user.manager.name`, `{}`,
			"urn:scim:schemas:extension:workspace:tenant:acme:1.0:it cannot be computed by user.manager.name"},
		"a list where a text goes": {`lower(user.pets)`, `{"pets":["secret"]}`, "cannot be computed by lower(user.pets)"},
		"a list as the result": {`user.phoneNumbers`, `{"phoneNumbers":[{"value":"secret"}]}`,
			"the result is neither text nor number"},
		"a long result": {`email + user.userName + user.title`,
			`{"title":"` + long[:4000] + `","userName":"` + long[:4000] + `"}`, "the result is longer than"},
		"a long value":            {`email`, `{"title":"` + long + `"}`, "title is longer than the 4096 bytes"},
		"a long value further in": {`email`, `{"` + oktaURN + `":{"x":["` + long + `"]}}`, oktaURN + " is longer than"},
		"many values": {`email`, `{"x":[` + strings.Repeat(`"secret",`, 100) + `"secret"]}`,
			"x has more than 100 values"},
		"a long replacement": {`replace(user.title, "s", user.userName)`,
			`{"title":"` + strings.Repeat("s", 4000) + `"}`, "cannot be computed by replace"},
		"a long joint": {`join(map(user.emails, .value), user.title)`,
			`{"title":"` + strings.Repeat("s", 4000) + `","emails":["a","b","c"]}`, "cannot be computed by join"},
	} {
		t.Run(name, func(t *testing.T) {
			in := person("jane@acme.com")
			maps.Copy(in, resource(t, tt.changes))
			_, err := made(t, computing(tt.value)).NewUser(in)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %.300v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("%v quotes a value", err)
			}
		})
	}
}

// TestComputedSeesWhatStays checks that a change that leaves out what cannot be
// cleared computes from what Access holds.
func TestComputedSeesWhatStays(t *testing.T) {
	tr := made(t, translate.Config{Attributes: []translate.Attribute{
		{SCIM: "displayName", Off: true},
		{Access: "displayName", Value: `user.name.givenName + " " + user.name.familyName + " " + (user.title ?? "-")`},
	}})
	held := upstream.User{Domain: domain,
		Attributes: access(t, "userName", "jane@acme.com", "name.givenName", "Jane", "name.familyName", "Doe", "title", "Dr")}
	in := resource(t, `{"name":{"familyName":"Roe"}}`)
	a, err := tr.UserChange(held, in)
	if err != nil {
		t.Fatal(err)
	}
	if got := a[path(t, "displayName")]; got != "Jane Roe -" {
		t.Errorf("got %v", got)
	}
	if name := in["name"].(map[string]any); len(name) != 1 {
		t.Errorf("the request became %v", in)
	}
}

// TestComputedIsBounded computes the most expensive thing that is allowed.
func TestComputedIsBounded(t *testing.T) {
	emails := make([]any, 100)
	for i := range emails {
		emails[i] = map[string]any{"value": strings.Repeat("x", 4096)}
	}
	in := person("jane@acme.com")
	in["emails"] = emails
	tr := made(t,
		computing(`len(filter(user.emails,
			upper(.value) + lower(.value) + replace(.value, "y", "z") matches "x*y$")) > 0 ? "a" : "b"`))
	schematest.Bounded(t, "the most expensive expression", func() {
		c, err := tr.NewUser(in)
		if got := c.Attributes[path(t, tenantURN+":it")]; err != nil || got != "b" {
			t.Errorf("got %v, error %v", got, err)
		}
	})
}

// TestComputedFromWhatIsNotShown checks that an expression over an attribute that
// no pair maps is accepted from requests, and that a request that lacks the
// attribute does not clear what was computed.
func TestComputedFromWhatIsNotShown(t *testing.T) {
	tr := made(t, translate.Config{Attributes: []translate.Attribute{
		{Access: tenantURN + ":it", Value: `user["` + oktaURN + `"]?.badge ?? user.costNumber`},
		{Access: tenantURN + ":other", Value: `lower(user.userName)`},
	}})
	silent := map[string]bool{}
	for _, a := range tr.SchemaAttributes() {
		if a.Silent {
			silent[a.Schema+":"+a.Name] = true
		}
	}
	if !silent[oktaURN+":badge"] || !silent[":costNumber"] {
		t.Errorf("what is taken silently is %v", silent)
	}
	in := person("Jane@acme.com")
	in[oktaURN], in["costNumber"] = map[string]any{"badge": "B7"}, nil
	c, err := tr.NewUser(in)
	if err != nil || c.Attributes[path(t, tenantURN+":it")] != "B7" {
		t.Fatalf("got %v, error %v", set(c.Attributes), err)
	}
	u := created(c)
	changed, err := tr.UserChange(u, tr.UserToSCIM(u))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := changed[path(t, tenantURN+":it")]; ok {
		t.Errorf("a request without the attribute makes it %v", v)
	}
	if changed[path(t, tenantURN+":other")] != "jane@acme.com" {
		t.Errorf("got %v", set(changed))
	}
	in[oktaURN] = map[string]any{"badge": ""}
	if changed, err = tr.UserChange(u, in); err != nil || changed[path(t, tenantURN+":it")] != nil {
		t.Errorf("got %v, error %v, want it cleared", set(changed), err)
	}
}

// TestComputedLetsUsersGo checks that a user can be made inactive though
// an attribute cannot be computed.
func TestComputedLetsUsersGo(t *testing.T) {
	tr := made(t, computing(`user.manager.name`))
	for in, refused := range map[string]bool{
		`{"manager":7,"active":true}`:  true,
		`{"manager":7,"active":false}`: false,
		`{"manager":7,"title":"` + strings.Repeat("x", 5000) + `","active":"False"}`: false,
	} {
		a, err := tr.UserChange(upstream.User{}, resource(t, in))
		if (err != nil) != refused {
			t.Errorf("%.60s: %v", in, err)
		}
		if v, ok := a[path(t, tenantURN+":it")]; ok {
			t.Errorf("%.60s: it would become %v", in, v)
		}
		if !refused && a[path(t, "active")] != false {
			t.Errorf("%.60s: active is %v", in, a[path(t, "active")])
		}
	}
}

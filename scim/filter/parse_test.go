package filter_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"ws1bridge/scim/filter"
)

func is(name string, op filter.Operator, value any) filter.Comparison {
	return compare(filter.Attribute{Name: name}, op, value)
}

func compare(a filter.Attribute, op filter.Operator, value any) filter.Comparison {
	return filter.Comparison{Attribute: a, Operator: op, Value: value}
}

func present(name string) filter.Comparison { return is(name, filter.Present, nil) }

const (
	userURN       = "urn:ietf:params:scim:schemas:core:2.0:User"
	enterpriseURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)

// TestParse has every example of RFC 7644 section 3.4.2.2, figure 2, and what
// clients make of the grammar.
func TestParse(t *testing.T) {
	a, b, c := present("a"), present("b"), present("c")
	work := is("type", filter.Equal, "work")
	tests := []struct {
		name, text string
		want       filter.Expression
	}{
		{"eq", `userName eq "bjensen"`, is("userName", filter.Equal, "bjensen")},
		{"a sub-attribute", `name.familyName co "O'Malley"`,
			compare(filter.Attribute{Name: "name", Sub: "familyName"}, filter.Contains, "O'Malley")},
		{"sw", `userName sw "J"`, is("userName", filter.StartsWith, "J")},
		{"a URN before the attribute", userURN + `:userName sw "J"`,
			compare(filter.Attribute{URN: userURN, Name: "userName"}, filter.StartsWith, "J")},
		{"a URN, an attribute and a sub-attribute", enterpriseURN + `:manager.displayName ew "x"`,
			compare(filter.Attribute{URN: enterpriseURN, Name: "manager", Sub: "displayName"}, filter.EndsWith, "x")},
		{"pr", `title pr`, present("title")},
		{"gt", `meta.lastModified gt "2011-05-13T04:42:34Z"`,
			compare(filter.Attribute{Name: "meta", Sub: "lastModified"}, filter.Greater, "2011-05-13T04:42:34Z")},
		{"and", `title pr and userType eq "Employee"`,
			filter.And{present("title"), is("userType", filter.Equal, "Employee")}},
		{"or", `title pr or userType eq "Intern"`, filter.Or{present("title"), is("userType", filter.Equal, "Intern")}},
		{"schemas", `schemas eq "` + enterpriseURN + `"`, is("schemas", filter.Equal, enterpriseURN)},
		{"and with a group", `userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")`,
			filter.And{is("userType", filter.Equal, "Employee"), filter.Or{
				is("emails", filter.Contains, "example.com"),
				compare(filter.Attribute{Name: "emails", Sub: "value"}, filter.Contains, "example.org"),
			}}},
		{"not", `userType ne "Employee" and not (emails co "example.com")`,
			filter.And{is("userType", filter.NotEqual, "Employee"),
				filter.Not{Expression: is("emails", filter.Contains, "example.com")}}},
		{"a value path", `userType eq "Employee" and emails[type eq "work" and value co "@example.com"]`,
			filter.And{is("userType", filter.Equal, "Employee"), filter.Values{
				Attribute: filter.Attribute{Name: "emails"},
				Filter:    filter.And{work, is("value", filter.Contains, "@example.com")}}}},
		{"two value paths", `emails[type eq "work"] or ims[type eq "xmpp"]`, filter.Or{
			filter.Values{Attribute: filter.Attribute{Name: "emails"}, Filter: work},
			filter.Values{Attribute: filter.Attribute{Name: "ims"}, Filter: is("type", filter.Equal, "xmpp")}}},
		{"a value path of three terms and a group",
			`emails[type eq "work" and (value pr or display pr) and not (primary eq true)]`,
			filter.Values{Attribute: filter.Attribute{Name: "emails"}, Filter: filter.And{
				work, filter.Or{present("value"), present("display")}, filter.Not{Expression: is("primary", filter.Equal, true)}}}},
		{"and binds stronger than or", `a pr or b pr and c pr`, filter.Or{a, filter.And{b, c}}},
		{"on both sides", `a pr and b pr or c pr`, filter.Or{filter.And{a, b}, c}},
		{"a group binds strongest", `(a pr or b pr) and c pr`, filter.And{filter.Or{a, b}, c}},
		{"a chain is one", `a pr and b pr and c pr`, filter.And{a, b, c}},
		{"a number", `a ge -1.5e3`, is("a", filter.GreaterOrEqual, json.Number("-1.5e3"))},
		{"a number with all its digits", `a eq 1234567890123456789012`,
			is("a", filter.Equal, json.Number("1234567890123456789012"))},
		{"a flag", `a eq FALSE`, is("a", filter.Equal, false)},
		{"null", `a eq null`, is("a", filter.Equal, nil)},
		{"operators in any case", `a EQ 1 AND b Pr OR NOT (c PR)`,
			filter.Or{filter.And{is("a", filter.Equal, json.Number("1")), b}, filter.Not{Expression: c}}},
		{"more spaces than needed", `  a   eq   "x"   and  ( b  pr )  `, filter.And{is("a", filter.Equal, "x"), b}},
		{"no space behind not", `not(a pr)`, filter.Not{Expression: a}},
		{"an attribute called not", `not eq 1`, is("not", filter.Equal, json.Number("1"))},
		{"escapes", `a eq "\u00c4\"\\\/"`, is("a", filter.Equal, `Ä"\/`)},
		{"a text that looks like a filter", `a eq "x\" or b pr"`, is("a", filter.Equal, `x" or b pr`)},
		{"a name with a dollar sign within", `a$b pr`, present("a$b")},
		{"a name with a dollar sign", `members.$ref eq "x"`,
			compare(filter.Attribute{Name: "members", Sub: "$ref"}, filter.Equal, "x")},
		{"32 parentheses", strings.Repeat("(", 32) + "a pr" + strings.Repeat(")", 32), a},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := filter.Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
			wantSame(t, got)
		})
	}
}

// wantSame checks that an expression prints to a text that means the same.
func wantSame(t *testing.T, e filter.Expression) {
	t.Helper()
	again, err := filter.Parse(e.String())
	if err != nil || !reflect.DeepEqual(again, e) {
		t.Errorf("%s is read as %#v (error %v), want %#v", e, again, err, e)
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		name, text, problem string
		offset              int
	}{
		{"nothing", "", "attribute", 0},
		{"spaces", "   ", "attribute", 3},
		{"an attribute alone", "userName", "operator is missing", 8},
		{"no value", "userName eq", "value is missing", 11},
		{"an operator that does not exist", `userName is "a"`, "operator is none of", 9},
		{"no quotes", "userName eq ada", "the value is no string", 12},
		{"single quotes", "userName eq 'ada'", "the value is no string", 12},
		{"an open quote", `userName eq "ada`, "closing quote", 12},
		{"an open quote behind an escape", `userName eq "ada\"`, "closing quote", 12},
		{"an escape that does not exist", `userName eq "\q"`, "as in JSON", 12},
		{"half a pair of surrogates", `userName eq "\ud800"`, "as in JSON", 12},
		{"a zero byte", `userName eq "\u0000"`, "as in JSON", 12},
		{"a line break in a string", "userName eq \"a\nb\"", "as in JSON", 12},
		{"a number with a leading zero", "a eq 01", "the value is no string", 5},
		{"something behind the end", `userName eq "a" x`, "belongs to nothing", 16},
		{"a parenthesis behind the end", `userName eq "a")`, "belongs to nothing", 15},
		{"an open parenthesis", `(userName eq "a"`, "closing ) is missing", 16},
		{"an open bracket", `emails[type eq "a"`, "closing ] is missing", 18},
		{"crossed brackets", `(emails[type eq "a")]`, "closing ] is missing", 19},
		{"empty parentheses", `()`, "attribute", 1},
		{"brackets in brackets", `emails[a[b pr]]`, "within brackets", 8},
		{"brackets behind a sub-attribute", `emails.value[type pr]`, "behind a sub-attribute", 12},
		{"and at the end", `a pr and`, "attribute", 8},
		{"or at the beginning", `or a pr`, "operator is none of", 3},
		{"not without parentheses", `not a pr`, "operator is none of", 4},
		{"a name that begins with a digit", `1a pr`, "attribute", 0},
		{"two dots", `a.b.c pr`, "attribute", 0},
		{"a dot at the end", `a. pr`, "attribute", 0},
		{"a URN alone", `urn:x: eq "a"`, "attribute", 0},
		{"a plus that was not decoded", `userName+eq+"a"`, "attribute", 0},
		{"33 parentheses", strings.Repeat("(", 33) + "a pr" + strings.Repeat(")", 33), "32 parentheses", 33},
		{"90,000 parentheses", strings.Repeat("(", 90_000), "longer than 4 KB", filter.MaxLength},
		{"4 KB of parentheses", strings.Repeat("(", filter.MaxLength), "32 parentheses", 33},
		{"4 KB of negations", strings.Repeat("not(", filter.MaxLength/4), "32 parentheses", 132},
		{"invalid UTF-8", "userName eq \"\xff\"", "not UTF-8", 0},
		{"a run of replacement characters", strings.Repeat("\uFFFD", 1000), "replaces a broken one", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := filter.Parse(tt.text)
			var syntax *filter.SyntaxError
			if e != nil && err == nil || !errors.As(err, &syntax) {
				t.Fatalf("got %v and the error %v", e, err)
			}
			if !strings.Contains(err.Error(), tt.problem) || syntax.Offset != tt.offset {
				t.Errorf("got %v, want %q at %d", err, tt.problem, tt.offset)
			}
		})
	}
}

func TestParsePath(t *testing.T) {
	member := is("value", filter.Equal, "2819c223")
	tests := []struct {
		name, text string
		want       filter.Path
	}{
		{"an attribute", "members", filter.Path{Attribute: filter.Attribute{Name: "members"}}},
		{"a sub-attribute", "name.familyName", filter.Path{Attribute: filter.Attribute{Name: "name", Sub: "familyName"}}},
		{"chosen values", `addresses[type eq "work"]`,
			filter.Path{Attribute: filter.Attribute{Name: "addresses"}, Filter: is("type", filter.Equal, "work")}},
		{"a sub-attribute of chosen values", `members[value eq "2819c223"].displayName`,
			filter.Path{Attribute: filter.Attribute{Name: "members", Sub: "displayName"}, Filter: member}},
		{"a URN", enterpriseURN + ":manager.value",
			filter.Path{Attribute: filter.Attribute{URN: enterpriseURN, Name: "manager", Sub: "value"}}},
		{"a URN and chosen values", userURN + `:members[value eq "2819c223"]`,
			filter.Path{Attribute: filter.Attribute{URN: userURN, Name: "members"}, Filter: member}},
		{"spaces around it", " title ", filter.Path{Attribute: filter.Attribute{Name: "title"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := filter.ParsePath(tt.text)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Fatalf("got %#v and the error %v, want %#v", got, err, tt.want)
			}
			if again, err := filter.ParsePath(got.String()); err != nil || !reflect.DeepEqual(again, got) {
				t.Errorf("%s is read as %#v (error %v)", got, again, err)
			}
		})
	}
}

func TestParsePathRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "a.b.c", "title pr", "a b", "(a)", "urn:a", "urn:x:", "emails[", "emails[]", `emails[a[b pr]]`,
		`emails[type eq "work"`, `emails[type eq "work"].`, `emails[type eq "work"].a.b`,
		`emails[type eq "work"]value`, `emails.value[type eq "work"]`,
		strings.Repeat("a", filter.MaxLength+1),
	} {
		if got, err := filter.ParsePath(text); err == nil {
			t.Errorf("%.40q is read as %#v", text, got)
		}
	}
}

// FuzzParse checks that what is read as a filter or a path prints to a text
// that is read as the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`userName eq "ada@x"`, `(userName eq "ada")`,
		"URN:ietf:params:scim:schemas:core:2.0:User:userName EQ \"\\u0041\\\"\\\\\"",
		`userName eq "a" and active eq true or not (emails[type eq "work" and (value co "@" or primary eq false)])`,
		`meta.lastModified gt "2011-05-13T04:42:34Z"`, `((((title pr))))`, `a eq -1.5e3 and b ne null`,
		`emails[type eq "work"].value`,
		"name.givenName", "$ref pr", `not (a pr) and not(b pr)`, "urn:okta:acme_1:1.0:user:custom:a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := filter.Parse(text); err == nil {
			if printed := e.String(); len(printed) <= filter.MaxLength {
				wantSame(t, e)
			}
		}
		if p, err := filter.ParsePath(text); err == nil {
			again, err := filter.ParsePath(p.String())
			if len(p.String()) <= filter.MaxLength && (err != nil || !reflect.DeepEqual(again, p)) {
				t.Errorf("%s is read as %#v (error %v), want %#v", p, again, err, p)
			}
		}
	})
}

// BenchmarkParse covers the filter that Okta sends before each creation.
func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := filter.Parse(`userName eq "user-1@example.invalid"`); err != nil {
			b.Fatal(err)
		}
	}
}

package scim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	scimerrors "github.com/elimity-com/scim/errors"
	filter "github.com/scim2/filter-parser/v2"
)

func TestParseFilter(t *testing.T) {
	tests := []struct {
		name, filter     string
		attribute, value string
	}{
		{"Okta's filter of users", `userName eq "ada@x"`, "userName", "ada@x"},
		{"the attribute may be in any case", `USERNAME eq "ada@x"`, "userName", "ada@x"},
		{"the operator may be in any case", `userName EQ "ada@x"`, "userName", "ada@x"},
		{"the value keeps its case", `userName eq "Ada@X"`, "userName", "Ada@X"},
		{"the URN of the schema may stand before it", `urn:ietf:params:scim:schemas:core:2.0:User:userName eq "a"`, "userName", "a"},
		{"the URN may be in any case", `URN:ietf:params:scim:schemas:CORE:2.0:user:username eq "a"`, "userName", "a"},
		{"spaces do not count", `  userName   eq   "a"  `, "userName", "a"},
		{"parentheses do not count", `(userName eq "a")`, "userName", "a"},
		{"even 32 of them", strings.Repeat("(", 32) + `userName eq "a"` + strings.Repeat(")", 32), "userName", "a"},
		{"externalId", `externalId eq "00u1"`, "externalId", "00u1"},
		{"id", `id eq "1"`, "id", "1"},
		{"an empty value", `userName eq ""`, "userName", ""},
		{"spaces in the value", `userName eq " a  b "`, "userName", " a  b "},
		{"a plus in the value", `userName eq "a+b@x"`, "userName", "a+b@x"},
		{"a quote in the value", `userName eq "a\"b"`, "userName", `a"b`},
		{"a backslash in the value", `userName eq "a\\b"`, "userName", `a\b`},
		{"an escaped letter", `userName eq "\u0041\u00e4"`, "userName", "Aä"},
		{"an escaped letter in parentheses", `(userName eq "\u0041\"\\")`, "userName", `A"\`},
		{"letters of any script", `userName eq "Ада 👩"`, "userName", "Ада 👩"},
		{"a value that looks like a filter", `userName eq "a\" or userName pr"`, "userName", `a" or userName pr`},
		{"an attribute that nobody is found by parses too", `title eq "t"`, "title", "t"},
	}
	users, _ := tables(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := parseFilter(tt.filter, users)
			if err != nil {
				t.Fatal(err)
			}
			if c.attribute != tt.attribute || c.value != tt.value {
				t.Errorf("got %s eq %q, want %s eq %q", c.attribute, c.value, tt.attribute, tt.value)
			}
		})
	}
}

func TestParseFilterOfGroups(t *testing.T) {
	_, groups := tables(t)
	c, err := parseFilter(`DisplayName eq "g"`, groups)
	if err != nil || *c != (comparison{attribute: "displayName", value: "g"}) {
		t.Errorf("got %v and the error %v", c, err)
	}
	if _, err := parseFilter(`userName eq "a"`, groups); err == nil {
		t.Error("a group was looked for by userName")
	}
}

func TestParseFilterRefuses(t *testing.T) {
	tests := []struct{ name, filter string }{
		{"nothing", ""},
		{"spaces", "   "},
		{"ne", `userName ne "a"`},
		{"co", `userName co "a"`},
		{"sw", `userName sw "a"`},
		{"ew", `userName ew "a"`},
		{"gt", `userName gt "a"`},
		{"pr", `userName pr`},
		{"and", `userName eq "a" and active eq true`},
		{"or", `userName eq "a" or userName eq "b"`},
		{"not", `not (userName eq "a")`},
		{"a value path", `emails[type eq "work"]`},
		{"a sub-attribute", `name.familyName eq "L"`},
		{"an attribute of an extension", urns.Replace(`$ENTERPRISE:department eq "d"`)},
		{"an attribute that nobody knows", `shoeSize eq "7"`},
		{"the URN of groups", `urn:ietf:params:scim:schemas:core:2.0:Group:userName eq "a"`},
		{"the URN alone", `urn:ietf:params:scim:schemas:core:2.0:User: eq "a"`},
		{"a number", `userName eq 7`},
		{"a flag", `active eq true`},
		{"null", `userName eq null`},
		{"no value", `userName eq`},
		{"no operator", `userName`},
		{"an operator that does not exist", `userName is "a"`},
		{"no quotes", `userName eq ada`},
		{"single quotes", `userName eq 'ada'`},
		{"an open quote", `userName eq "ada`},
		{"something behind it", `userName eq "a" x`},
		{"a quote behind it", `userName eq "a""`},
		{"a parenthesis behind it", `userName eq "a")`},
		{"an open parenthesis", `(userName eq "a"`},
		{"an escape that does not exist", `userName eq "\q"`},
		{"half an escape", `userName eq "\u00"`},
		{"a line break in the value", "userName eq \"a\nb\""},
		{"a plus that was not decoded", `userName+eq+"a"`},
		{"5 KB", `userName eq "` + strings.Repeat("a", 5<<10) + `"`},
		{"4 KB of words", strings.Repeat("a ", 2<<10)},
		{"4 KB of other letters", strings.Repeat("ä", 2<<10)},
		{"4 KB of terms", strings.Repeat(`title pr or `, 340) + "title pr"},
		{"33 parentheses", strings.Repeat("(", 33) + `userName eq "a"` + strings.Repeat(")", 33)},
		{"32 open parentheses", strings.Repeat("(", 32)},
		{"32 negations", strings.Repeat("not(", 32) + `userName eq "a"` + strings.Repeat(")", 32)},
		{"90,000 parentheses", strings.Repeat("(", 90_000)},
		{"90,000 brackets", strings.Repeat("emails[", 90_000)},
		{"a run of replacement characters", strings.Repeat("\uFFFD", 100_000)},
		{"one replacement character", "userName eq \"\uFFFD\""},
		{"invalid UTF-8", "userName eq \"\xff\""},
	}
	users, _ := tables(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			defer inTime(t, tt.name, time.Now())
			c, err := parseFilter(tt.filter, users)
			if c != nil {
				t.Errorf("got %v", *c)
			}
			wantScimType(t, err, scimerrors.ScimTypeInvalidFilter)
		})
	}
}

// TestReadQueryFilter checks how filters are encoded in a query string.
func TestReadQueryFilter(t *testing.T) {
	tests := []struct {
		name, query, want string // "" for a query that is refused
	}{
		{"spaces as %20", "filter=userName%20eq%20%22ada%40x%22&startIndex=1&count=100", "ada@x"},
		{"spaces as +", "filter=userName+eq+%22ada%40x%22", "ada@x"},
		{"a plus in the value", "filter=userName+eq+%22a%2Bb%22", "a+b"},
		{"any order", "count=100&startIndex=1&filter=userName+eq+%22a%22", "a"},
		{"any case", "FILTER=userName+eq+%22a%22", "a"},
		{"a stray percent sign", "filter=userName+eq+%22a%%22", ""},
		{"a semicolon", "filter=userName+eq+%22a;b%22", ""},
		{"two filters", "filter=userName+eq+%22a%22&filter=userName+eq+%22b%22", ""},
		{"an empty filter", "filter=", ""},
	}
	users, _ := tables(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/Users", nil)
			r.URL.RawQuery = tt.query
			q, err := readQuery(r, users)
			switch {
			case (err != nil) != (tt.want == ""):
				t.Errorf("got %v and the error %v, want %q", q.filter, err, tt.want)
			case err == nil && q.filter.value != tt.want:
				t.Errorf("got %q, want %q", q.filter.value, tt.want)
			}
		})
	}
}

// FuzzParseFilter checks that a filter is read or refused in time, that what is
// read means the same when it is written plainly, and that the short way of
// reading a filter finds what the general one does.
func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{
		`userName eq "ada@x"`, `(userName eq "ada")`, `URN:ietf:params:scim:schemas:core:2.0:User:userName EQ "\u0041\"\\"`,
		`userName eq "a" and active eq true`, `not (emails[type eq "work" and value co "@"].value pr)`, `id eq 7`, `userName eq "a" x`,
		`meta.lastModified gt "2011-05-13T04:42:34Z"`, `((((title pr))))`, "externalId eq \"\t\"",
	} {
		f.Add(seed)
	}
	users, _ := tables(f)
	f.Fuzz(func(t *testing.T, raw string) {
		defer inTime(t, raw, time.Now())
		c, err := parseFilter(raw, users)
		if err != nil {
			return
		}
		literal, err := json.Marshal(c.value)
		if err != nil {
			t.Fatal(err)
		}
		if plain := c.attribute + " eq " + string(literal); guardFilter(plain) == nil {
			if again, err := parseFilter(plain, users); err != nil || *again != *c {
				t.Errorf("%s means %v (%v), want %v", plain, again, err, *c)
			}
		}
		if expression, err := filter.ParseFilter([]byte(raw)); err == nil {
			if general, ok := asEquality(expression); !ok || general.value != c.value {
				t.Errorf("got %q, but in general the value is %q (%t)", c.value, general.value, ok)
			}
		}
	})
}

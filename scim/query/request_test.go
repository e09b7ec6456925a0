package query

import (
	"slices"
	"strings"
	"testing"

	"ws1bridge/scim/schematest"

	scimerrors "github.com/elimity-com/scim/errors"
)

// TestParseFilterRefuses checks that text that is no filter is told so at once;
// package filter has the grammar's own tests.
func TestParseFilterRefuses(t *testing.T) {
	for name, filter := range map[string]string{
		"nothing":                         "",
		"no quotes":                       `userName eq ada`,
		"5 KB":                            `userName eq "` + strings.Repeat("a", 5<<10) + `"`,
		"90,000 parentheses":              strings.Repeat("(", 90_000),
		"a run of replacement characters": strings.Repeat("\uFFFD", 100_000),
		"invalid UTF-8":                   "userName eq \"\xff\"",
	} {
		t.Run(name, func(t *testing.T) {
			users, _ := schematest.Indexes(t)
			schematest.Bounded(t, name, func() {
				_, err := Select(filter, users)
				schematest.WantProblem(t, err, scimerrors.ScimTypeInvalidFilter)
			})
		})
	}
}

// TestDemands checks what is known of every resource that a filter selects:
// Access can be asked for that.
func TestDemands(t *testing.T) {
	tests := []struct {
		name, filter string
		want         []string
	}{
		{"a comparison", `userName eq "a"`, []string{`userName eq "a"`}},
		{"each term of an and", `active eq true and (userName eq "a" and title pr)`,
			[]string{"active eq true", `userName eq "a"`, "title pr"}},
		{"no term of an or", `userName eq "a" or userName eq "b"`, nil},
		{"nothing that is negated", `not (userName eq "a")`, nil},
		{"an or within an and", `userName eq "a" and (title pr or active eq true)`, []string{`userName eq "a"`}},
		{"the terms of a value path", `emails[type eq "work" and value co "@"]`,
			[]string{`emails.type eq "work"`, `emails.value co "@"`}},
	}
	users, _ := schematest.Indexes(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Select(tt.filter, users)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range s.demands() {
				got = append(got, c.String())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if demands := (*Selection)(nil).demands(); demands != nil {
		t.Errorf("no filter demands %v", demands)
	}
}

// TestParseFilter checks how filters are encoded in a query string.
func TestParseFilter(t *testing.T) {
	tests := []struct {
		name, query, want string // "" for a query that is refused
	}{
		{"spaces as %20", "filter=userName%20eq%20%22ada%40x%22&startIndex=1&count=100", `userName eq "ada@x"`},
		{"spaces as +", "filter=userName+eq+%22ada%40x%22", `userName eq "ada@x"`},
		{"a plus in the value", "filter=userName+eq+%22a%2Bb%22", `userName eq "a+b"`},
		{"any order", "count=100&startIndex=1&filter=userName+eq+%22a%22", `userName eq "a"`},
		{"any case", "FILTER=userName+eq+%22a%22", `userName eq "a"`},
		{"a stray percent sign", "filter=userName+eq+%22a%%22", ""},
		{"a semicolon", "filter=userName+eq+%22a;b%22", ""},
		{"two filters", "filter=userName+eq+%22a%22&filter=userName+eq+%22b%22", ""},
		{"two filters in two cases", "filter=userName+eq+%22a%22&Filter=userName+eq+%22b%22", ""},
	}
	users, _ := schematest.Indexes(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asked, err := Parse(tt.query)
			var s Search
			if err == nil {
				s, err = asked.Understand(users, users.URN)
			}
			switch {
			case (err != nil) != (tt.want == ""):
				t.Errorf("got %v and the error %v, want %q", s.Selection, err, tt.want)
			case err == nil && s.Selection.expression.String() != tt.want:
				t.Errorf("got %s, want %s", s.Selection.expression, tt.want)
			}
		})
	}
}

// TestEmptyParametersAskForNothing checks that a parameter without a value counts
// as one that is not there.
func TestEmptyParametersAskForNothing(t *testing.T) {
	users, _ := schematest.Indexes(t)
	const query = "filter=&startIndex=&count=&sortBy=&sortOrder=&attributes=&excludedAttributes="
	asked, err := Parse(query)
	if err != nil {
		t.Fatal(err)
	}
	empty := ""
	for _, asked := range []Request{asked, {Filter: &empty}, {}} {
		s, err := asked.Understand(users, users.URN)
		if err != nil || s.Selection != nil || s.Order != nil || s.StartIndex != 1 || s.Count != defaultCount {
			t.Errorf("got %+v and the error %v", s, err)
		}
	}
}

package translate

import (
	"strings"
	"testing"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/schema"
)

func TestParsePath(t *testing.T) {
	whole := attributePath
	part := func(urn, name, sub string) scimPath {
		return scimPath{Attribute: filter.Attribute{URN: urn, Name: name, Sub: sub}}
	}
	selected := func(p scimPath, by string, value any) scimPath {
		p.values = selector{by, value}
		return p
	}
	const (
		okta   = "urn:okta:acme_1:1.0:user:custom"
		tenant = "urn:scim:schemas:extension:workspace:tenant:itq-b-v-2714:1.0"
		shouts = "URN:ietf:params:scim:schemas:extension:enterprise:2.0:user"
	)
	mobile := selected(part("", "phoneNumbers", "value"), "type", "mobile")
	tests := []struct {
		in   string
		want scimPath
		text string // "" for in
	}{
		{"title", whole("", "title"), ""},
		{"name.givenName", part("", "name", "givenName"), ""},
		{"$ref", scimPath{}, ""},
		{schema.User + ":title", whole("", "title"), "title"},
		{schema.Enterprise + ":manager.value", part(schema.Enterprise, "manager", "value"), ""},
		{shouts + ":department", whole(schema.Enterprise, "department"), schema.Enterprise + ":department"},
		{okta + ":badge", whole(okta, "badge"), ""},
		{tenant + ":managerDN", whole(tenant, "managerDN"), ""},
		{`phoneNumbers[type eq "mobile"].value`, mobile, ""},
		{`phoneNumbers[type eq "mobile"]`, mobile, `phoneNumbers[type eq "mobile"].value`},
		{`emails[ primary  EQ  true ].value`, selected(part("", "emails", "value"), "primary", true),
			`emails[primary eq true].value`},
		{`urn:x:y:list[type eq "a:b].c\""].sub`, selected(part("urn:x:y", "list", "sub"), "type", `a:b].c"`), ""},
	}
	for _, tt := range tests {
		got, err := parsePath(tt.in)
		if (err != nil) != (tt.want == scimPath{}) || got != tt.want {
			t.Errorf("%s gives %+v and the error %v, want %+v", tt.in, got, err, tt.want)
		}
		want := tt.text
		if want == "" && err == nil {
			want = tt.in
		}
		if got.String() != want {
			t.Errorf("%s is printed as %s, want %s", tt.in, got, want)
		}
	}
}

func TestParsePathRefuses(t *testing.T) {
	for _, in := range []string{
		"", ".", "a.", ".a", "a.b.c", "1a", "a b", "ü", "a[", "a]", "a[]", "a[b]", `a[b eq]`, `a[b eq "c"`, `a[b eq "c"]d`,
		`a[b eq "c"].`, `a[b eq "c"].d.e`, `a[b ne "c"]`, `a[b eq c]`, `a[b eq null]`, `a[b eq 1]`,
		`a[b eq "c" and d eq "e"]`, `a[b.c eq "d"]`, `a.b[c eq "d"]`,
		"urn:", "urn:x", "x:y:z", "urn:x:y:", "urn:x y:z:a", ":a", "urn:x:y:a.b.c", strings.Repeat("a", 300),
	} {
		if got, err := parsePath(in); err == nil {
			t.Errorf("%q is read as %+v", in, got)
		}
	}
}

// FuzzParsePath checks that a path that is read is printed in a form that
// is read as the same, and that no input panics.
func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{
		"title", "name.givenName", `phoneNumbers[type eq "mobile"].value`, "urn:okta:a_1:1.0:user:custom:x.y",
		`urn:a:b:c[d eq true].e`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePath(s)
		if err != nil {
			return
		}
		again, err := parsePath(p.String())
		if err != nil || again != p {
			t.Errorf("%q is read as %+v, printed as %q, and read again as %+v (error %v)", s, p, p, again, err)
		}
	})
}

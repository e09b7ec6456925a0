package translate

import (
	"strings"
	"testing"
)

func TestParseSCIMPath(t *testing.T) {
	core := func(name, sub string) scimPath { return scimPath{name: name, sub: sub} }
	selected := func(schema, name, by, text string, flag bool, sub string) scimPath {
		return scimPath{schema: schema, name: name, values: selector{sub: by, text: text, isFlag: flag}, sub: sub}
	}
	tests := []struct {
		in   string
		want scimPath
		text string // "" for in
	}{
		{"title", core("title", ""), ""},
		{"name.givenName", core("name", "givenName"), ""},
		{"$ref", scimPath{}, ""},
		{UserSchema + ":title", core("title", ""), "title"},
		{EnterpriseSchema + ":manager.value", scimPath{schema: EnterpriseSchema, name: "manager", sub: "value"}, ""},
		{"URN:ietf:params:scim:schemas:extension:enterprise:2.0:user:department", scimPath{schema: EnterpriseSchema, name: "department"}, EnterpriseSchema + ":department"},
		{"urn:okta:acme_1:1.0:user:custom:badge", scimPath{schema: "urn:okta:acme_1:1.0:user:custom", name: "badge"}, ""},
		{"urn:scim:schemas:extension:workspace:tenant:itq-b-v-2714:1.0:managerDN", scimPath{schema: "urn:scim:schemas:extension:workspace:tenant:itq-b-v-2714:1.0", name: "managerDN"}, ""},
		{`phoneNumbers[type eq "mobile"].value`, selected("", "phoneNumbers", "type", "mobile", false, "value"), ""},
		{`phoneNumbers[type eq "mobile"]`, selected("", "phoneNumbers", "type", "mobile", false, "value"), `phoneNumbers[type eq "mobile"].value`},
		{`emails[ primary  EQ  true ].value`, selected("", "emails", "primary", "true", true, "value"), `emails[primary eq true].value`},
		{`urn:x:y:list[type eq "a:b].c\""].sub`, selected("urn:x:y", "list", "type", `a:b].c"`, false, "sub"), ""},
	}
	for _, tt := range tests {
		got, err := parseSCIMPath(tt.in)
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

func TestParseSCIMPathRefuses(t *testing.T) {
	for _, in := range []string{
		"", ".", "a.", ".a", "a.b.c", "1a", "a b", "ü", "a[", "a]", "a[]", "a[b]", `a[b eq]`, `a[b eq "c"`, `a[b eq "c"]d`, `a[b eq "c"].`,
		`a[b eq "c"].d.e`, `a[b ne "c"]`, `a[b eq c]`, `a[b eq null]`, `a[b eq 1]`, `a[b eq "c" and d eq "e"]`, `a[b.c eq "d"]`, `a.b[c eq "d"]`,
		"urn:", "urn:x", "x:y:z", "urn:x:y:", "urn:x y:z:a", ":a", "urn:x:y:a.b.c", strings.Repeat("a", 300),
	} {
		if got, err := parseSCIMPath(in); err == nil {
			t.Errorf("%q is read as %+v", in, got)
		}
	}
}

// FuzzParseSCIMPath checks that a path that is read is printed in a form that
// is read as the same, and that no input panics.
func FuzzParseSCIMPath(f *testing.F) {
	for _, seed := range []string{"title", "name.givenName", `phoneNumbers[type eq "mobile"].value`, "urn:okta:a_1:1.0:user:custom:x.y", `urn:a:b:c[d eq true].e`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parseSCIMPath(s)
		if err != nil {
			return
		}
		again, err := parseSCIMPath(p.String())
		if err != nil || again != p {
			t.Errorf("%q is read as %+v, printed as %q, and read again as %+v (error %v)", s, p, p, again, err)
		}
	})
}

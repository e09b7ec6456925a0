package upstream

import (
	"reflect"
	"testing"
)

func TestParsePath(t *testing.T) {
	tests := []struct {
		in   string
		want Path
	}{
		{"userName", Path{Name: "userName"}},
		{"name.givenName", Path{Name: "name", Sub: "givenName"}},
		{"urn:scim:schemas:extension:workspace:1.0:userPrincipalName",
			Path{Schema: WorkspaceSchema, Name: "userPrincipalName"}},
		{"urn:scim:schemas:extension:enterprise:1.0:manager.managerId",
			Path{Schema: EnterpriseSchema, Name: "manager", Sub: "managerId"}},
	}
	for _, tt := range tests {
		got, err := ParsePath(tt.in)
		if err != nil || got != tt.want || got.String() != tt.in {
			t.Errorf("ParsePath(%q) = %#v (%s), %v; want %#v", tt.in, got, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", ".", "a.", "a.b.c", "urn:x", "urn:scim:schemas:core:1.0:"} {
		if got, err := ParsePath(bad); err == nil {
			t.Errorf("ParsePath(%q) = %#v, want an error", bad, got)
		}
	}
}

// TestNumbersKeepTheirDigits checks that a number of Access's is the text that
// was sent, whatever has it: as a float64 two people's ids would be the same.
func TestNumbersKeepTheirDigits(t *testing.T) {
	const digits = "1234567890123456789012345678901234567890"
	u, err := DecodeUser([]byte(`{"id":"1","externalId":` + digits + `,"title":12.50,"name":{"familyName":1e3},
		"phoneNumbers":[` + digits + `,{"value":` + digits + `,"type":"work"}],"emails":[` + digits + `],
		"` + EnterpriseSchema + `":{"employeeNumber":` + digits + `}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Attributes{
		externalIDPath: digits, {Name: "title"}: "12.50", {Name: "name", Sub: "familyName"}: "1e3",
		{Name: "phoneNumbers"}: []Element{{"value": digits}, {"value": digits, "type": "work"}}, emailsPath: digits,
		{Schema: EnterpriseSchema, Name: "employeeNumber"}: digits, activePath: true,
	}
	if !reflect.DeepEqual(u.Attributes, want) {
		t.Errorf("got %v, want %v", u.Attributes, want)
	}
}

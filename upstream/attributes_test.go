package upstream

import "testing"

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

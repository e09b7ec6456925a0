package accesstest_test

import (
	"net/http"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// A name is taken exactly when a filter finds it, and both when strings.EqualFold says so.
func TestNamesAreTakenAsTheyAreFound(t *testing.T) {
	tests := []struct {
		name, have, want string
		equal            bool
	}{
		{"case", "ada", "ADA", true},
		{"a dotted capital I is no i", "İstanbul", "istanbul", false},
		{"a dotted capital I is itself", "İstanbul", "İSTANBUL", true},
		{"a dotless i is no i", "ırmak", "irmak", false},
		{"a final sigma is a sigma", "ΟΔΟΣ", "οδος", true},
		{"a sharp s has a capital", "weiß", "WEIẞ", true},
		{"a sharp s is not two", "weiß", "WEISS", false},
		{"a long s is an s", "ſea", "SEA", true},
		{"the sign for kelvin is a k", "\u212Aelvin", "kelvin", true},
	}
	status := map[bool]int{true: http.StatusConflict, false: http.StatusCreated}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{})
			tn.user(tt.have)
			tn.group(tt.have)
			for path, attribute := range map[string]string{usersPath: "userName", groupsPath: "displayName"} {
				if got := len(tn.found(path, attribute+` eq "`+tt.want+`"`, attribute)) == 1; got != tt.equal {
					t.Errorf("found among %s: %t", path, got)
				}
				if got := len(tn.found(path, attribute+` sw "`+tt.want+`"`, attribute)) == 1; got != tt.equal {
					t.Errorf("found by its beginning among %s: %t", path, got)
				}
			}
			tn.want(status[tt.equal], http.MethodPost, usersPath, provisioned(tt.want, "other", "acme.com"))
			tn.want(status[tt.equal], http.MethodPost, groupsPath, `{"displayName":"`+tt.want+`"}`)
		})
	}
}

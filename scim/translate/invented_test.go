package translate_test

import (
	"testing"

	"github.com/google/uuid"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// TestInventedExternalID checks that an externalId that was made up is a UUID, is
// known again, and that no other is taken for one.
func TestInventedExternalID(t *testing.T) {
	tr := translator(t)
	for name, tt := range map[string]struct {
		externalID string
		shown      bool
	}{
		"one that was made up":         {translate.InventExternalID(), false},
		"any UUID":                     {uuid.NewString(), true},
		"one of Okta's":                {"00u1", true},
		"a UUID of version 8":          {"00000000-0000-8000-8000-000000000000", true},
		"one with the mark, version 4": {"77733162-7267-4000-8000-000000000000", true},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := uuid.Parse(tt.externalID); err != nil && name != "one of Okta's" {
				t.Errorf("%s is no UUID", tt.externalID)
			}
			held := upstream.User{Attributes: access(t, "userName", "ada", "externalId", tt.externalID)}
			if _, shown := tr.UserToSCIM(held)["externalId"]; shown != tt.shown {
				t.Errorf("%s is shown: %t", tt.externalID, shown)
			}
			change, err := tr.UserChange(held, tr.UserToSCIM(held))
			if _, changed := change[path(t, "externalId")]; changed || err != nil {
				t.Errorf("%s is changed (%v)", tt.externalID, err)
			}
		})
	}
	if a, b := translate.InventExternalID(), translate.InventExternalID(); a == b {
		t.Errorf("two are the same: %s", a)
	}
}

package upstream_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// Whom Access does not show yet is found all the same, with all that was sent.
func TestCreatedUsersAreFoundBeforeAccessShowsThem(t *testing.T) {
	title := upstream.CorePath("title")
	department := upstream.PathOf(upstream.EnterpriseSchema, "department", "")
	sent := attributes("ada")
	sent[title], sent[department] = "Countess", "Engines"
	for name, reads := range map[string]string{"nowhere": "", "in no list": "lists", "by no id": "ids"} {
		t.Run(name, func(t *testing.T) {
			c, access := start(t, accesstest.Config{Modes: accesstest.Modes{Lag: time.Hour, LagReads: reads}})
			ada, err := c.CreateUser(t.Context(), domain, sent)
			if err != nil {
				t.Fatal(err)
			}
			create(t, c, "grace")
			for _, key := range []struct {
				by    upstream.Key
				value string
			}{
				{upstream.ByUserName, "ADA"}, {upstream.UserNameStarts, "ad"}, {upstream.UserNameContains, "d"},
				{upstream.ByExternalID, "ext-ada"},
			} {
				found, err := c.FindUsers(t.Context(), key.by, key.value)
				if key.by == upstream.ByExternalID && reads != "lists" && errors.Is(err, upstream.ErrLagging) {
					continue // the one who is remembered to have it is asked for by id
				}
				if err != nil || len(found) != 1 || found[0].ID != ada.ID || !reflect.DeepEqual(found[0].Attributes, sent) {
					t.Errorf("%s %s finds %+v, %v; want ada with %v", key.by, key.value, found, err, sent)
				}
			}
			page, err := c.Users(t.Context(), 1, 10)
			if err != nil || page.Total != 2 {
				t.Errorf("listed are %d, %v; want both", page.Total, err)
			}
			for _, u := range page.Resources {
				if u.ID == ada.ID && !reflect.DeepEqual(u.Attributes, sent) {
					t.Errorf("listed is %v, want %v", u.Attributes, sent)
				}
			}
			if h := held(t, access, ada.ID); h["title"] != "Countess" {
				t.Errorf("Access holds %v", h)
			}
		})
	}
}

// Who is created without active is active, as Access has it.
func TestCreatedUsersAreActiveBeforeAccessShowsThem(t *testing.T) {
	c, _ := start(t, accesstest.Config{Modes: accesstest.Modes{Lag: time.Hour}})
	sent := attributes("ada")
	delete(sent, upstream.CorePath("active"))
	created, err := c.CreateUser(t.Context(), domain, sent)
	if err != nil {
		t.Fatal(err)
	}
	found, err := c.FindUsers(t.Context(), upstream.ByUserName, "ada")
	if err != nil || len(found) != 1 || !reflect.DeepEqual(found[0].Attributes, created.Attributes) {
		t.Errorf("found %+v, %v; want %v", found, err, created.Attributes)
	}
}

package upstream_test

import (
	"errors"
	"net/http"
	"reflect"
	"sync"
	"testing"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// update sets attributes of a user.
func update(t *testing.T, c *upstream.Client, id string, a upstream.Attributes) (upstream.User, error) {
	t.Helper()
	return c.UpdateUser(t.Context(), id, setting(a, nil))
}

func TestUpdateUserSendsTheDifference(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	u := create(t, c, "ada")

	access.ClearRequests()
	same, err := update(t, c, u.ID, attributes("ada"))
	if err != nil || !reflect.DeepEqual(same.Attributes, u.Attributes) {
		t.Errorf("an update that changes nothing: %v, %+v", err, same)
	}
	if got := requests(access, ""); got != 1 || requests(access, http.MethodGet) != 1 {
		t.Errorf("an update that changes nothing took %d requests, want one read", got)
	}

	department := upstream.PathOf(upstream.EnterpriseSchema, "department", "")
	manager := upstream.PathOf(upstream.EnterpriseSchema, "manager", "managerId")
	changed, err := update(t, c, u.ID, upstream.Attributes{
		upstream.CorePath("title"): "Countess", department: "Engines", manager: "babbage",
		upstream.CorePath("emails"): "ada@new.example",
	})
	if err != nil {
		t.Fatal(err)
	}
	if changed.Attributes[department] != "Engines" || changed.Attributes[manager] != "babbage" ||
		changed.UserName() != "ada" {
		t.Errorf("got %+v", changed)
	}
	emails, _ := held(t, access, u.ID)["emails"].([]any)
	if len(emails) != 1 || emails[0].(map[string]any)["value"] != "ada@new.example" {
		t.Errorf("Access holds the e-mails %v, want just the new one", emails)
	}
}

func TestUpdateUserClears(t *testing.T) {
	title := upstream.CorePath("title")
	middle := upstream.PathOf("", "name", "middleName")
	department := upstream.PathOf(upstream.EnterpriseSchema, "department", "")
	phones := upstream.CorePath("phoneNumbers")
	for name, modes := range map[string]accesstest.Modes{
		"by meta.attributes":                      {},
		"by empty values where Access ignores it": {IgnoreMetaAttributes: true},
	} {
		t.Run(name, func(t *testing.T) {
			c, access := start(t, accesstest.Config{Modes: modes})
			a := attributes("ada")
			a[title], a[middle], a[department] = "Countess", "King", "Engines"
			a[phones] = []upstream.Element{{"value": "+44 1", "type": "work"}, {"value": "+44 2", "type": "mobile"}}
			u, err := c.CreateUser(t.Context(), domain, a)
			if err != nil {
				t.Fatal(err)
			}
			got, err := update(t, c, u.ID, upstream.Attributes{title: nil, middle: nil, department: nil, phones: nil})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range []upstream.Path{title, middle, department, phones} {
				if v, ok := got.Attributes[p]; ok {
					t.Errorf("%s is still %v", p, v)
				}
			}
			if h := held(t, access, u.ID); h["title"] != nil && h["title"] != "" {
				t.Errorf("Access still holds the title %v", h["title"])
			}
		})
	}
}

func TestUpdateUserReplacesLists(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	phones, addresses := upstream.CorePath("phoneNumbers"), upstream.CorePath("addresses")
	a := attributes("ada")
	a[phones] = []upstream.Element{{"value": "1", "type": "work"}, {"value": "2", "type": "mobile"}}
	a[addresses] = []upstream.Element{{"locality": "London", "type": "work"}}
	u, err := c.CreateUser(t.Context(), domain, a)
	if err != nil {
		t.Fatal(err)
	}
	wantPhones := []upstream.Element{{"value": "2", "type": "mobile"}, {"value": "3", "type": "home"}}
	wantAddresses := []upstream.Element{{"locality": "Paris", "type": "work"}}
	got, err := update(t, c, u.ID, upstream.Attributes{phones: wantPhones, addresses: wantAddresses})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Attributes[phones], wantPhones) {
		t.Errorf("phones %v, want %v", got.Attributes[phones], wantPhones)
	}
	if !reflect.DeepEqual(got.Attributes[addresses], wantAddresses) {
		t.Errorf("addresses %v, want %v", got.Attributes[addresses], wantAddresses)
	}
}

func TestRename(t *testing.T) {
	rename := upstream.Attributes{upstream.CorePath("userName"): "countess"}
	t.Run("keeps the id", func(t *testing.T) {
		c, _ := start(t, accesstest.Config{})
		u := create(t, c, "ada")
		got, err := update(t, c, u.ID, rename)
		if err != nil || got.ID != u.ID || got.UserName() != "countess" {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("onto a taken name is a conflict", func(t *testing.T) {
		c, _ := start(t, accesstest.Config{})
		create(t, c, "countess")
		if _, err := update(t, c, create(t, c, "ada").ID, rename); !errors.Is(err, upstream.ErrConflict) {
			t.Errorf("error = %v, want a conflict", err)
		}
	})
	for name, tt := range map[string]struct {
		lag  time.Duration
		want error
	}{
		"that Access does not show yet is to be asked for again": {time.Hour, upstream.ErrLagging},
		"that Access still does not show is refused":             {time.Millisecond, upstream.ErrNameKept},
	} {
		t.Run(name, func(t *testing.T) {
			_, access := start(t, accesstest.Config{Modes: accesstest.Modes{UserNameImmutable: true}})
			c := newClientWith(t, access, upstream.Resilience{Lag: tt.lag, Settle: 5 * time.Millisecond}, domain)
			if _, err := update(t, c, create(t, c, "ada").ID, rename); !errors.Is(err, tt.want) {
				t.Errorf("error = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestUpdateUserReturnsTheErrorOfChange(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	u := create(t, c, "ada")
	access.ClearRequests()
	mine := errors.New("mine")
	_, err := c.UpdateUser(t.Context(), u.ID, setting(nil, mine))
	if !errors.Is(err, mine) || requests(access, http.MethodPatch) != 0 {
		t.Errorf("error = %v, want mine, and no write", err)
	}
}

// Writes to one user keep their order, so that no change is lost between a read
// and its write.
func TestConcurrentUpdatesOfOneUser(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	u := create(t, c, "ada")
	names := []string{"nickName", "title", "userType", "locale", "timezone", "profileUrl"}
	var wait sync.WaitGroup
	for _, name := range names {
		wait.Go(func() {
			if _, err := update(t, c, u.ID, upstream.Attributes{upstream.CorePath(name): name}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	got := held(t, access, u.ID)
	for _, name := range names {
		value := got[name]
		if name == "timezone" && value == nil {
			value = got["timeZone"]
		}
		if value != name {
			t.Errorf("%s is %v", name, value)
		}
	}
}

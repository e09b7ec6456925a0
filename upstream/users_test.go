package upstream_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"golang.org/x/text/unicode/norm"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestCreateUserIsProvisionedInTheDomain(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	access.ClearRequests()
	u := create(t, c, "Ada")
	if got := requests(access, ""); got != 1 {
		t.Errorf("creating a user took %d requests, want 1", got)
	}
	got := held(t, access, u.ID)
	extension, _ := got[upstream.WorkspaceSchema].(map[string]any)
	if extension["internalUserType"] != "PROVISIONED" || extension["domain"] != domain {
		t.Errorf("Access holds %v, want a PROVISIONED user of %s", extension, domain)
	}
	if got["userName"] != "Ada" || got["externalId"] != "ext-Ada" || got["active"] != true {
		t.Errorf("Access holds %v", got)
	}
	if u.UserName() != "Ada" || u.Domain != domain || !u.Active() || u.Meta.Version == "" || u.Meta.Created.IsZero() {
		t.Errorf("the client returned %+v", u)
	}
}

func TestCreateUserRefusals(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	create(t, c, "ada")
	noMail := attributes("grace")
	delete(noMail, upstream.CorePath("emails"))
	tests := []struct {
		name   string
		domain string
		a      upstream.Attributes
		want   error
	}{
		{"a domain that is not managed says so", "other.com", attributes("alan"), upstream.ErrUnmanagedDomain},
		{"a taken userName is a conflict, whatever its case", domain, attributes("ADA"), upstream.ErrConflict},
		{"a missing e-mail is refused by Access", domain, noMail, upstream.ErrRefused},
		{"a domain that is not managed is refused by the client", "other.com", attributes("alan"), upstream.ErrRefused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := len(access.State().Users)
			_, err := c.CreateUser(t.Context(), tt.domain, tt.a)
			if !errors.Is(err, tt.want) {
				t.Errorf("error = %v, want %v", err, tt.want)
			}
			if after := len(access.State().Users); after != before {
				t.Errorf("Access has %d users, want %d", after, before)
			}
		})
	}
}

func TestForeignUsersDoNotExist(t *testing.T) {
	c, access := start(t, accesstest.Config{Modes: accesstest.Modes{SyncedDomain: "corp.local"}})
	local := seedLocal(t, access, "lena", domain)
	ids := []string{local}
	for _, u := range access.State().Users {
		ids = append(ids, u["id"].(string))
	}
	if len(ids) < 4 {
		t.Fatalf("the emulator has %d users to hide, want an administrator and two synced ones at least", len(ids))
	}
	for _, id := range ids {
		if _, err := c.User(t.Context(), id); !errors.Is(err, upstream.ErrNotFound) {
			t.Errorf("reading a foreign user: %v, want not found", err)
		}
		_, err := c.UpdateUser(t.Context(), id, upstream.UserChange{Make: func(upstream.User) (upstream.Attributes, error) {
			return upstream.Attributes{upstream.CorePath("active"): false}, nil
		}})
		if !errors.Is(err, upstream.ErrNotFound) {
			t.Errorf("updating a foreign user: %v, want not found", err)
		}
		if err := c.DeleteUser(t.Context(), id, anyUser); !errors.Is(err, upstream.ErrNotFound) {
			t.Errorf("deleting a foreign user: %v, want not found", err)
		}
	}
	for _, name := range []string{"lena", "admin"} {
		if found, err := c.FindUsers(t.Context(), upstream.ByUserName, name); err != nil || len(found) != 0 {
			t.Errorf("finding %s: %d users, %v; want none", name, len(found), err)
		}
	}
	page, err := c.Users(t.Context(), 1, 100)
	if err != nil || page.Total != 0 || len(page.Resources) != 0 {
		t.Errorf("listing: %+v, %v; want none", page, err)
	}
	if got := requests(access, http.MethodPatch) + requests(access, http.MethodDelete); got != 0 {
		t.Errorf("%d writes were sent to foreign users", got)
	}
}

func TestImplausibleIDsAreNotFoundWithoutARequest(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	access.ClearRequests()
	for _, id := range []string{"", ".", "..", "a/b", "a%2Fb", "../Groups", "a b", "ü", string(make([]byte, 200))} {
		if _, err := c.User(t.Context(), id); !errors.Is(err, upstream.ErrNotFound) {
			t.Errorf("user %q: %v, want not found", id, err)
		}
		if _, err := c.Group(t.Context(), id, true); !errors.Is(err, upstream.ErrNotFound) {
			t.Errorf("group %q: %v, want not found", id, err)
		}
	}
	if got := access.RequestTotal(); got != 0 {
		t.Errorf("%d requests were sent", got)
	}
}

func TestFindUsers(t *testing.T) {
	c, access := start(t, accesstest.Config{SeedUsers: 3})
	odd := `we"ird\ & <ü>`
	create(t, c, odd)
	tests := []struct {
		name     string
		key      upstream.Key
		value    string
		want     int
		requests int
	}{
		{"by userName", upstream.ByUserName, "user-0002@acme.com", 1, 1},
		{"by userName in another case", upstream.ByUserName, "USER-0002@Acme.com", 1, 1},
		{"by a userName with quotes and backslashes", upstream.ByUserName, odd, 1, 2},
		{"nobody by userName", upstream.ByUserName, "nobody", 0, 1},
		{"by externalId, which Access may not filter", upstream.ByExternalID, "seed-0003", 1, 1},
		{"external ids differ by case", upstream.ByExternalID, "SEED-0003", 0, 1},
		{"by userName in the other normal form", upstream.ByUserName, norm.NFD.String(odd), 1, 2},
		{"by a part in the other normal form", upstream.UserNameContains, "<u\u0308", 1, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			access.ClearRequests()
			found, err := c.FindUsers(t.Context(), tt.key, tt.value)
			if err != nil || len(found) != tt.want {
				t.Errorf("found %d users, %v; want %d", len(found), err, tt.want)
			}
			if got := requests(access, ""); got != tt.requests {
				t.Errorf("it took %d requests, want %d", got, tt.requests)
			}
		})
	}
	if _, err := c.FindUsers(t.Context(), upstream.ByDisplayName, "x"); !errors.Is(err, upstream.ErrRefused) ||
		!errors.Is(err, upstream.ErrNoSuchKey) {
		t.Errorf("a key that is none of users: %v, want refused", err)
	}
}

func TestListUsersInPages(t *testing.T) {
	tests := []struct {
		name    string
		cfg     accesstest.Config
		foreign int
	}{
		{name: "all users are ours", cfg: accesstest.Config{SeedUsers: 250}},
		{name: "Access gives fewer than asked for", cfg: accesstest.Config{SeedUsers: 250,
			Modes: accesstest.Modes{MaxCount: 30}}},
		{name: "local users stand among ours", cfg: accesstest.Config{SeedUsers: 250}, foreign: 40},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, access := start(t, tt.cfg)
			for i := range tt.foreign {
				seedLocal(t, access, fmt.Sprintf("user-%04d-local", i*7), domain)
			}
			seen := map[string]bool{}
			for startIndex := 1; startIndex <= 250; startIndex += 100 {
				page, err := c.Users(t.Context(), startIndex, 100)
				if err != nil {
					t.Fatal(err)
				}
				if page.Total != 250 || len(page.Resources) != min(100, 251-startIndex) {
					t.Fatalf("page at %d has %d of %d users", startIndex, len(page.Resources), page.Total)
				}
				for i, u := range page.Resources {
					if want := fmt.Sprintf("user-%04d@acme.com", startIndex+i); u.UserName() != want {
						t.Fatalf("place %d holds %s, want %s", startIndex+i, u.UserName(), want)
					}
					seen[u.ID] = true
				}
			}
			if len(seen) != 250 {
				t.Errorf("saw %d users, want 250", len(seen))
			}
		})
	}
}

func TestDeleteUser(t *testing.T) {
	for _, deleteOK := range []bool{false, true} {
		c, _ := start(t, accesstest.Config{Modes: accesstest.Modes{DeleteOK: deleteOK}})
		u := create(t, c, "ada")
		if err := c.DeleteUser(t.Context(), u.ID, anyUser); err != nil {
			t.Errorf("delete: %v", err)
		}
		if err := c.DeleteUser(t.Context(), u.ID, anyUser); !errors.Is(err, upstream.ErrNotFound) {
			t.Errorf("delete again: %v, want not found", err)
		}
	}
}

func TestRememberedUsers(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	remembered := func(want ...string) {
		t.Helper()
		found, err := c.RememberedUsers(t.Context(), "ext-ada")
		var ids []string
		for _, u := range found {
			ids = append(ids, u.ID)
		}
		if err != nil || !slices.Equal(ids, want) {
			t.Errorf("remembered %v, %v; want %v", ids, err, want)
		}
	}
	remembered()
	u := create(t, c, "ada")
	remembered(u.ID)
	// Once the account is gone in Access, what is remembered is no obstacle.
	other := newClient(t, access, domain)
	if err := c.DeleteUser(t.Context(), u.ID, anyUser); err != nil {
		t.Fatal(err)
	}
	remembered()
	again := create(t, other, "ada")
	remembered()
	if _, err := c.User(t.Context(), again.ID); err != nil {
		t.Fatal(err)
	}
	remembered(again.ID)
}

// Whether two users may have one externalId is for Access to say.
func TestSharedExternalID(t *testing.T) {
	for _, allowed := range []bool{true, false} {
		c, _ := start(t, accesstest.Config{Modes: accesstest.Modes{ShareExternalID: allowed}})
		create(t, c, "ada")
		again := attributes("countess")
		again[upstream.CorePath("externalId")] = "ext-ada"
		if _, err := c.CreateUser(t.Context(), domain, again); errors.Is(err, upstream.ErrConflict) == allowed {
			t.Errorf("allowed %t: creation of the second: %v", allowed, err)
		}
		want := map[bool]int{true: 2, false: 1}[allowed]
		if found, err := c.FindUsers(t.Context(), upstream.ByExternalID, "ext-ada"); err != nil || len(found) != want {
			t.Errorf("allowed %t: found %d, %v; want %d", allowed, len(found), err, want)
		}
	}
}

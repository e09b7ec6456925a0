package upstream_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

const directoriesPath = "/SAAS/jersey/manager/api/connectormanagement/directoryconfigs"

// noDirectory is a tenant without a directory of type Other.
func noDirectory(m accesstest.Modes) accesstest.Config {
	return accesstest.Config{Domains: []string{}, Modes: m}
}

func posts(access *accesstest.Running) (statuses []int) {
	for _, r := range access.Requests() {
		if r.Method == http.MethodPost && r.Path == directoriesPath {
			statuses = append(statuses, r.Status)
		}
	}
	return statuses
}

func TestEnsureDirectory(t *testing.T) {
	for media, want := range map[string]int{"both": 1, "legacy": 1, "json": 2} {
		t.Run("created once, media types "+media, func(t *testing.T) {
			c, access := start(t, noDirectory(accesstest.Modes{MediaTypes: media}))
			made, err := c.EnsureDirectory(t.Context(), "Okta", domain)
			d := made.Directory
			if err != nil || !made.Created || d.Name != "Okta" || d.Type != upstream.TypeOther || d.ID == "" ||
				(made.Refused == 415) != (want == 2) {
				t.Fatalf("got %+v, %v", made, err)
			}
			again, err := c.EnsureDirectory(t.Context(), "Another name", domain)
			if err != nil || again.Created || again.Directory.ID != d.ID {
				t.Errorf("again: got %+v, %v", again, err)
			}
			if got := posts(access); len(got) != want {
				t.Errorf("the creations were answered %v, want %d", got, want)
			}
			if err := c.CheckDirectories(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestEnsureDirectoryAfterALostAnswer(t *testing.T) {
	c, access := start(t, noDirectory(accesstest.Modes{}))
	access.AddFault(accesstest.Fault{Method: http.MethodPost, Path: directoriesPath, Apply: true, Drop: true, Count: 1})
	made, err := c.EnsureDirectory(t.Context(), "Okta", domain)
	if err != nil || !made.Created || made.Directory.ID == "" {
		t.Errorf("got %+v, %v", made, err)
	}
	if got := posts(access); len(got) != 1 {
		t.Errorf("%d creations were sent", len(got))
	}
	access.AddFault(accesstest.Fault{Method: http.MethodPost, Path: directoriesPath, Drop: true, Count: 1})
	if _, err := newClient(t, access, "new.com").EnsureDirectory(t.Context(), "New", "new.com"); !errors.Is(err,
		upstream.ErrUnavailable) {
		t.Errorf("a creation that was not applied: %v", err)
	}
}

func TestEnsureDirectoryRefused(t *testing.T) {
	tests := []struct {
		name   string
		modes  accesstest.Modes
		fault  accesstest.Fault
		domain string
		want   error
		reason upstream.DomainReason
		says   string
	}{
		{name: "the domain belongs to a synchronized directory", modes: accesstest.Modes{SyncedDomain: "corp.local"},
			domain: "corp.local",
			reason: upstream.WrongType, says: "ACTIVE_DIRECTORY_LDAP"},
		{name: "the domain is there in another spelling", domain: "ACME.com", reason: upstream.OtherSpelling,
			says: "but one has acme.com"},
		{name: "the name is taken", domain: "new.com", want: upstream.ErrConflict},
		{name: "the role is too small", modes: accesstest.Modes{Mistakes: accesstest.Mistakes{Role: "users"}},
			domain: "new.com", want: upstream.ErrNotPermitted},
		{name: "both media types are refused", fault: accesstest.Fault{Status: 415}, domain: "newest.com",
			want: upstream.ErrRefused, says: "answered 415, application/json 415"},
		{name: "nothing is found for either type", fault: accesstest.Fault{Status: 404}, domain: "newest.com",
			want: upstream.ErrNotFound, says: "answered 404, application/json 404"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, access := start(t, accesstest.Config{Modes: tt.modes})
			if tt.fault.Status != 0 {
				tt.fault.Method, tt.fault.Path = http.MethodPost, directoriesPath
				access.AddFault(tt.fault)
			}
			name := "Okta"
			if tt.fault.Status != 0 {
				name = "Newest"
			}
			made, err := c.EnsureDirectory(t.Context(), name, tt.domain)
			if err == nil || made.Created {
				t.Fatal("the directory was created")
			}
			problem, ok := errors.AsType[*upstream.DomainProblem](err)
			if ok != (tt.want == nil) || ok && problem.Reason != tt.reason || !ok && !errors.Is(err, tt.want) {
				t.Errorf("error = %#v", err)
			}
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error = %v, want %q in it", err, tt.says)
			}
		})
	}
}

func TestDeleteDirectory(t *testing.T) {
	c, access := start(t, accesstest.Config{Modes: accesstest.Modes{Mistakes: accesstest.Mistakes{DeletionLists: 3}}})
	id := access.State().Directories[1]["directoryId"].(string)
	if err := c.DeleteDirectory(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	err := c.CheckDirectories(t.Context())
	if problem, ok := errors.AsType[*upstream.DomainProblem](err); !ok || problem.Reason != upstream.BeingDeleted {
		t.Errorf("while it goes on: %v", err)
	}
	if _, err := c.EnsureDirectory(t.Context(), "Okta", domain); err == nil {
		t.Error("a directory was created beside the one that is being deleted")
	}
	for _, want := range []int{2, 1} {
		if left, err := c.Directories(t.Context()); err != nil || len(left) != want {
			t.Errorf("there are %v, %v, want %d", left, err, want)
		}
	}
	if err := c.DeleteDirectory(t.Context(), id); err != nil {
		t.Errorf("again: %v", err)
	}
	if err := c.DeleteDirectory(t.Context(), "../Users"); !errors.Is(err, upstream.ErrNotFound) {
		t.Errorf("an id that is none: %v", err)
	}
}

func TestDirectoryOf(t *testing.T) {
	other := upstream.Directory{ID: "1", Name: "A", Type: upstream.TypeOther, Domains: []string{"acme.com", "b.com"}}
	twin := upstream.Directory{ID: "2", Name: "B", Type: upstream.TypeOther, Domains: []string{"acme.com"}}
	if d, err := upstream.DirectoryOf([]upstream.Directory{other}, "b.com"); err != nil || d.ID != "1" {
		t.Errorf("got %+v, %v", d, err)
	}
	_, err := upstream.DirectoryOf([]upstream.Directory{other, twin}, "acme.com")
	if problem, ok := errors.AsType[*upstream.DomainProblem](err); !ok || problem.Reason != upstream.SeveralDirectories {
		t.Errorf("two directories of one domain: %v", err)
	}
}

package upstream_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestCheckDirectories(t *testing.T) {
	for _, media := range []string{"both", "legacy", "json"} {
		t.Run("the directory is found, media types "+media, func(t *testing.T) {
			c, _ := start(t, accesstest.Config{Modes: accesstest.Modes{MediaTypes: media}})
			if err := c.CheckDirectories(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	_, access := start(t, accesstest.Config{Modes: accesstest.Modes{SyncedDomain: "corp.local"}})
	tests := []struct {
		name, domain, want string
	}{
		{"no directory has the domain", "nowhere.com", "acme.com"},
		{"the spelling differs", "ACME.com", "must spell it like that"},
		{"the directory is synchronized", "corp.local", "OTHER_DIRECTORY"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := newClient(t, access, tt.domain).CheckDirectories(t.Context())
			var failed *upstream.Error
			if err == nil || errors.As(err, &failed) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want a finding that says %q", err, tt.want)
			}
		})
	}
	t.Run("a role too small is not a finding", func(t *testing.T) {
		c, access := start(t, accesstest.Config{})
		access.AddFault(accesstest.Fault{Path: "/SAAS/jersey/manager/api/connectormanagement", Status: http.StatusForbidden})
		if err := c.CheckDirectories(t.Context()); !errors.Is(err, upstream.ErrNotPermitted) {
			t.Errorf("error = %v, want not permitted", err)
		}
	})
}

func TestReady(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	if err := c.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	access.AddFault(accesstest.Fault{Status: http.StatusBadGateway, Body: "html"})
	if err := c.Ready(t.Context()); !errors.Is(err, upstream.ErrUnavailable) {
		t.Errorf("error = %v, want unavailable", err)
	}
}

// TestDomainsThatAreNotTold reads past directories that nobody needs.
func TestDomainsThatAreNotTold(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	directories := access.State().Directories
	refuse := func(i, status int) {
		access.ClearFaults()
		access.AddFault(accesstest.Fault{Path: directoriesPath + "/" + directories[i]["directoryId"].(string),
			Status: status})
	}
	refuse(0, http.StatusBadRequest)
	if got, err := c.DirectoriesWithDomains(t.Context()); err != nil || len(got) != 2 || len(got[0].Domains) != 0 {
		t.Errorf("the system directory's are refused: got %+v, %v", got, err)
	}
	refuse(1, http.StatusNotFound)
	if got, err := c.DirectoriesWithDomains(t.Context()); err != nil || len(got) != 1 {
		t.Errorf("the other one vanished: got %+v, %v", got, err)
	}
	refuse(1, http.StatusBadRequest)
	if _, err := c.DirectoriesWithDomains(t.Context()); !errors.Is(err, upstream.ErrRefused) {
		t.Errorf("the other one's are refused: %v", err)
	}
}

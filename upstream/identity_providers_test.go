package upstream_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

const providersPath = "/SAAS/jersey/manager/api/identityProviders"

func TestIdentityProviders(t *testing.T) {
	tests := []struct {
		name        string
		modes       accesstest.Modes
		count       int
		enabled     bool
		directories int
	}{
		{name: "as they are", count: 2, enabled: true, directories: 1},
		{name: "as summaries", modes: accesstest.Modes{Mistakes: accesstest.Mistakes{ProviderListOmitsDirectories: true}},
			count: 2, enabled: true, directories: 1},
		{name: "with old media types", modes: accesstest.Modes{MediaTypes: "legacy"}, count: 2, enabled: true,
			directories: 1},
		{name: "with new media types", modes: accesstest.Modes{MediaTypes: "json"}, count: 2, enabled: true, directories: 1},
		{name: "one is disabled", modes: accesstest.Modes{Mistakes: accesstest.Mistakes{OktaProvider: "disabled"}}, count: 2,
			directories: 1},
		{name: "one has no directory", modes: accesstest.Modes{Mistakes: accesstest.Mistakes{OktaProvider: "unassociated"}},
			count: 2, enabled: true},
		{name: "there is none for Okta", modes: accesstest.Modes{Mistakes: accesstest.Mistakes{OktaProvider: "none"}},
			count: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, access := start(t, accesstest.Config{Modes: tt.modes})
			got, err := c.IdentityProviders(t.Context())
			if err != nil || len(got) != tt.count {
				t.Fatalf("got %+v, %v", got, err)
			}
			if tt.count < 2 {
				return
			}
			okta, err := c.IdentityProvider(t.Context(), got[1].ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(got[1].DirectoryIDs) != tt.directories || got[1].Enabled != tt.enabled {
				t.Errorf("the list shows %+v", got[1])
			}
			if okta.Name != "Okta SAML" || okta.NameID != "emails" || okta.Enabled != tt.enabled ||
				len(okta.DirectoryIDs) != tt.directories || !reflect.DeepEqual(okta.Methods, []string{"Okta SAML"}) {
				t.Errorf("got %+v", okta)
			}
			if tt.directories > 0 && okta.DirectoryIDs[0] != access.State().Directories[1]["directoryId"] {
				t.Errorf("the directory is %s", okta.DirectoryIDs[0])
			}
		})
	}
}

func TestIdentityProvidersWhereOnlyEnabledOnesAreListed(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	access.AddFault(accesstest.Fault{Path: providersPath, Status: http.StatusBadRequest, Count: 1})
	if got, err := c.IdentityProviders(t.Context()); err != nil || len(got) != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
	access.AddFault(accesstest.Fault{Path: providersPath, Status: http.StatusForbidden})
	if _, err := c.IdentityProviders(t.Context()); !errors.Is(err, upstream.ErrNotPermitted) {
		t.Errorf("error = %v", err)
	}
}

// TestIdentityProvidersThatCannotBeReadAlone keeps what the summary tells.
func TestIdentityProvidersThatCannotBeReadAlone(t *testing.T) {
	mistakes := accesstest.Mistakes{ProviderListOmitsDirectories: true}
	c, access := start(t, accesstest.Config{Modes: accesstest.Modes{Mistakes: mistakes}})
	access.AddFault(accesstest.Fault{Path: providersPath + "/", Status: http.StatusBadRequest})
	got, err := c.IdentityProviders(t.Context())
	if err != nil || len(got) != 2 || got[1].DirectoriesKnown || got[1].Name != "Okta SAML" {
		t.Errorf("got %+v, %v", got, err)
	}
	access.ClearFaults()
	access.AddFault(accesstest.Fault{Path: providersPath + "/", Status: http.StatusForbidden})
	if _, err := c.IdentityProviders(t.Context()); !errors.Is(err, upstream.ErrNotPermitted) {
		t.Errorf("error = %v", err)
	}
}

func TestReadProvider(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		want upstream.IdentityProvider
	}{
		"names of methods alone": {`{"id":"1","name":"A","authMethods":["X"],"nIDPStatus":"1"}`,
			upstream.IdentityProvider{ID: "1", Name: "A", Enabled: true, Methods: []string{"X"}}},
		"a name under another key": {`{"id":"1","friendlyName":"A","authMethods":[{"name":"X"}]}`,
			upstream.IdentityProvider{ID: "1", Name: "A", Enabled: true, Methods: []string{"X"}}},
		"a status that is not 1": {`{"id":"1","nIDPStatus":2}`, upstream.IdentityProvider{ID: "1"}},
		"a name ID of another format": {
			`{"id":"1","nameIdFormatType":"b","nameIdFormatAttributeMappings":{"a":"emails","b":"userName"}}`,
			upstream.IdentityProvider{ID: "1", Enabled: true, NameID: "userName"},
		},
		"methods that have no names": {`{"id":"1","authMethods":[{"authMethodId":1}]}`,
			upstream.IdentityProvider{ID: "1", Enabled: true}},
	} {
		t.Run(name, func(t *testing.T) {
			var got upstream.IdentityProvider
			if err := json.Unmarshal([]byte(tt.in), &got); err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestPolicies(t *testing.T) {
	for _, media := range []string{"both", "legacy", "json"} {
		c, _ := start(t, accesstest.Config{Modes: accesstest.Modes{MediaTypes: media}})
		got, err := c.Policies(t.Context())
		if err != nil || len(got) != 1 || !got[0].Default || !got[0].Mentions("x", "okta saml ") || got[0].Mentions("Okta") ||
			got[0].Mentions() {
			t.Errorf("media types %s: got %+v, %v", media, got, err)
		}
	}
	c, access := start(t, accesstest.Config{Modes: accesstest.Modes{Mistakes: accesstest.Mistakes{PolicyOmitsOkta: true}}})
	if got, err := c.Policies(t.Context()); err != nil || got[0].Mentions("Okta SAML") ||
		!got[0].Mentions("Password (Local Directory)") {
		t.Errorf("got %+v, %v", got, err)
	}
	access.AddFault(accesstest.Fault{Path: "/acs/rulesets", Status: http.StatusNotFound})
	if got, err := c.Policies(t.Context()); err != nil || len(got) != 1 || !got[0].Default ||
		got[0].Mentions("Password (Local Directory)") {
		t.Errorf("the older list: got %+v, %v", got, err)
	}
}

func TestHealth(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	if well, err := c.Health(t.Context()); err != nil || !well {
		t.Errorf("got %t, %v", well, err)
	}
	access.AddFault(accesstest.Fault{Path: "/SAAS/jersey/manager/api/health", Status: http.StatusNotFound})
	if well, err := c.Health(t.Context()); err != nil || !well {
		t.Errorf("the other path: got %t, %v", well, err)
	}
	access.AddFault(accesstest.Fault{Path: "/SAAS/jersey/manager/api/system/health", Status: http.StatusOK, Body: "html"})
	if _, err := c.Health(t.Context()); err == nil {
		t.Error("a page counts as health")
	}
}

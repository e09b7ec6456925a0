package org_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/drift/org"
)

// TestOtherHosts follows neither a redirect nor the link of a next page to another host.
func TestOtherHosts(t *testing.T) {
	asked := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	t.Cleanup(elsewhere.Close)
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		}, "see that okta.org_url is the address of the org itself"},
		"a next page": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "<"+elsewhere.URL+`/api/v1/apps/a/group-push/mappings>; rel="next"`)
			_, _ = w.Write([]byte("[]"))
		}, "at another host"},
		"a next page that is no address": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "<http://%zz>; rel=\"next\"")
			_, _ = w.Write([]byte("[]"))
		}, "at another host"},
	} {
		t.Run(name, func(t *testing.T) {
			okta := httptest.NewServer(tt.answer)
			t.Cleanup(okta.Close)
			o := &org.Org{URL: okta.URL, AppID: "a", As: org.APIToken{Secret: "hush"}, HTTPClient: &http.Client{
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
			t.Cleanup(o.HTTPClient.CloseIdleConnections)
			if _, err := o.Mappings(t.Context()); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
	if asked > 0 {
		t.Errorf("the other host was asked %d times", asked)
	}
}

package accesstest_test

import (
	"cmp"
	"net/http"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// TestProviderMediaTypes sends and asks for each type in each mode.
func TestProviderMediaTypes(t *testing.T) {
	const taken, unsupported, refused = 0, http.StatusUnsupportedMediaType, http.StatusNotAcceptable
	for mode, media := range map[string]map[string][2]int{
		"":       {providerType: {taken, taken}, "application/json": {taken, taken}, "text/plain": {unsupported, refused}},
		"both":   {providerType: {taken, taken}, "application/json": {taken, taken}, "text/plain": {unsupported, refused}},
		"legacy": {providerType: {taken, taken}, "application/json": {unsupported, refused}},
		"json":   {providerType: {unsupported, refused}, "application/json": {taken, taken}},
	} {
		tn := start(t, accesstest.Config{Modes: accesstest.Modes{MediaTypes: mode}})
		okta := tn.State().Providers[1]
		one, put := providersPath+"/"+okta["id"].(string), text(t, with(okta, "description", mode))
		before := text(t, tn.State().Providers)
		for name, want := range media {
			for method, path := range map[string]string{http.MethodPut: one, http.MethodPost: providersPath} {
				if want[0] != taken {
					checkError(t, tn.want(want[0], method, path, put, "Content-Type", name, "Accept", "*/*"))
					checkError(t, tn.want(want[0], method, path, put, "Content-Type", name))
				}
			}
			if want[1] != taken {
				checkError(t, tn.want(want[1], http.MethodGet, one, "", "Accept", name))
			}
		}
		same(t, tn.State().Providers, before)
		tn.speak(t, media, one, put)
	}
}

// speak changes and creates providers in each type that the tenant takes, and is answered in it.
func (tn *tenant) speak(t *testing.T, media map[string][2]int, one, put string) {
	t.Helper()
	list := horizon + "identityprovider.summary.list+json"
	for name, want := range media {
		if want[0] != 0 {
			continue
		}
		post := text(t, tn.newProvider(t, "New in "+name))
		lists := map[string]string{providerType: list}[name]
		for _, got := range []result{
			tn.want(http.StatusOK, http.MethodPut, one, put, "Content-Type", name, "Accept", name),
			tn.want(http.StatusCreated, http.MethodPost, providersPath, post, "Content-Type", name, "Accept", name),
			tn.want(http.StatusOK, http.MethodGet, one, "", "Accept", name),
		} {
			same(t, got.header.Get("Content-Type"), text(t, name))
		}
		got := tn.want(http.StatusOK, http.MethodGet, providersPath, "", "Accept", cmp.Or(lists, name))
		same(t, got.header.Get("Content-Type"), text(t, cmp.Or(lists, name)))
	}
}

// TestProvidersRefuseToAnswer changes nothing when no type of the answer suits the client.
func TestProvidersRefuseToAnswer(t *testing.T) {
	tn := start(t, accesstest.Config{})
	whole, one := tn.provider()
	before := text(t, tn.State().Providers)
	for method, path := range map[string]string{http.MethodPut: one, http.MethodPost: providersPath} {
		body := with(with(whole, "name", "New"), "authMethods", []any{object{"authMethodName": "New"}})
		checkError(t, tn.want(http.StatusNotAcceptable, method, path, text(t, body), "Content-Type", providerType,
			"Accept", "text/plain"))
	}
	checkError(t, tn.want(http.StatusNotAcceptable, http.MethodGet, providersPath, "", "Accept", providerType))
	same(t, tn.State().Providers, before)
}

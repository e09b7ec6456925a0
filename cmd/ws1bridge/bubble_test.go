package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"go.uber.org/zap"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/scim/journal"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// bubbled is a bridge in a bubble of testing/synctest, in front of an emulator and
// without sockets: there time is exact, however busy the machine is.
type bubbled struct {
	*bridge
	access *accesstest.Emulator
}

// newBubbled starts the bridge. The faults are there before it asks for a token.
func newBubbled(t *testing.T, faults ...accesstest.Fault) *bubbled {
	t.Helper()
	emulator, err := accesstest.New(accesstest.Config{ClientID: "bridge", ClientSecret: cmdtest.Secret,
		Domains: []string{"acme.com"}})
	must(t, err)
	for _, f := range faults {
		emulator.AddFault(f)
	}
	cfg, err := config.Load("", cmdtest.Environ())
	must(t, err)
	translator, err := translate.New(cfg.Translation())
	must(t, err)
	tenant, err := upstream.TenantURL(cfg.Access.URL)
	must(t, err)
	registry, log, wire := newRegistry(), zap.NewNop(), wire{emulator.Handler()}
	access, err := connection.New(tenant, wire,
		auth.Config{ClientID: "bridge", ClientSecret: cmdtest.Secret, HTTPClient: &http.Client{Transport: wire}},
		upstream.Config{Domains: translator.ManagedDomains(), Registerer: registry})
	must(t, err)
	memory, err := journal.Open(journal.Config{})
	must(t, err)
	b := &bubbled{access: emulator, bridge: &bridge{access: access, metrics: registry, log: log, journal: memory,
		level: zap.NewAtomicLevel()}}
	must(t, b.wire(cfg, translator))
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go func() { _ = access.Tokens.Run(ctx) }()
	go func() { _ = access.Client.Run(ctx) }()
	return b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wire carries requests to a handler as a connection does.
type wire struct{ http.Handler }

func (w wire) RoundTrip(req *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	done := make(chan any, 1)
	served := req.Clone(context.WithValue(req.Context(), chi.RouteCtxKey, nil)) // the bridge's route stays there
	go func() {
		defer func() { done <- recover() }()
		w.ServeHTTP(answer, asServed(served))
	}()
	select {
	case cut := <-done:
		if cut != nil {
			return nil, errors.New("the connection was cut")
		}
		return answer.Result(), nil
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

// asServed makes a request one as a server gets it.
func asServed(req *http.Request) *http.Request {
	req.RequestURI = req.URL.RequestURI()
	if req.Body == nil {
		req.Body = http.NoBody
	}
	return req
}

// ask sends a request as Okta does.
func (b *bubbled) ask(t *testing.T, method, path string, body any) *httptest.ResponseRecorder {
	t.Helper()
	caller := okta.Client{Base: "https://bridge.example.com/scim/v2", Token: cmdtest.Token}
	req, err := caller.Request(t.Context(), method, path, body)
	must(t, err)
	answer := httptest.NewRecorder()
	b.ServeHTTP(answer, asServed(req))
	return answer
}

// page reads a page of health or metrics.
func (b *bubbled) page(t *testing.T, handler http.Handler, path string) (status int, body string) {
	t.Helper()
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return answer.Code, answer.Body.String()
}

// mustWait checks that Okta is asked to come again: 429, Retry-After in whole
// seconds, an error of SCIM. It returns the detail.
func mustWait(t *testing.T, answer *httptest.ResponseRecorder) string {
	t.Helper()
	var body struct {
		Schemas        []string
		Status, Detail string
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		t.Errorf("the answer is no JSON: %s", answer.Body)
	}
	wait := answer.Header().Get("Retry-After")
	if answer.Code != http.StatusTooManyRequests || wait == "" || wait == "0" || strings.Trim(wait, "0123456789") != "" ||
		!strings.HasPrefix(answer.Header().Get("Content-Type"), "application/scim+json") || body.Status != "429" ||
		body.Detail == "" ||
		len(body.Schemas) != 1 || body.Schemas[0] != "urn:ietf:params:scim:api:messages:2.0:Error" {
		t.Errorf("got %d %v %s, want Okta to come again", answer.Code, answer.Header(), answer.Body)
	}
	return body.Detail
}

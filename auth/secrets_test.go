package auth_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"ws1bridge/auth"
)

func TestSecretsPrintAsRedacted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := auth.Config{TokenURL: tokenURL, ClientID: clientID, ClientSecret: clientSecret}
		e := &endpoint{reply: living(600)}
		source, bearer := e.source(t), newBearer(t)
		mustToken(t, source, "token-1")
		refuses := &api{status: func(string) int { return http.StatusUnauthorized }}
		transport := &auth.Transport{Source: source, Host: "tenant.example", Base: refuses}
		for range 2 { // which it remembers
			if _, err := transport.RoundTrip(request(t, nil)); err != nil {
				t.Fatal(err)
			}
		}
		transport.Base = nil
		synctest.Wait() // fmt reads unexported fields as they are
		checkRedacted(t, "Secret", auth.Secret(clientSecret))
		checkRedacted(t, "secrets", []auth.Secret{clientSecret})
		checkRedacted(t, "Config", cfg)
		checkRedacted(t, "*Config", &cfg)
		checkRedacted(t, "TokenSource", source)
		checkRedacted(t, "Bearer", bearer)
		checkRedacted(t, "Transport", transport)
		checkRedacted(t, "a struct of them", struct {
			Config auth.Config
			Source *auth.TokenSource
			Bearer *auth.Bearer
			hidden *auth.TokenSource // fmt does not call methods here
		}{cfg, source, bearer, source})
	})
}

func checkRedacted(t *testing.T, name string, value any) {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{string(encoded)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, value))
	}
	for _, text := range texts {
		if !strings.Contains(text, "[redacted]") {
			t.Errorf("%s: %s does not say [redacted]", name, text)
		}
		for _, secret := range []string{clientSecret, "token-1", "token-2", oldToken, newToken} {
			if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
				t.Errorf("%s: %s shows %q", name, text, secret)
			}
		}
	}
}

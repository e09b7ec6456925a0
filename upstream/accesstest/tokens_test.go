package accesstest_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

func TestToken(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	good := basic("client", "s3cret/+")
	tests := []struct {
		name, method, path, auth, body string
		want                           int
	}{
		{name: "Basic and body", auth: good, body: "grant_type=client_credentials", want: 200},
		{name: "Basic and query", path: "/SAAS/auth/oauthtoken?grant_type=client_credentials", auth: good, want: 200},
		{name: "Basic percent-encoded", auth: basic("client", "s3cret%2F%2B"), body: "grant_type=client_credentials",
			want: 200},
		{name: "credentials in the body", body: "grant_type=client_credentials&client_id=client&client_secret=s3cret%2F%2B",
			want: 200},
		{name: "the address of discovery", path: "/acs/token", auth: good, body: "grant_type=client_credentials", want: 200},
		{name: "the older address", path: "/SAAS/API/1.0/oauth2/token", auth: good, body: "grant_type=client_credentials",
			want: 200},
		{name: "a wrong secret is 401", auth: basic("client", "x"), body: "grant_type=client_credentials", want: 401},
		{name: "a wrong id is 401", auth: basic("x", "s3cret/+"), body: "grant_type=client_credentials", want: 401},
		{name: "no credentials are 401", body: "grant_type=client_credentials", want: 401},
		{name: "no grant type is 500", auth: good, want: 500},
		{name: "another grant type is 500", auth: good, body: "grant_type=password", want: 500},
		{name: "an unknown refresh token is 400", auth: good, body: "grant_type=refresh_token&refresh_token=x", want: 400},
		{name: "a form that cannot be read is 400", auth: good, body: "grant_type=%zz", want: 400},
		{name: "GET is 405", method: http.MethodGet, auth: good, want: 405},
	}
	tn := start(t, accesstest.Config{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			method, path := http.MethodPost, "/SAAS/auth/oauthtoken"
			if tt.method != "" {
				method = tt.method
			}
			if tt.path != "" {
				path = tt.path
			}
			got := tn.want(tt.want, method, path, tt.body, "Authorization", tt.auth, "Content-Type", form).json()
			switch tt.want {
			case 200:
				same(t, []any{got["token_type"], got["expires_in"], got["scope"]}, `["Bearer",10800,"admin"]`)
				other := &tenant{Running: tn.Running, tb: t, token: got["access_token"].(string)}
				other.want(http.StatusOK, http.MethodGet, usersPath, "")
				tn.want(http.StatusOK, method, "/SAAS/auth/oauthtoken",
					"grant_type=refresh_token&refresh_token="+got["refresh_token"].(string), "Authorization", good, "Content-Type",
					form)
			case 405:
			default:
				if got["error"] == nil || got["error_description"] == nil {
					t.Errorf("got %v, want error and error_description", got)
				}
			}
		})
	}
}

func TestTokenClaims(t *testing.T) {
	tn := start(t, accesstest.Config{TokenTTL: time.Hour})
	parts := strings.Split(tn.token, ".")
	if len(parts) != 3 {
		t.Fatalf("token has %d parts, want 3", len(parts))
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	claims := result{tb: t, body: string(payload)}.json()
	same(t, []any{claims["iss"], claims["cid"], claims["prn_type"], claims["scp"],
		claims["exp"].(float64) - claims["iat"].(float64)},
		`["https://canonical.access.example/SAAS/auth","client","SERVICE","admin",3600]`)
}

func TestTokenIsRefused(t *testing.T) {
	t.Run("without one, of any kind", func(t *testing.T) {
		tn := start(t, accesstest.Config{})
		for _, header := range []string{"", "Bearer x", "Basic " + tn.token, tn.token} {
			for _, path := range []string{usersPath, "/SAAS/nowhere", "/"} {
				got := tn.want(http.StatusUnauthorized, http.MethodGet, path, "", "Authorization", header)
				want := `{"errors":[{"code":"forbidden","message":"User is not authorized to perform the task.",` +
					`"parameters":null}]}`
				if got.body != want {
					t.Errorf("got %s, want %s", got.body, want)
				}
			}
		}
		tn.want(http.StatusOK, http.MethodGet, usersPath, "", "Authorization", "HZN "+tn.token)
		checkError(t, tn.want(http.StatusNotFound, http.MethodGet, "/SAAS/nowhere", ""))
	})
	t.Run("with 403 in that mode", func(t *testing.T) {
		tn := start(t, accesstest.Config{Modes: accesstest.Modes{BadTokenStatus: 403}})
		tn.want(http.StatusForbidden, http.MethodGet, usersPath, "", "Authorization", "Bearer x")
	})
	t.Run("after it ended", func(t *testing.T) {
		tn := start(t, accesstest.Config{TokenTTL: 700 * time.Millisecond})
		tn.want(http.StatusOK, http.MethodGet, usersPath, "")
		time.Sleep(710 * time.Millisecond)
		tn.want(http.StatusUnauthorized, http.MethodGet, usersPath, "")
	})
	t.Run("after it was revoked", func(t *testing.T) {
		tn := start(t, accesstest.Config{})
		status := func(attribute string) string {
			return tn.want(http.StatusOK, http.MethodGet, "/SAAS/API/1.0/REST/auth/token?attribute="+attribute, "").body
		}
		same(t, []string{status("isValid"), status("isRevoked")}, `["\"True\"","\"False\""]`)
		tn.control(http.StatusNoContent, http.MethodPost, "/tokens/revoke", "")
		same(t, []string{status("isValid"), status("isRevoked")}, `["\"False\"","\"True\""]`)
		tn.want(http.StatusUnauthorized, http.MethodGet, usersPath, "")
		if key := status("publicKey"); !strings.HasPrefix(key, "-----BEGIN PUBLIC KEY-----") {
			t.Errorf("public key %q", key)
		}
		tn.want(http.StatusBadRequest, http.MethodGet, "/SAAS/API/1.0/REST/auth/token", "")
	})
}

// Another secret ends no token, and the old one gets none any more.
func TestRotatedSecret(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tn.control(http.StatusNoContent, http.MethodPost, "/secret", `{"client_secret":"another"}`)
	tn.want(http.StatusOK, http.MethodGet, usersPath, "")
	get := func(status int, secret string) {
		t.Helper()
		tn.want(status, http.MethodPost, "/SAAS/auth/oauthtoken", "grant_type=client_credentials",
			"Authorization", basic("client", secret), "Content-Type", "application/x-www-form-urlencoded")
	}
	get(http.StatusUnauthorized, "s3cret/+")
	get(http.StatusOK, "another")
	for _, bad := range []string{`{}`, `{"client_secret":1}`, `{"secret":"x"}`} {
		tn.control(http.StatusBadRequest, http.MethodPost, "/secret", bad)
	}
}

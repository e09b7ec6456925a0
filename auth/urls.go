package auth

import (
	"errors"
	"net/url"

	"ws1bridge/auth/loopback"
)

// checkTokenURL refuses what cannot be a token endpoint. Its errors do not
// quote the URL, which may hold a secret.
func checkTokenURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case raw == "":
		return errors.New("TokenURL is required")
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return errors.New("TokenURL must look like https://example.workspaceoneaccess.com/SAAS/auth/oauthtoken")
	case !isPrivate(u):
		return errors.New("TokenURL must use https (plain http is for loopback only)")
	}
	return nil
}

// isPrivate reports whether a secret may travel to u: by https, or by http
// without leaving this machine.
func isPrivate(u *url.URL) bool {
	switch u.Scheme {
	case "https":
		return true
	case "http":
		return loopback.Is(u.Host)
	}
	return false
}

// checkCredential names the field of what cannot be a credential.
func checkCredential(name, value string) error {
	if value == "" {
		return errors.New(name + " is required")
	}
	if err := CheckCredential(value); err != nil {
		return errors.New(name + " " + err.Error())
	}
	return nil
}

package doctor_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

// TestRedirects names the host that a tenant leads to, wherever it does.
func TestRedirects(t *testing.T) {
	const moved, itself = "https://acme.example.com/SAAS/login", "https://" + tenantHost + "/login"
	var list []mistake
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect,
		http.StatusPermanentRedirect} {
		name := strconv.Itoa(status) + " "
		list = append(list,
			mistake{name: name + "of the tenant", plant: redirecting("", status, moved), check: "tenant host",
				finding: "redirects to acme.example.com", fix: "set access.url to https://acme.example.com"},
			mistake{name: name + "of the token endpoint", plant: redirecting(tokenPath, status, moved), check: "token",
				finding: "redirects to acme.example.com", fix: "set access.url to https://acme.example.com"},
			mistake{name: name + "to the tenant itself", plant: redirecting(tokenPath, status, itself), check: "token",
				finding: "redirects to " + tenantHost, fix: "a proxy that wants a log-in"},
			mistake{name: name + "of SCIM", plant: redirecting(accessAPI+"/scim", status, moved), check: "SCIM read",
				finding: "redirects reading users to acme.example.com", fix: "set access.url to https://acme.example.com"},
		)
	}
	diagnose(t, list)
}

const tokenPath = "/SAAS/auth/oauthtoken"

// redirecting has paths of the tenant lead elsewhere.
func redirecting(path string, status int, to string) func(*testing.T, *world) {
	return func(_ *testing.T, w *world) {
		w.access.AddFault(accesstest.Fault{Path: path, Status: status, Location: to})
	}
}

// TestLongLife says nothing against tokens that live long enough.
func TestLongLife(t *testing.T) {
	w := newWorld(t, accesstest.Config{TokenTTL: 15 * time.Minute})
	if r := w.examine(t)["claims of the token"]; strings.Contains(r.Fix, "TTL") {
		t.Errorf("got %+v", r)
	}
}

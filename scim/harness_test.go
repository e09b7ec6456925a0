package scim_test

import (
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ws1bridge/scim"
	"ws1bridge/scim/provision"
	"ws1bridge/scim/scimtest"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The real client is one implementation of what the endpoint needs.
var (
	_ provision.UserDirectory  = (*upstream.Client)(nil)
	_ provision.GroupDirectory = (*upstream.Client)(nil)
)

const (
	usersPath  = scimtest.UsersPath
	groupsPath = scimtest.GroupsPath
	domain     = scimtest.Domain
	oktaToken  = scimtest.OktaToken
	secret     = scimtest.Secret
	accessAPI  = scimtest.AccessAPI
)

// world is the whole way from Okta to Access.
type world struct{ *scimtest.World }

type response = scimtest.Response

// newWorld has a bridge that shows trouble at once.
func newWorld(t *testing.T, cfg accesstest.Config, options ...func(*scim.Config)) *world {
	t.Helper()
	return newWorldWith(t, cfg, scimtest.AtOnce, options...)
}

// newWorldWith has a bridge that meets trouble as r says.
func newWorldWith(t *testing.T, cfg accesstest.Config, r upstream.Resilience, options ...func(*scim.Config)) *world {
	t.Helper()
	return &world{scimtest.New(t, scimtest.Config{Access: cfg, Resilience: r, Options: options})}
}

func must(t *testing.T, err error) { t.Helper(); scimtest.Must(t, err) }

func user(userName, externalID string) map[string]any { return scimtest.User(userName, externalID) }

func group(name string, members ...string) map[string]any { return scimtest.Group(name, members...) }

func operations(ops ...map[string]any) map[string]any { return scimtest.Operations(ops...) }

func filter(path, expression string) string { return scimtest.Filter(path, expression) }

func add(ids ...string) map[string]any { return scimtest.Add(ids...) }

// replace is the body of a PATCH that replaces one attribute.
func replace(path string, value any) map[string]any {
	return operations(map[string]any{"op": "replace", "path": path, "value": value})
}

// set is replace without a path, as Okta sends it.
func set(name string, value any) map[string]any {
	return operations(map[string]any{"op": "replace", "value": map[string]any{name: value}})
}

// remove is the body of a PATCH that removes one attribute.
func remove(path string) map[string]any {
	return operations(map[string]any{"op": "remove", "path": path})
}

// failOnce has Access refuse one request with a 503.
func (w *world) failOnce(method, path string) {
	w.Access.AddFault(accesstest.Fault{Method: method, Path: path, Status: http.StatusServiceUnavailable, Count: 1})
}

// loseOnce has Access do what one request asks and cut the connection.
func (w *world) loseOnce(method, path string) {
	w.Access.AddFault(accesstest.Fault{Method: method, Path: path, Drop: true, Apply: true, Count: 1})
}

// quick repeats as the program does, with pauses for tests, and never opens the
// circuit.
var quick = upstream.Resilience{FirstPause: time.Millisecond, LongestPause: 20 * time.Millisecond, BreakAfter: 1 << 20}

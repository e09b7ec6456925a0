package upstream_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/oauth2/clientcredentials"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestMain(m *testing.M) {
	// Idle connections of the shared transport are closed by no test.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

const (
	domain       = "acme.com"
	clientID     = "bridge"
	clientSecret = "emulator-secret"
	scimPath     = "/SAAS/jersey/manager/api/scim"
)

// start runs an emulator and a client of it.
func start(t *testing.T, cfg accesstest.Config) (*upstream.Client, *accesstest.Running) {
	t.Helper()
	if cfg.Domains == nil {
		cfg.Domains = []string{domain}
	}
	cfg.ClientID, cfg.ClientSecret = clientID, clientSecret
	access := accesstest.Start(t, cfg)
	return newClient(t, access, domain), access
}

func newClient(t *testing.T, access *accesstest.Running, domains ...string) *upstream.Client {
	t.Helper()
	return newClientWith(t, access, upstream.Resilience{Attempts: 1, BreakAfter: 1 << 20}, domains...)
}

// newClientWith returns a client that meets trouble as r says.
func newClientWith(t *testing.T, access *accesstest.Running, r upstream.Resilience,
	domains ...string) *upstream.Client {
	t.Helper()
	return newClientFrom(t, access, upstream.Config{Domains: domains, Resilience: r})
}

// newClientFrom returns a client of the emulator with a configuration of its own.
func newClientFrom(t *testing.T, access *accesstest.Running, cfg upstream.Config) *upstream.Client {
	t.Helper()
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = authorized(t, access)
	}
	cfg.BaseURL, cfg.Timeout = access.URL+"/some/path/", 5*time.Second
	client, err := upstream.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// authorized is an HTTP client that Access accepts.
func authorized(t *testing.T, access *accesstest.Running) *http.Client {
	t.Helper()
	return authorizedIn(t.Context(), access)
}

// authorizedIn is authorized with the HTTP client of a context.
func authorizedIn(ctx context.Context, access *accesstest.Running) *http.Client {
	tokens := clientcredentials.Config{ClientID: clientID, ClientSecret: clientSecret,
		TokenURL: access.URL + "/SAAS/auth/oauthtoken"}
	return tokens.Client(ctx)
}

// joinBehindTheBridge makes a user a member without the client.
func joinBehindTheBridge(t *testing.T, access *accesstest.Running, groupID, userID string) {
	t.Helper()
	body := strings.NewReader(`{"members":[{"value":"` + userID + `","type":"User"}]}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, access.URL+scimPath+"/Groups/"+groupID, body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := authorized(t, access).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusNoContent {
		t.Fatalf("joining was answered %d", res.StatusCode)
	}
}

// attributes are those of a user that Access accepts.
func attributes(userName string) upstream.Attributes {
	return upstream.Attributes{
		upstream.CorePath("userName"):             userName,
		upstream.CorePath("externalId"):           "ext-" + userName,
		upstream.CorePath("active"):               true,
		upstream.PathOf("", "name", "givenName"):  "Given",
		upstream.PathOf("", "name", "familyName"): "Family",
		upstream.CorePath("emails"):               userName + "@" + domain,
	}
}

func create(t *testing.T, c *upstream.Client, userName string) upstream.User {
	t.Helper()
	u, err := c.CreateUser(t.Context(), domain, attributes(userName))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// held is the user as the emulator holds it.
func held(t *testing.T, access *accesstest.Running, id string) map[string]any {
	t.Helper()
	return find(t, access.State().Users, id)
}

func heldGroup(t *testing.T, access *accesstest.Running, id string) map[string]any {
	t.Helper()
	return find(t, access.State().Groups, id)
}

func find(t *testing.T, list []map[string]any, id string) map[string]any {
	t.Helper()
	for _, r := range list {
		if r["id"] == id {
			return r
		}
	}
	t.Fatalf("Access holds nothing with id %s", id)
	return nil
}

// requests counts what was asked of the SCIM paths since the history was emptied.
func requests(access *accesstest.Running, method string) int {
	n := 0
	for _, r := range access.Requests() {
		if strings.HasPrefix(r.Path, scimPath) && (method == "" || r.Method == method) {
			n++
		}
	}
	return n
}

// seedLocal makes a user that is none of the bridge's.
func seedLocal(t *testing.T, access *accesstest.Running, userName, inDomain string) string {
	t.Helper()
	id, err := access.SeedUser(map[string]any{
		"schemas":  []string{upstream.CoreSchema, upstream.WorkspaceSchema},
		"userName": userName, "name": map[string]any{"givenName": "L", "familyName": "U"},
		"emails":                 []map[string]any{{"value": userName + "@local"}},
		upstream.WorkspaceSchema: map[string]any{"internalUserType": "LOCAL", "domain": inDomain},
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

var scimUsers = accesstest.Fault{Path: scimPath + "/Users"}

func fault(status int) accesstest.Fault {
	f := scimUsers
	f.Status = status
	return f
}

// anyUser and anyGroup let everything be deleted.
func anyUser(upstream.User) error { return nil }

func anyGroup(upstream.Group) error { return nil }

// setting is a change of a user to attributes, or one that fails.
func setting(a upstream.Attributes, err error) upstream.UserChange {
	return upstream.UserChange{Make: func(upstream.User) (upstream.Attributes, error) { return a, err }}
}

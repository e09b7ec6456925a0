package scim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"

	"ws1bridge/scim"
	"ws1bridge/scim/scimtest"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// tape answers requests to Access as the emulator did the first time: what is measured is
// the bridge.
type tape struct {
	emulator http.RoundTripper

	mu       sync.Mutex // guards the field below
	recorded map[string]recording
}

type recording struct {
	status int
	header http.Header
	body   []byte
}

func (tp *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	key := r.Method + r.URL.String()
	tp.mu.Lock()
	defer tp.mu.Unlock()
	one, ok := tp.recorded[key]
	if !ok {
		res, err := tp.emulator.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return nil, err
		}
		one = recording{res.StatusCode, res.Header, body}
		tp.recorded[key] = one
	}
	body := one.body
	if r.Method == http.MethodPost { // the user who was sent now
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if name := countedName.Find(sent); name != nil {
			body = bytes.ReplaceAll(body, countedName.Find(body), name)
			id := bytes.Index(body, []byte(`"id":"`)) + len(`"id":"`)
			copy(body[id:], name[1:]) // of a user of its own
		}
	}
	return &http.Response{StatusCode: one.status, Header: one.header, Body: io.NopCloser(bytes.NewReader(body))}, nil
}

// countedName is in the names of users who are created, one after the other.
var countedName = regexp.MustCompile(`n[0-9]{8}`)

// hotPath is a bridge without a network on either side.
type hotPath struct {
	handler http.Handler
	user    string // path of a user
	group   string // path of a group of 500
	members []string
	made    int // users
}

func newHotPath(tb testing.TB) *hotPath {
	tb.Helper()
	e, err := accesstest.New(accesstest.Config{
		ClientID: "bridge", ClientSecret: scimtest.Secret, Domains: []string{scimtest.Domain}, SeedUsers: 600,
	})
	scimtest.Must(tb, err)
	tenant := scimtest.Direct{Handler: e.Handler()}
	tp := &tape{emulator: bearing{tenant, token(tb, tenant)}, recorded: map[string]recording{}}
	client, err := upstream.NewClient(upstream.Config{
		BaseURL: "https://access.example.com", Domains: []string{scimtest.Domain}, HTTPClient: &http.Client{Transport: tp},
	})
	scimtest.Must(tb, err)
	translator, err := translate.New(translate.Config{DefaultDomain: scimtest.Domain})
	scimtest.Must(tb, err)
	handler, err := scim.NewHandler(scim.Config{
		Users: client, Groups: client, Translator: translator, GroupDomain: scimtest.Domain,
		Authenticate: func(string) (string, error) { return "test", nil }, Log: zap.NewNop(),
	})
	scimtest.Must(tb, err)
	h := &hotPath{handler: handler}
	h.populate(tb)
	return h
}

// bearing puts a token on requests.
type bearing struct {
	scimtest.Direct
	token string
}

func (b bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.Direct.RoundTrip(r)
}

func token(tb testing.TB, tenant scimtest.Direct) string {
	tb.Helper()
	r := httptest.NewRequest(http.MethodPost, "/SAAS/auth/oauthtoken", strings.NewReader("grant_type=client_credentials"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("bridge", scimtest.Secret)
	res, err := tenant.RoundTrip(r)
	scimtest.Must(tb, err)
	var answer struct {
		Token string `json:"access_token"`
	}
	scimtest.Must(tb, json.NewDecoder(res.Body).Decode(&answer))
	return answer.Token
}

// send sends a request and returns the answer.
func (h *hotPath) send(tb testing.TB, method, path, body string) *httptest.ResponseRecorder {
	tb.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	if w.Code/100 != 2 {
		tb.Fatalf("%s %s was answered %d %s", method, path, w.Code, w.Body)
	}
	return w
}

// populate finds users, and makes the group.
func (h *hotPath) populate(tb testing.TB) {
	tb.Helper()
	var list struct{ Resources []struct{ ID string } }
	page := h.send(tb, http.MethodGet, "/scim/v2/Users?startIndex=1&count=500&attributes=id", "")
	scimtest.Must(tb, json.Unmarshal(page.Body.Bytes(), &list))
	for _, u := range list.Resources {
		h.members = append(h.members, u.ID)
	}
	group, err := json.Marshal(scimtest.Group("Everybody", h.members...))
	scimtest.Must(tb, err)
	var made struct{ ID string }
	scimtest.Must(tb, json.Unmarshal(h.send(tb, http.MethodPost, "/scim/v2/Groups", string(group)).Body.Bytes(), &made))
	h.group, h.user = "/scim/v2/Groups/"+made.ID, "/scim/v2/Users/"+h.members[0]
}

// push is a request of the hot paths, with the allocations that it may take, and how many KB
// these may be together.
type push struct {
	name, method, path, body string
	allocations, kilobytes   float64
}

func (h *hotPath) pushes(tb testing.TB) []push {
	tb.Helper()
	full, err := os.ReadFile("../testdata/okta/user_full.json")
	scimtest.Must(tb, err)
	counted := regexp.MustCompile(`"(userName|externalId)": *"[^"]*"`).
		ReplaceAll(full, []byte(`"$1":"n00000000@acme.com"`))
	same := h.send(tb, http.MethodGet, h.user, "").Body.String()
	other := strings.Replace(same, `"displayName":"`, `"title":"Countess","displayName":"`, 1)
	const operations = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[%s]}`
	join := fmt.Sprintf(`{"op":"replace","value":{"id":%q,"displayName":"Everybody"}},`+
		`{"op":"add","path":"members","value":[{"value":%q,"display":"ada"}]}`,
		strings.TrimPrefix(h.group, "/scim/v2/Groups/"), h.members[0])
	return []push{
		{"filter", http.MethodGet,
			"/scim/v2/Users?filter=userName+eq+%22user-0001%40acme.com%22&startIndex=1&count=100", "", 213, 24},
		{"read", http.MethodGet, h.user, "", 170, 22},
		{"page of 100", http.MethodGet, "/scim/v2/Users?startIndex=1&count=100", "", 7500, 950},
		{"group of 500", http.MethodGet, h.group, "", 420, 450},
		{"create", http.MethodPost, "/scim/v2/Users", string(counted), 500, 82},
		{"replace by the same", http.MethodPut, h.user, same, 277, 30},
		{"replace", http.MethodPut, h.user, other, 385, 42},
		{"deactivate", http.MethodPatch, h.user, fmt.Sprintf(operations, `{"op":"replace","value":{"active":false}}`), 427,
			46},
		{"join", http.MethodPatch, h.group, fmt.Sprintf(operations, join), 290, 30},
	}
}

// TestAllocations keeps the hot paths from going back to what they cost before: the bounds
// are a tenth above what was measured with the race detector, of which some 30 allocations of
// 5 KB are the test's own.
func TestAllocations(t *testing.T) {
	h := newHotPath(t)
	for _, p := range h.pushes(t) {
		allocations, kilobytes := math.Inf(1), math.Inf(1)
		for range 3 { // with the race detector, a sync.Pool loses some of what is put back, by chance
			n, kb := allocated(func() { h.send(t, p.method, p.path, h.counted(p.body)) })
			allocations, kilobytes = min(allocations, n), min(kilobytes, kb)
		}
		if allocations > p.allocations || kilobytes > p.kilobytes {
			t.Errorf("%s takes %v allocations of %.1f KB, want %v of %v KB at most", p.name, allocations, kilobytes,
				p.allocations, p.kilobytes)
		}
	}
}

// allocated is how many allocations something takes, of how many KB.
func allocated(do func()) (allocations, kilobytes float64) {
	const runs = 50
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	allocations = testing.AllocsPerRun(runs, do)
	runtime.ReadMemStats(&after)
	return allocations, float64(after.TotalAlloc-before.TotalAlloc) / (runs + 1) / (1 << 10)
}

// TestClassicAllocations keeps SCIM 1.1 within a tenth of what SCIM 2.0 takes for the same.
func TestClassicAllocations(t *testing.T) {
	h := newHotPath(t)
	for _, p := range h.pushes(t) {
		old := p.inOld(t)
		allocations := func(p push) float64 {
			return testing.AllocsPerRun(50, func() { h.send(t, p.method, p.path, h.counted(p.body)) })
		}
		if classic, modern := allocations(old), allocations(p); classic > 1.1*modern {
			t.Errorf("%s takes %v allocations, and %v in SCIM 2.0", old.name, classic, modern)
		}
	}
}

// counted is a body with the next name in it, if it has one.
func (h *hotPath) counted(body string) string {
	h.made++
	return strings.ReplaceAll(body, "n00000000", fmt.Sprintf("n%08d", h.made))
}

// BenchmarkPush measures the hot paths: what the bridge itself takes for a request, without
// any network.
func BenchmarkPush(b *testing.B) {
	h := newHotPath(b)
	for _, p := range h.pushes(b) {
		for _, dialect := range []push{p, p.inOld(b)} {
			b.Run(dialect.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					h.send(b, dialect.method, dialect.path, h.counted(dialect.body))
				}
			})
		}
	}
}

// inOld is the push as Okta's own app makes it, in SCIM 1.1.
func (p push) inOld(tb testing.TB) push {
	tb.Helper()
	p.name += ", SCIM 1.1"
	p.path = strings.Replace(p.path, scim.BasePath, scim.ClassicPath, 1)
	if p.body != "" {
		var body map[string]any
		scimtest.Must(tb, json.Unmarshal([]byte(p.body), &body))
		b, err := json.Marshal(scimtest.InOld(body))
		scimtest.Must(tb, err)
		p.body = string(b)
	}
	return p
}

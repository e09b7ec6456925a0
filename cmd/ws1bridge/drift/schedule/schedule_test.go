package schedule_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/cmd/ws1bridge/drift/org"
	"ws1bridge/cmd/ws1bridge/drift/schedule"
	"ws1bridge/scim"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

// world is an org in which somebody is assigned who has no account.
type world struct {
	*schedule.Schedule

	org      *oktatest.Org
	access   *accesstest.Running
	outcomes chan struct{}
	log      *observer.ObservedLogs
	metrics  *prometheus.Registry
	problem  error // why there is no comparison
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T, change ...func(*schedule.Config)) *world {
	t.Helper()
	core, log := observer.New(zapcore.DebugLevel)
	w := &world{org: oktatest.Start(t), outcomes: make(chan struct{}, 10), log: log, metrics: prometheus.NewRegistry(),
		access: accesstest.Start(t, accesstest.Config{ClientID: "id", ClientSecret: "secret", Domains: []string{"acme.com"}})}
	w.org.Set([]oktatest.User{{ID: "00u1", Status: "ACTIVE", UserName: "ada@acme.com",
		Profile: oktatest.Profile("Ada", "Lovelace", "ada@acme.com")}}, nil)
	base, err := upstream.TenantURL(w.access.URL)
	must(t, err)
	transport := connection.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	access, err := connection.New(base, transport, auth.Config{ClientID: "id", ClientSecret: "secret"},
		connection.ForOperator([]string{"acme.com"}))
	must(t, err)
	translator, err := translate.New(translate.Config{DefaultDomain: "acme.com"})
	must(t, err)
	bridge, err := scim.NewHandler(scim.Config{Users: access.Client, Groups: access.Client, Translator: translator,
		GroupDomain: "acme.com", Authenticate: func(string) (string, error) { return "", errors.New("nobody") },
		Log: zap.NewNop()})
	must(t, err)
	okta := &org.Org{URL: w.org.URL, AppID: oktatest.AppID, As: org.APIToken{Secret: oktatest.Token},
		HTTPClient: &http.Client{Transport: transport}}
	cfg := schedule.Config{Every: time.Hour, Repair: func() bool { return false },
		Push: bridge.Push, Log: zap.New(core), Registerer: w.metrics,
		OnOutcome: func() { w.outcomes <- struct{}{} },
		Comparison: func() (*drift.Comparison, func(), error) {
			return &drift.Comparison{Source: okta, Client: access.Client, Translator: translator}, func() {}, w.problem
		}}
	for _, c := range change {
		c(&cfg)
	}
	w.Schedule = schedule.New(cfg)
	return w
}

// start runs it until the test ends.
func (w *world) start(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		must(t, <-ended)
	})
}

// now has it compare, and waits for the outcome.
func (w *world) now(t *testing.T) schedule.State {
	t.Helper()
	w.Now()
	select {
	case <-w.outcomes:
	case <-time.After(time.Minute):
		t.Fatal("no comparison was made")
	}
	return w.State()
}

// TestSchedule tells what differs, and remembers the trouble of one that could not be made.
func TestSchedule(t *testing.T) {
	w := newWorld(t)
	w.start(t)
	found := w.now(t)
	if found.Total() != 1 || found.Counts[drift.Missing] != 1 || found.Report.People != 1 || found.Compared.IsZero() ||
		found.Repaired != 0 {
		t.Errorf("got %+v", found)
	}
	w.org.Fault(0, 0, http.StatusForbidden, 0)
	failed := w.now(t)
	if failed.Trouble == nil || !failed.Compared.Equal(found.Compared) || failed.Total() != 1 ||
		w.Ready(t.Context()) == nil {
		t.Errorf("after a failure: %+v", failed)
	}
	w.org.Fault(0, 0, 0, 0)
	w.org.Set(nil, nil)
	if again := w.now(t); again.Trouble != nil || again.Total() != 0 || w.Ready(t.Context()) != nil {
		t.Errorf("after it passed: %+v", again)
	}
	if n, err := testutil.GatherAndCount(w.metrics, "ws1bridge_drift_differences"); n != len(drift.Kinds) || err != nil {
		t.Errorf("there are %d gauges, want one of each of %d kinds (%v)", n, len(drift.Kinds), err)
	}
	var said []string
	for _, line := range w.log.All() {
		said = append(said, line.Message)
		for name, value := range line.ContextMap() {
			if s, ok := value.(string); ok && strings.Contains(s, "ada") {
				t.Errorf("the log names a person: %s %s", name, s)
			}
		}
	}
	if got := strings.Join(said, "; "); got != "Okta and Access differ; Okta and Access could not be compared; "+
		"Okta and Access agree" {
		t.Errorf("the log says %q", got)
	}
}

// TestScheduleRepairs repairs, and tells what is left.
func TestScheduleRepairs(t *testing.T) {
	w := newWorld(t, func(c *schedule.Config) { c.Repair = func() bool { return true } })
	w.start(t)
	left := w.now(t)
	if left.Repaired != 1 || left.Failed != 0 || left.Total() != 1 || left.Counts[drift.NotLinked] != 1 {
		t.Errorf("got %+v", left)
	}
	if again := w.now(t); again.Repaired != 0 || again.Total() != 1 {
		t.Errorf("the second time: %+v", again)
	}
	w.org.Set([]oktatest.User{{ID: "00u1", Status: "ACTIVE", UserName: "ada@acme.com",
		Profile: oktatest.Profile("Ada", strings.Repeat("x", 5000), "ada@acme.com")}}, nil)
	w.access.AddFault(accesstest.Fault{Method: http.MethodPatch, Status: http.StatusBadRequest})
	if failed := w.now(t); failed.Failed != 1 || failed.Counts[drift.Attributes] != 1 {
		t.Errorf("a repair that is refused: %+v", failed)
	}
}

// TestScheduleNeverDeactivatesTheUnassigned leaves accounts alone that nobody is assigned to.
func TestScheduleNeverDeactivatesTheUnassigned(t *testing.T) {
	w := newWorld(t, func(c *schedule.Config) { c.Repair = func() bool { return true } })
	w.start(t)
	w.now(t)
	w.org.Set(nil, nil)
	if got := w.now(t); got.Repaired != 0 || got.Counts[drift.Unassigned] != 1 {
		t.Errorf("got %+v", got)
	}
}

// TestScheduleWithoutConfiguration tells why there is nothing to compare.
func TestScheduleWithoutConfiguration(t *testing.T) {
	w := newWorld(t)
	w.problem = errors.New("okta.app_id is not set")
	w.start(t)
	if got := w.now(t); !errors.Is(got.Trouble, w.problem) || !got.Compared.IsZero() {
		t.Errorf("got %+v", got)
	}
}

// TestScheduleKeepsWhatItRepaired though what is left could not be compared.
func TestScheduleKeepsWhatItRepaired(t *testing.T) {
	w := newWorld(t, func(c *schedule.Config) {
		c.Repair = func() bool { return true }
	})
	push := w.Push
	w.Push = func(ctx context.Context, p scim.Push) scim.Outcome {
		defer w.org.Fault(0, 0, http.StatusForbidden, 0)
		return push(ctx, p)
	}
	w.start(t)
	if got := w.now(t); got.Repaired != 1 || got.Trouble == nil || got.Compared.IsZero() || got.Total() != 1 {
		t.Errorf("got %+v", got)
	}
}

// TestScheduleThatIsTooSlow says what to do.
func TestScheduleThatIsTooSlow(t *testing.T) {
	w := newWorld(t, func(c *schedule.Config) { c.Every = 50 * time.Millisecond })
	w.org.Fault(100, 0, 0, 0)
	w.start(t)
	if got := w.now(t); got.Trouble == nil || !strings.Contains(got.Trouble.Error(), "longer than drift.every") {
		t.Errorf("got %+v", got)
	}
}

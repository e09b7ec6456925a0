package status

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patient is a component whose health a test decides.
type patient struct {
	ill    atomic.Pointer[error]
	checks atomic.Int32
	takes  atomic.Int64 // ns
}

func (p *patient) check(ctx context.Context) error {
	p.checks.Add(1)
	select {
	case <-time.After(time.Duration(p.takes.Load())):
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := p.ill.Load(); err != nil {
		return *err
	}
	return nil
}

func (p *patient) fallIll(err error) { p.ill.Store(&err) }

func (p *patient) recover() { p.ill.Store(nil) }

var (
	errIll       = errors.New("ill")
	errUncertain = errors.New("uncertain")
)

func explain(err error) (verdict Verdict, detail, fix string) {
	if errors.Is(err, errUncertain) {
		return Unknown, err.Error(), ""
	}
	return Failed, err.Error(), "get well"
}

// newBoard is a board with one component, and what it logs.
func newBoard(t *testing.T) (*Board, *patient, *observer.ObservedLogs) {
	t.Helper()
	core, log := observer.New(zap.DebugLevel)
	p := &patient{}
	return New(zap.New(core), prometheus.NewPedanticRegistry(), Component{Name: "x", Check: p.check, Explain: explain}),
		p, log
}

func get(t *testing.T, b *Board) (code int, shown page) {
	t.Helper()
	w := httptest.NewRecorder()
	b.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/status", http.NoBody))
	if err := json.Unmarshal(w.Body.Bytes(), &shown); err != nil {
		t.Fatal(err)
	}
	return w.Code, shown
}

// Those who look do not become load, and see a recovery soon.
func TestFindingsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p, _ := newBoard(t)
		p.fallIll(errIll)
		steps := []struct {
			after  time.Duration
			well   bool
			want   int
			checks int32
		}{
			{want: 503, checks: 1},
			{after: keepBad - time.Second, well: true, want: 503, checks: 1},
			{after: time.Second, want: 200, checks: 2},
			{after: keepGood - time.Second, want: 200, checks: 2},
			{after: time.Second, want: 200, checks: 3},
		}
		for i, step := range steps {
			time.Sleep(step.after)
			if step.well {
				p.recover()
			}
			if code, _ := get(t, b); code != step.want || p.checks.Load() != step.checks {
				t.Errorf("look %d: %d after %d checks, want %d after %d", i+1, code, p.checks.Load(), step.want, step.checks)
			}
		}
	})
}

// Many who look share one check, and one who leaves early spoils it for nobody.
func TestChecksAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p, _ := newBoard(t)
		p.takes.Store(int64(time.Second))
		left, leave := context.WithCancel(t.Context())
		for range 5 {
			go b.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(left, http.MethodGet, "/", http.NoBody))
		}
		synctest.Wait()
		leave()
		if code, _ := get(t, b); code != http.StatusOK || p.checks.Load() != 1 {
			t.Errorf("%d after %d checks", code, p.checks.Load())
		}
	})
}

// A check that hangs keeps nobody for long, and is no good finding.
func TestCheckThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p, _ := newBoard(t)
		p.takes.Store(int64(time.Hour))
		began := time.Now()
		if code, _ := get(t, b); code != http.StatusServiceUnavailable || time.Since(began) != checkTimeout {
			t.Errorf("%d after %v", code, time.Since(began))
		}
	})
}

// The board looks by itself, tells each change once, and says since when it is so.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p, log := newBoard(t)
		stop := run(t, b)
		began := time.Now()
		time.Sleep(10 * time.Minute)
		if n := p.checks.Load(); n < 20 || n > 21 {
			t.Errorf("%d checks in 10 minutes, want one each 30 s", n)
		}
		p.fallIll(errIll)
		time.Sleep(10 * time.Minute)
		code, shown := get(t, b)
		x := shown.Components["x"]
		if fell := began.Add(10 * time.Minute); code != http.StatusServiceUnavailable || shown.Status != "failed" ||
			x.Since.Before(fell) || x.Since.After(fell.Add(restGood)) || x.Detail != "ill" || x.Fix != "get well" {
			t.Errorf("%d %+v", code, shown)
		}
		p.recover()
		time.Sleep(keepBad)
		if code, shown = get(t, b); code != http.StatusOK || shown.Components["x"].Detail != "" {
			t.Errorf("%d %+v after it got well", code, shown)
		}
		p.fallIll(errUncertain)
		time.Sleep(time.Minute)
		if code, shown = get(t, b); code != http.StatusOK || shown.Components["x"].Status != Unknown {
			t.Errorf("%d %+v while it is uncertain", code, shown)
		}
		var told []string
		for _, line := range log.All() {
			told = append(told, line.Message)
		}
		if got := strings.Join(told, "; "); got !=
			"a component does not work; a component works; a component could not be checked" {
			t.Errorf("told were: %s", got)
		}
		stop()
	})
}

// Who saw something fail need not wait for the next look.
func TestLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p, log := newBoard(t)
		stop := run(t, b)
		time.Sleep(time.Second)
		p.fallIll(errIll)
		b.Look()
		synctest.Wait()
		if log.Len() != 1 {
			t.Errorf("%d lines were written, want one about what fell ill", log.Len())
		}
		p.takes.Store(int64(time.Second)) // one that is under way does not know what is seen now
		time.Sleep(keepBad + time.Second/2)
		p.recover()
		b.Look()
		time.Sleep(3 * time.Second)
		if log.Len() != 2 {
			t.Errorf("%d lines were written, want one more about what got well", log.Len())
		}
		stop()
	})
}

// The gauge says only what is known, and asks nobody.
func TestGauge(t *testing.T) {
	b, p, _ := newBoard(t)
	for _, step := range []struct {
		err  error
		want string
	}{{nil, "1"}, {errIll, "0"}, {errUncertain, ""}} {
		if p.recover(); step.err != nil {
			p.fallIll(step.err)
		}
		b.Look()
		get(t, b)
		checks := p.checks.Load()
		want := ""
		if step.want != "" {
			want = "# HELP ws1bridge_component_ok 1 when the component works, 0 when it does not. There is no series of " +
				"what could not be checked.\n# TYPE ws1bridge_component_ok gauge\nws1bridge_component_ok{component=\"x\"} " +
				step.want + "\n"
		}
		if err := testutil.CollectAndCompare(b, strings.NewReader(want)); err != nil {
			t.Error(err)
		}
		if p.checks.Load() != checks {
			t.Error("the gauge has a check made")
		}
	}
}

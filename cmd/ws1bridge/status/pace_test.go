package status

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// run has a board look by itself, until the function that it returns is called.
func run(t *testing.T, b *Board) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// Each component is looked at as often as it says, whatever is wrong with others.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		costly, cheap, well, uncertain := &patient{}, &patient{}, &patient{}, &patient{}
		costly.fallIll(errIll)
		cheap.fallIll(errIll)
		uncertain.fallIll(errUncertain)
		b := New(zap.NewNop(), prometheus.NewPedanticRegistry(),
			Component{Name: "costly", Check: costly.check, Explain: explain, KeepBad: time.Minute},
			Component{Name: "cheap", Check: cheap.check, Explain: explain},
			Component{Name: "well", Check: well.check, Explain: explain, Keep: 5 * time.Minute},
			Component{Name: "uncertain", Check: uncertain.check, Explain: explain})
		stop := run(t, b)
		time.Sleep(10*time.Minute - time.Second)
		for name, got := range map[string][2]int32{
			"costly": {costly.checks.Load(), 10}, "cheap": {cheap.checks.Load(), 120}, "well": {well.checks.Load(), 2},
			"uncertain": {uncertain.checks.Load(), 20},
		} {
			if got[0] != got[1] {
				t.Errorf("%s: %d checks in 10 minutes, want %d", name, got[0], got[1])
			}
		}
		costly.recover()
		b.Look()
		synctest.Wait()
		if f := b.components[0].known(); f.Status != OK {
			t.Errorf("%+v is known after somebody was told to look", f)
		}
		stop()
	})
}

// That a bridge stops is no news about what it depends on.
func TestStopIsNoNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p, log := newBoard(t)
		stop := run(t, b)
		time.Sleep(time.Second)
		p.takes.Store(int64(time.Hour))
		time.Sleep(restGood) // a check is under way
		stop()
		if f := b.components[0].known(); f.Status != OK || log.Len() != 0 {
			t.Errorf("%+v is known, and told was %v", f, log.All())
		}
	})
}

// A look does not wait for a check of somebody else when there is nobody to wait any more.
func TestStopWhileAnotherChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p, _ := newBoard(t)
		p.takes.Store(int64(time.Hour))
		asked := make(chan struct{})
		go func() { defer close(asked); get(t, b) }()
		synctest.Wait()
		stop := run(t, b)
		began := time.Now()
		if stop(); time.Since(began) != 0 {
			t.Errorf("the end took %v", time.Since(began))
		}
		<-asked
	})
}

// Whoever had to wait for the check before has the whole time for the own one.
func TestTimeOfACheckBeginsWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p, _ := newBoard(t)
		p.takes.Store(int64(checkTimeout - time.Second))
		first := make(chan struct{})
		go func() { defer close(first); get(t, b) }()
		synctest.Wait()
		b.Look() // what the first one finds does not count any more
		if code, shown := get(t, b); code != http.StatusOK || p.checks.Load() != 2 {
			t.Errorf("%d %+v after %d checks", code, shown, p.checks.Load())
		}
		<-first
	})
}

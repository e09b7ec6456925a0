package outcomes

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// TestObserve counts from several sides at once, and tells outcomes apart.
func TestObserve(t *testing.T) {
	reg := prometheus.NewRegistry()
	o := New(reg, prometheus.CounterOpts{Name: "requests_total", Help: "Requests."},
		prometheus.HistogramOpts{Name: "duration_seconds", Help: "Time.", Buckets: []float64{1}})
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			for range 100 {
				o.Observe("read user", 200, time.Second/2)
				o.Observe("read user", 404, 2*time.Second)
				o.Observe("list users", 0, 0)
			}
		})
	}
	work.Wait()
	want := `
# HELP duration_seconds Time.
# TYPE duration_seconds histogram
duration_seconds_bucket{code="0",operation="list users",le="1"} 800
duration_seconds_bucket{code="0",operation="list users",le="+Inf"} 800
duration_seconds_sum{code="0",operation="list users"} 0
duration_seconds_count{code="0",operation="list users"} 800
duration_seconds_bucket{code="200",operation="read user",le="1"} 800
duration_seconds_bucket{code="200",operation="read user",le="+Inf"} 800
duration_seconds_sum{code="200",operation="read user"} 400
duration_seconds_count{code="200",operation="read user"} 800
duration_seconds_bucket{code="404",operation="read user",le="1"} 0
duration_seconds_bucket{code="404",operation="read user",le="+Inf"} 800
duration_seconds_sum{code="404",operation="read user"} 1600
duration_seconds_count{code="404",operation="read user"} 800
# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{code="0",operation="list users"} 800
requests_total{code="200",operation="read user"} 800
requests_total{code="404",operation="read user"} 800
`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}

package upstream

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics counts what the client asks of Access. Operations are the constants
// of this package, so the label set is known at compile time.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	factory := promauto.With(reg)
	return &metrics{
		requests: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "ws1bridge_upstream_requests_total",
			Help: "Requests to Workspace ONE Access by operation and HTTP status; code 0 is no answer.",
		}, []string{"operation", "code"}),
		duration: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "ws1bridge_upstream_request_duration_seconds",
			Help:    "Time until Workspace ONE Access had answered a request.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}, []string{"operation", "code"}),
	}
}

func (m *metrics) observe(op string, status int, took time.Duration) {
	code := strconv.Itoa(status)
	m.requests.WithLabelValues(op, code).Inc()
	m.duration.WithLabelValues(op, code).Observe(took.Seconds())
}

package upstream

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"ws1bridge/upstream/outcomes"
)

// metrics counts what the client asks of Access. Operations are the constants
// of this package, so the label set is known at compile time.
type metrics struct {
	outcomes *outcomes.Outcomes
	retries  *prometheus.CounterVec
	open     prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) *metrics {
	factory := promauto.With(reg)
	return &metrics{
		outcomes: outcomes.New(reg, prometheus.CounterOpts{
			Name: "ws1bridge_upstream_requests_total",
			Help: "Requests to Workspace ONE Access by operation and HTTP status; code 0 is no answer.",
		}, prometheus.HistogramOpts{
			Name:    "ws1bridge_upstream_request_duration_seconds",
			Help:    "Time until Workspace ONE Access had answered a request.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}),
		retries: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "ws1bridge_upstream_retries_total",
			Help: "Requests to Workspace ONE Access that were sent again after a failure, by operation.",
		}, []string{"operation"}),
		open: factory.NewGauge(prometheus.GaugeOpts{
			Name: "ws1bridge_upstream_circuit_open",
			Help: "1 while requests fail at once because Workspace ONE Access failed several times in a row.",
		}),
	}
}

func (m *metrics) retried(op string) { m.retries.WithLabelValues(op).Inc() }

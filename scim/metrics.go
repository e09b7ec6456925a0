package scim

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"ws1bridge/upstream/outcomes"
)

// metrics counts what callers ask of the endpoint. Operations are the names in
// the table of routes, so the label set is known at compile time.
type metrics struct {
	outcomes       *outcomes.Outcomes
	lastSuccess    *prometheus.GaugeVec
	unknownMembers prometheus.Counter
	dropped        prometheus.Counter
	unknownPaths   prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	factory := promauto.With(reg)
	return &metrics{
		outcomes: outcomes.New(reg, prometheus.CounterOpts{
			Name: "ws1bridge_requests_total",
			Help: "SCIM requests by operation and HTTP status.",
		}, prometheus.HistogramOpts{
			Name:    "ws1bridge_request_duration_seconds",
			Help:    "Time until a SCIM request was answered.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 45},
		}),
		lastSuccess: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "ws1bridge_last_success_timestamp_seconds",
			Help: "When a SCIM request was last answered with success, by operation.",
		}, []string{"operation"}),
		unknownMembers: factory.NewCounter(prometheus.CounterOpts{
			Name: "ws1bridge_group_members_unknown_total",
			Help: "Members of pushed groups that were left out because Workspace ONE Access does not know them.",
		}),
		unknownPaths: factory.NewCounter(prometheus.CounterOpts{
			Name: "ws1bridge_unknown_paths_total",
			Help: "Requests with a good token to paths that lead nowhere; the log has the path of each.",
		}),
		dropped: factory.NewCounter(prometheus.CounterOpts{
			Name: "ws1bridge_attributes_dropped_total",
			Help: "Attributes in requests that were left out because no schema or pair has a home for them.",
		}),
	}
}

func (m *metrics) observe(op string, status int, took time.Duration) {
	m.outcomes.Observe(op, status, took)
	if status/100 == 2 {
		m.lastSuccess.WithLabelValues(op).SetToCurrentTime()
	}
}

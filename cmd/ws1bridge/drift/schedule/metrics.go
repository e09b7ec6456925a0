package schedule

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"ws1bridge/cmd/ws1bridge/drift"
)

// What becomes of a repair.
const (
	done    = "done"
	failed  = "failed"
	skipped = "skipped"
)

// metrics are those of comparisons.
type metrics struct {
	differences *prometheus.GaugeVec
	compared    prometheus.Gauge
	repairs     *prometheus.CounterVec
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	factory := promauto.With(registerer)
	m := &metrics{
		differences: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "ws1bridge_drift_differences",
			Help: "Differences between Okta and Access in the last comparison, by kind.",
		}, []string{"kind"}),
		compared: factory.NewGauge(prometheus.GaugeOpts{
			Name: "ws1bridge_drift_last_comparison_timestamp_seconds",
			Help: "When Okta and Access were compared last.",
		}),
		repairs: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "ws1bridge_drift_repairs_total",
			Help: "Repairs of differences between Okta and Access, by result: done, failed, or skipped.",
		}, []string{"result"}),
	}
	for _, result := range []string{done, failed, skipped} {
		m.repairs.WithLabelValues(result) // a rate needs a beginning
	}
	return m
}

// set tells what is known.
func (m *metrics) set(s State) {
	if s.Compared.IsZero() {
		return
	}
	m.compared.Set(float64(s.Compared.Unix()))
	for _, kind := range drift.Kinds {
		m.differences.WithLabelValues(strings.ReplaceAll(string(kind), " ", "_")).Set(float64(s.Counts[kind]))
	}
}

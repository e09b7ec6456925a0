package auth

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics tells how the token is. The results are known at compile time and
// counted from 0, so that a rate sees the first failure.
type metrics struct {
	expiry                   prometheus.Gauge
	ok, refused, unavailable prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	factory := promauto.With(reg)
	fetches := factory.NewCounterVec(prometheus.CounterOpts{
		Name: "ws1bridge_token_fetches_total",
		Help: "Requests for an OAuth token by result: ok, refused (the credentials are wrong) or unavailable.",
	}, []string{"result"})
	return &metrics{
		expiry: factory.NewGauge(prometheus.GaugeOpts{
			Name: "ws1bridge_token_expiry_timestamp_seconds",
			Help: "When the OAuth token for Workspace ONE Access ends, in Unix time; 0 while there is none.",
		}),
		ok:          fetches.WithLabelValues("ok"),
		refused:     fetches.WithLabelValues("refused"),
		unavailable: fetches.WithLabelValues("unavailable"),
	}
}

func (m *metrics) fetched(expires time.Time) {
	m.ok.Inc()
	m.expiry.Set(float64(expires.UnixMilli()) / 1000)
}

func (m *metrics) failed(err *Error) {
	if errors.Is(err, ErrCredentials) {
		m.refused.Inc()
		return
	}
	m.unavailable.Inc()
}

func (m *metrics) dropped() { m.expiry.Set(0) }

// Package outcomes counts requests by what they were for and what became of them.
package outcomes

import (
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Outcomes are a counter and a histogram of requests, with the labels operation and code. It
// is safe for concurrent use.
type Outcomes struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec

	mu     sync.RWMutex // guards series
	series map[outcome]series
}

// outcome is what the labels say.
type outcome struct {
	operation string
	status    int
}

// series are those of an outcome. To look them up by their labels takes longer than to count.
type series struct {
	requests prometheus.Counter
	duration prometheus.Observer
}

// New makes the metrics; a nil Registerer leaves them unregistered.
func New(reg prometheus.Registerer, requests prometheus.CounterOpts, duration prometheus.HistogramOpts) *Outcomes {
	labels := []string{"operation", "code"}
	factory := promauto.With(reg)
	return &Outcomes{requests: factory.NewCounterVec(requests, labels),
		duration: factory.NewHistogramVec(duration, labels), series: map[outcome]series{}}
}

// Observe counts a request. The status is that of HTTP, or 0 where there was no answer.
// Operations must be few.
func (o *Outcomes) Observe(operation string, status int, took time.Duration) {
	s := o.of(outcome{operation, status})
	s.requests.Inc()
	s.duration.Observe(took.Seconds())
}

func (o *Outcomes) of(what outcome) series {
	o.mu.RLock()
	s, ok := o.series[what]
	o.mu.RUnlock()
	if ok {
		return s
	}
	code := strconv.Itoa(what.status)
	s = series{o.requests.WithLabelValues(what.operation, code), o.duration.WithLabelValues(what.operation, code)}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.series[what] = s
	return s
}

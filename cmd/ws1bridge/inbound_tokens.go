package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.uber.org/zap"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/console"
)

const (
	// lookAtEnds is how often the ends of Okta's tokens are looked at.
	lookAtEnds = time.Hour
	// tellEnds is how often the log tells of one that has ended or ends soon.
	tellEnds = 24 * time.Hour
)

// inboundTokens tells of the ends of Okta's tokens, in time.
type inboundTokens struct {
	keys  func() []auth.Key
	ends  *prometheus.GaugeVec
	log   *zap.Logger
	shown map[string]time.Time // when the log said something of a token last
}

func newInboundTokens(keys func() []auth.Key, log *zap.Logger, metrics prometheus.Registerer) *inboundTokens {
	return &inboundTokens{keys: keys, log: log, shown: map[string]time.Time{},
		ends: promauto.With(metrics).NewGaugeVec(prometheus.GaugeOpts{
			Name: "ws1bridge_inbound_token_expiry_timestamp_seconds",
			Help: "When a token that Okta presents ends, by its name; tokens without an end have none.",
		}, []string{"name"})}
}

// run looks at the ends until ctx ends.
func (i *inboundTokens) run(ctx context.Context) error {
	tick := time.NewTicker(lookAtEnds)
	defer tick.Stop()
	for {
		i.tell(time.Now())
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// measure sets the gauge by the configuration in use.
func (i *inboundTokens) measure() {
	i.ends.Reset()
	for place, key := range i.keys() {
		if !key.Expires.IsZero() {
			i.ends.WithLabelValues(auth.KeyName(key, place)).Set(float64(key.Expires.Unix()))
		}
	}
}

// notices are what the console says of tokens that have ended or end soon.
func (i *inboundTokens) notices() (list []console.Notice) {
	ended, soon := auth.Ends(i.keys(), time.Now())
	for _, key := range soon {
		list = append(list, console.Notice{
			Text: "The token " + key.Name + " of Okta ends on " + key.Expires.UTC().Format("2006-01-02 15:04 UTC") + ".",
			Fix:  "make another one (ws1bridge token new), add its digest to okta.tokens, and enter the token in Okta"})
	}
	for _, key := range ended {
		list = append(list, console.Notice{Text: "The token " + key.Name + " of Okta has ended.",
			Fix: "if Okta has another one, take this one out of okta.tokens"})
	}
	return list
}

// tell writes a line about each token that has ended or ends soon, once a day.
func (i *inboundTokens) tell(now time.Time) {
	ended, soon := auth.Ends(i.keys(), now)
	for _, list := range []struct {
		keys  []auth.Key
		words string
	}{
		{ended, "a token of Okta has ended: if Okta has another one, take this one out of okta.tokens"},
		{soon, "a token of Okta ends soon: make another one (ws1bridge token new) and enter it in Okta"},
	} {
		for _, key := range list.keys {
			if what := list.words + key.Name; now.Sub(i.shown[what]) >= tellEnds {
				i.shown[what] = now
				i.log.Warn(list.words, zap.String("token", key.Name), zap.Time("ends", key.Expires))
			}
		}
	}
}

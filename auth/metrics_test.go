package auth_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"ws1bridge/auth"
)

// gathered returns every sample of reg by its name and result.
func gathered(t *testing.T, reg *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	samples := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			name := family.GetName()
			for _, label := range m.GetLabel() {
				name += " " + label.GetName() + "=" + label.GetValue()
			}
			samples[name] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return samples
}

func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(100)}
		reg := prometheus.NewRegistry()
		s := newSource(t, auth.Config{HTTPClient: &http.Client{Transport: e}, Registerer: reg})
		check := func(when string, ok, refused, unavailable, expiry float64) {
			t.Helper()
			want := map[string]float64{
				"ws1bridge_token_fetches_total result=ok":          ok,
				"ws1bridge_token_fetches_total result=refused":     refused,
				"ws1bridge_token_fetches_total result=unavailable": unavailable,
				"ws1bridge_token_expiry_timestamp_seconds":         expiry,
			}
			got := gathered(t, reg)
			for name, value := range want {
				if found, exists := got[name]; !exists || found != value {
					t.Errorf("%s: %s = %v, want %v", when, name, found, value)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s: metrics = %v", when, got)
			}
		}
		check("at the start", 0, 0, 0, 0)
		mustToken(t, s, "token-1")
		check("after a fetch", 1, 0, 0, float64(s.State().Expires.Unix()))
		s.Drop("token-1")
		check("after a drop", 1, 0, 0, 0)
		e.set(func(e *endpoint) { e.reply = func(int) (int, string) { return http.StatusUnauthorized, "" } })
		_, _ = s.Token(t.Context())
		check("after a refusal", 1, 1, 0, 0)
		time.Sleep(time.Second)
		e.set(func(e *endpoint) { e.down = true })
		_, _ = s.Token(t.Context())
		check("after an outage", 1, 1, 1, 0)
	})
}

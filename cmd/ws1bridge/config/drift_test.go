package config

import (
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

// TestDriftMistakes are told with what to do.
func TestDriftMistakes(t *testing.T) {
	const every = "drift.every (WS1BRIDGE_DRIFT_EVERY): "
	for name, tt := range map[string]struct {
		env  []string
		want string
	}{
		"too often": {[]string{"WS1BRIDGE_DRIFT_EVERY=1m", "WS1BRIDGE_DRIFT_REPAIR=true"},
			every + "must be from 15m0s to 744h0m0s, or 0: never"},
		"without Okta": {[]string{"WS1BRIDGE_DRIFT_EVERY=24h"}, every + "needs " + OktaSettings},
		"repairs without comparisons": {[]string{"WS1BRIDGE_DRIFT_REPAIR=true"},
			"drift.repair (WS1BRIDGE_DRIFT_REPAIR): needs drift.every: ws1bridge drift --repair repairs once"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Examine("", cmdtest.Environ(tt.env...))
			if got := strings.Join(problems.Lines(), "\n"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestRepairsWithoutAGuard are warned of.
func TestRepairsWithoutAGuard(t *testing.T) {
	env := cmdtest.Environ("WS1BRIDGE_DRIFT_EVERY=24h", "WS1BRIDGE_DRIFT_REPAIR=true", "WS1BRIDGE_OKTA_APP_ID=0oa1",
		"WS1BRIDGE_OKTA_ORG_URL=https://acme.okta.com", "WS1BRIDGE_OKTA_API_TOKEN=hush-token-of-okta")
	c, err := Load("", env)
	if err != nil || !c.Drift.Repair || c.Drift.Every != 24*time.Hour {
		t.Fatalf("got %+v, %v", c.Drift, err)
	}
	if got := c.Warnings(env).Error(); !strings.Contains(got, "repairs are not bounded") {
		t.Errorf("the warnings are %q", got)
	}
	c.Guard.MaxDeactivations = "5%"
	if got := c.Warnings(env); len(got) > 0 {
		t.Errorf("with a guard, the warnings are %v", got)
	}
}

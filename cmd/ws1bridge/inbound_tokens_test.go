package main

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

// TestInboundTokens tells of a token before it ends, once a day, and afterwards.
func TestInboundTokens(t *testing.T) {
	now := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	keys := []auth.Key{{Token: "a"}, {Name: "old", Expires: now.AddDate(0, 0, 15)}, {Expires: now.AddDate(1, 0, 0)}}
	core, lines := observer.New(zapcore.InfoLevel)
	i := newInboundTokens(func() []auth.Key { return keys }, zap.New(core), prometheus.NewRegistry())
	i.measure()
	if n := testutil.CollectAndCount(i.ends); n != 2 {
		t.Errorf("%d ends are shown", n)
	}
	if got := testutil.ToFloat64(i.ends.WithLabelValues("old")); got != float64(now.AddDate(0, 0, 15).Unix()) {
		t.Errorf("the end is %v", got)
	}
	told := func(after time.Duration) string {
		i.tell(now.Add(after))
		var words []string
		for _, line := range lines.TakeAll() {
			words = append(words, line.Message+" "+line.ContextMap()["token"].(string))
		}
		return strings.Join(words, "\n")
	}
	const day = 24 * time.Hour
	for _, tt := range []struct {
		after time.Duration
		want  string
	}{
		{0, ""}, {2 * day, "ends soon"}, {2*day + time.Hour, ""}, {3 * day, "ends soon"}, {16 * day, "has ended"},
	} {
		if got := told(tt.after); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) ||
			got != "" && !strings.HasSuffix(got, " old") {
			t.Errorf("after %v the log says %q, want %q", tt.after, got, tt.want)
		}
	}
	keys = keys[:1]
	i.measure()
	if n := testutil.CollectAndCount(i.ends); n != 0 {
		t.Errorf("%d ends are shown of tokens that are no more", n)
	}
}

// TestTokenNew makes a token that the bridge accepts by its digest.
func TestTokenNew(t *testing.T) {
	o := newOperator(t, accesstest.Config{})
	out := o.expect(t, exitOK, words("token new --name okta-2027 --expires 2027-06-30"), "okta-2027", "sha256: ",
		"expires: 2027-06-30").stdout
	token := strings.TrimSpace(strings.Split(out, "\n")[2])
	if !strings.HasPrefix(token, "ws1b_") || auth.IsDamaged(token) ||
		!strings.Contains(out, auth.Digest(auth.Secret(token))) {
		t.Errorf("got %s", out)
	}
	var made struct{ Name, Token, SHA256, Expires string }
	decode(t, o.expect(t, exitOK, words("token new --json --name a")), &made)
	if made.SHA256 != auth.Digest(auth.Secret(made.Token)) || made.Name != "a" || made.Expires != "" {
		t.Errorf("got %+v", made)
	}
	_, yaml, _ := strings.Cut(out, "configuration:\n\n")
	yaml, _, _ = strings.Cut(yaml, "\n\n")
	o.env = append(o.env, "WS1BRIDGE_CONFIG="+cmdtest.WriteFile(t, yaml), "WS1BRIDGE_OKTA_TOKENS=")
	o.expect(t, exitOK, words("config check"), "1 token")
	o.expect(t, exitUsage, words("token new --expires soon"), "--expires must be a date")
	o.expect(t, exitUsage, words("token new --expires 2020-01-01"), "is over")
	o.expect(t, exitUsage, []string{"token", "new", "--name", "é"}, "a name that is not ASCII")
}

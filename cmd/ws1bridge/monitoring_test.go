package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

const (
	rulesFile     = "../../deploy/helm/ws1bridge/rules.yaml"
	rulesTestFile = "../../deploy/prometheus/rules_test.yaml"
	dashboardFile = "../../deploy/grafana/ws1bridge.json"
	alertsGuide   = "../../deploy/guides/alerts.md"
)

// elsewhere are the metrics that a bridge does not show here, with the reason.
var elsewhere = map[string]string{
	"ws1bridge_certificate_expiry_timestamp_seconds":   "there is one with HTTPS only",
	"ws1bridge_inbound_token_expiry_timestamp_seconds": "comes with tokens that have an end",
}

// promQL are the words of PromQL that rules and dashboard use; functions are known by the
// bracket behind them.
var promQL = []string{"and", "or", "unless", "by", "on", "offset", "sum", "min", "max", "count"}

// ofPrometheus are the labels that the one who scrapes adds, not the bridge.
var ofPrometheus = []string{"job", "instance", "namespace"}

func readText(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	must(t, err)
	return string(b)
}

// Whatever an alert or the dashboard asks for, a bridge that has pushed shows.
func TestMonitoringNamesWhatThereIs(t *testing.T) {
	metrics := shownMetrics(t)
	names := map[string]bool{}
	for _, text := range append(panels(t), rules(t)...) {
		named, wrong := metrics.check(text)
		for _, name := range named {
			names[name] = true
		}
		for _, what := range wrong {
			t.Errorf("%s: %s", text, what)
		}
	}
	if len(names) < 20 {
		t.Errorf("only %d metrics are named: %v", len(names), slices.Sorted(maps.Keys(names)))
	}
	for name := range elsewhere {
		if !names[name] || metrics.labels[name] != nil {
			t.Errorf("%s is no exception", name)
		}
	}
}

// shownMetrics are those of a bridge that has pushed, and had to repeat a request.
func shownMetrics(t *testing.T) shown {
	t.Helper()
	s := comparing(t, oktatest.Start(t))
	s.push(t, http.StatusCreated, http.MethodPost, "/Users", okta.User("ada@acme.com", "Ada", "Lovelace", "00u1ada"))
	s.access.AddFault(accesstest.Fault{Query: "ada@acme.com", Status: http.StatusServiceUnavailable, Count: 1})
	s.push(t, http.StatusOK, http.MethodGet, okta.Filtered("/Users", "userName", "ada@acme.com"), nil)
	cmdtest.Get(t, s.main+"/scim/v2/Users") // without a token
	s.awaitStatus(t, http.StatusOK)
	s.compare(t, "/metrics", "ws1bridge_drift_differences")
	_, page := cmdtest.Get(t, s.ops+"/metrics")
	return readMetrics(page)
}

// panels are the expressions of the dashboard, with the labels that its legends name.
func panels(t *testing.T) (all []string) {
	t.Helper()
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
		Templating struct {
			List []struct{ Type, Query string }
		}
	}
	must(t, json.Unmarshal([]byte(readText(t, dashboardFile)), &dashboard))
	for _, p := range dashboard.Panels {
		if p.Title == "" || len(p.Targets) == 0 {
			t.Errorf("a panel has no title or asks for nothing: %+v", p)
		}
		for _, target := range p.Targets {
			var labels []string
			for _, m := range regexp.MustCompile(`{{(\w+)}}`).FindAllStringSubmatch(target.LegendFormat, -1) {
				labels = append(labels, m[1])
			}
			all = append(all, target.Expr+" by ("+strings.Join(labels, ",")+")")
		}
	}
	for _, v := range dashboard.Templating.List {
		if query, ok := strings.CutPrefix(v.Query, "label_values("); ok {
			name, label, _ := strings.Cut(strings.TrimSuffix(query, ")"), ", ")
			all = append(all, name+" by ("+label+")")
		}
	}
	return all
}

// rules are the expressions of the alerts.
func rules(t *testing.T) (all []string) {
	t.Helper()
	for _, alert := range alerts(t) {
		all = append(all, alert.Expr)
	}
	return all
}

// alert is one of the rules.
type alert struct{ Alert, Expr, Runbook string }

func alerts(t *testing.T) (all []alert) {
	t.Helper()
	var file struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations map[string]string
			}
		}
	}
	decodeYAML(t, rulesFile, &file)
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			all = append(all, alert{r.Alert, r.Expr, r.Annotations["runbook"]})
		}
	}
	return all
}

func decodeYAML(t *testing.T, name string, into any) {
	t.Helper()
	values, err := yaml.Parser().Unmarshal([]byte(readText(t, name)))
	must(t, err)
	must(t, mapstructure.Decode(values, into))
}

// Each alert has its entry in the guide, and each entry its alert.
func TestAlertsAreExplained(t *testing.T) {
	var names, entries []string
	for _, a := range alerts(t) {
		names = append(names, a.Alert)
		if want := "deploy/guides/alerts.md#" + strings.ToLower(a.Alert); a.Runbook != want {
			t.Errorf("the runbook of %s is %q, want %s", a.Alert, a.Runbook, want)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^## (\w+)$`).FindAllStringSubmatch(readText(t, alertsGuide), -1) {
		entries = append(entries, m[1])
	}
	if len(names) < 10 || !slices.Equal(names, entries) {
		t.Errorf("the rules have %v\nthe guide has %v", names, entries)
	}
}

// Each alert is fired once and held back once by the tests that promtool runs.
func TestAlertsAreTested(t *testing.T) {
	var file struct {
		Tests []struct {
			AlertRuleTest []struct {
				Alertname string
				ExpAlerts []any `mapstructure:"exp_alerts"`
			} `mapstructure:"alert_rule_test"`
		}
	}
	decodeYAML(t, rulesTestFile, &file)
	fired, silent := map[string]bool{}, map[string]bool{}
	for _, test := range file.Tests {
		for _, step := range test.AlertRuleTest {
			fired[step.Alertname] = fired[step.Alertname] || len(step.ExpAlerts) > 0
		}
		last := test.AlertRuleTest[len(test.AlertRuleTest)-1] // before that, an alert may not be due yet
		silent[last.Alertname] = silent[last.Alertname] || len(last.ExpAlerts) == 0
	}
	for _, a := range alerts(t) {
		if !fired[a.Alert] || !silent[a.Alert] {
			t.Errorf("%s: a test has it fire: %t; a test has it not fire: %t", a.Alert, fired[a.Alert], silent[a.Alert])
		}
	}
}

// The table of metrics has each that a bridge shows, with its labels, and no other.
func TestMetricsAreDocumented(t *testing.T) {
	metrics := shownMetrics(t)
	documented := map[string]bool{}
	row := regexp.MustCompile("(?m)^\\| `(ws1bridge_\\w+)(?:{([^}]*)})?` \\|")
	for _, m := range row.FindAllStringSubmatch(readText(t, "../../deploy/operations.md"), -1) {
		documented[m[1]] = true
		labels, isShown := metrics.families()[m[1]]
		if want := strings.FieldsFunc(m[2], func(r rune) bool { return r == ',' }); isShown && !sameSet(labels, want) {
			t.Errorf("%s has the labels %v, and is documented with %v", m[1], labels, want)
		}
		if !isShown && elsewhere[m[1]] == "" {
			t.Errorf("%s is documented, and not there", m[1])
		}
	}
	for name := range metrics.families() {
		if strings.HasPrefix(name, "ws1bridge_") && !documented[name] {
			t.Errorf("deploy/operations.md has no row of %s", name)
		}
	}
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

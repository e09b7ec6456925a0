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
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

const (
	rulesFile     = "../../deploy/helm/ws1bridge/rules.yaml"
	dashboardFile = "../../deploy/grafana/ws1bridge.json"
	alertsGuide   = "../../deploy/guides/alerts.md"
)

// elsewhere are the metrics that a bridge does not show here, with the reason.
var elsewhere = map[string]string{
	"ws1bridge_certificate_expiry_timestamp_seconds":   "there is one with HTTPS only",
	"ws1bridge_inbound_token_expiry_timestamp_seconds": "comes with tokens that have an end",
	"ws1bridge_guard_tripped":                          "comes with the guard against mass damage",
}

// series finds the metrics of an expression, and the labels by which they are selected.
var series = regexp.MustCompile(`\b((?:ws1bridge|process|go)_\w+)(?:\{([^}]*)\})?`)

// ofPrometheus are the labels that the one who scrapes adds, not the bridge.
var ofPrometheus = []string{"job", "instance"}

func readText(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	must(t, err)
	return string(b)
}

// Whatever an alert or the dashboard asks for, a bridge that has pushed shows.
func TestMonitoringNamesWhatThereIs(t *testing.T) {
	s := serve(t, accesstest.Config{})
	s.push(t, http.StatusCreated, http.MethodPost, "/Users", okta.User("ada@acme.com", "Ada", "Lovelace", "00u1ada"))
	s.awaitStatus(t, http.StatusOK)
	metrics := ""
	for began := time.Now(); !strings.Contains(metrics, "\nws1bridge_upstream_retries_total"); {
		if time.Since(began) > cmdtest.Patience {
			t.Fatal("no request to Access was repeated")
		}
		s.access.AddFault(accesstest.Fault{Method: http.MethodGet, Path: accessAPI, Status: 503, Count: 1})
		s.push(t, http.StatusOK, http.MethodGet, "/Users?count=1", nil) // after a repetition, unless somebody else had it
		_, metrics = cmdtest.Get(t, s.ops+"/metrics")
	}
	texts := append(expressions(t), regexp.MustCompile(`(?m)^ {10}\S.*$`).FindAllString(readText(t, rulesFile), -1)...)
	names := map[string]bool{}
	for _, text := range texts {
		for _, m := range series.FindAllStringSubmatch(text, -1) {
			names[m[1]] = true
			if elsewhere[m[1]] == "" {
				wantSeries(t, metrics, m[1], m[2])
			}
		}
	}
	if len(names) < 20 {
		t.Errorf("only %d metrics are named: %v", len(names), slices.Sorted(maps.Keys(names)))
	}
	for name := range elsewhere {
		if !names[name] || strings.Contains(metrics, "\n"+name) {
			t.Errorf("%s is no exception", name)
		}
	}
}

// wantSeries wants /metrics to have a series with the labels by which it is selected.
func wantSeries(t *testing.T, metrics, name, selectors string) {
	t.Helper()
	line := regexp.MustCompile(`(?m)^` + name + `[{ ].*$`).FindString(metrics)
	if line == "" {
		t.Errorf("/metrics has no %s", name)
		return
	}
	for _, m := range regexp.MustCompile(`(\w+)(?:=~|!~|!=|=)"`).FindAllStringSubmatch(selectors, -1) {
		if !slices.Contains(ofPrometheus, m[1]) && !strings.Contains(line, m[1]+`="`) {
			t.Errorf("%s has no label %s: %s", name, m[1], line)
		}
	}
}

// expressions are those of the dashboard's panels.
func expressions(t *testing.T) (all []string) {
	t.Helper()
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	must(t, json.Unmarshal([]byte(readText(t, dashboardFile)), &dashboard))
	for _, p := range dashboard.Panels {
		if p.Title == "" || len(p.Targets) == 0 {
			t.Errorf("a panel has no title or asks for nothing: %+v", p)
		}
		for _, target := range p.Targets {
			all = append(all, target.Expr)
		}
	}
	return all
}

// Each alert has its entry in the guide, and each entry its alert.
func TestAlertsAreExplained(t *testing.T) {
	var alerts, entries []string
	for _, m := range regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(readText(t, rulesFile), -1) {
		alerts = append(alerts, m[1])
	}
	for _, m := range regexp.MustCompile(`(?m)^## (\w+)$`).FindAllStringSubmatch(readText(t, alertsGuide), -1) {
		entries = append(entries, m[1])
	}
	if len(alerts) < 10 || !slices.Equal(alerts, entries) {
		t.Errorf("the rules have %v\nthe guide has %v", alerts, entries)
	}
	rules := readText(t, rulesFile)
	for _, name := range alerts {
		if link := "runbook: deploy/guides/alerts.md#" + strings.ToLower(name); !strings.Contains(rules, link) {
			t.Errorf("%s does not say %s", name, link)
		}
	}
}

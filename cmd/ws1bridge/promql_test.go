package main

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shown are the metrics of a page: the labels of each series, by its name.
type shown struct {
	labels map[string][]map[string]string
}

var (
	sample = regexp.MustCompile(`(?m)^(\w+)(?:{(.*)})? [^ ]+$`)
	part   = regexp.MustCompile(`_(bucket|sum|count)$`) // of a histogram
	pair   = regexp.MustCompile(`(\w+)(=~|!~|!=|=)"([^"]*)"`)
)

func readMetrics(page string) shown {
	s := shown{labels: map[string][]map[string]string{}}
	for _, m := range sample.FindAllStringSubmatch(page, -1) {
		labels := map[string]string{}
		for _, p := range pair.FindAllStringSubmatch(m[2], -1) {
			labels[p[1]] = p[3]
		}
		s.labels[m[1]] = append(s.labels[m[1]], labels)
	}
	return s
}

// families are the names of labels by name of the metric, those of a histogram as one.
func (s shown) families() map[string][]string {
	all := map[string][]string{}
	for name, series := range s.labels {
		base := part.ReplaceAllString(name, "")
		if s.labels[base+"_bucket"] != nil {
			name = base
		}
		labels := []string{}
		for label := range series[0] {
			if label != "le" {
				labels = append(labels, label)
			}
		}
		all[name] = labels
	}
	return all
}

var (
	// grouping are the labels of by, on and the like.
	grouping = regexp.MustCompile(`\b(?:by|on|without|ignoring|group_left|group_right) ?\(([^)]*)\)`)
	// selecting is a metric, perhaps with what selects some of its series.
	selecting = regexp.MustCompile(`([a-zA-Z_:][\w:]*)(\s*\(|{[^}]*})?`)
	ranges    = regexp.MustCompile(`\[[^]]*\]|\boffset \w+`)
)

// check returns the metrics that an expression of PromQL names, and what is wrong with it:
// a metric that is not shown, or not with such labels.
func (s shown) check(expr string) (names, wrong []string) {
	groups := grouping.FindAllStringSubmatch(expr, -1)
	rest := ranges.ReplaceAllString(grouping.ReplaceAllString(expr, " "), " ")
	known := slices.Clone(ofPrometheus) // labels
	for _, m := range selecting.FindAllStringSubmatch(rest, -1) {
		name, selectors := m[1], m[2]
		if strings.HasSuffix(selectors, "(") || slices.Contains(promQL, name) {
			continue
		}
		names = append(names, name)
		if elsewhere[name] != "" {
			continue
		}
		if s.labels[name] == nil {
			wrong = append(wrong, "there is no "+name)
			continue
		}
		known = slices.AppendSeq(known, maps.Keys(s.labels[name][0]))
		wrong = append(wrong, s.checkSelectors(name, selectors)...)
	}
	for _, g := range groups {
		for label := range strings.FieldsFuncSeq(g[1], func(r rune) bool { return r == ',' || r == ' ' }) {
			if !slices.Contains(known, label) {
				wrong = append(wrong, "nothing in it has the label "+label)
			}
		}
	}
	return names, wrong
}

// checkSelectors finds labels by which a metric is selected and which it does not have, or
// not with that value; other statuses than those of the push may be asked for.
func (s shown) checkSelectors(name, selectors string) (wrong []string) {
	for _, m := range pair.FindAllStringSubmatch(selectors, -1) {
		label, op, value := m[1], m[2], m[3]
		has := func(labels map[string]string) bool {
			got, ok := labels[label]
			return ok && (op != "=" || label == "code" || got == value)
		}
		if !slices.Contains(ofPrometheus, label) && !slices.ContainsFunc(s.labels[name], has) {
			wrong = append(wrong, name+" has no "+label+op+strconv.Quote(value))
		}
	}
	return wrong
}

// The check itself: what it must find.
func TestCheckOfExpressions(t *testing.T) {
	s := readMetrics(`# HELP a_total x
a_total{code="200",kind="x"} 1
b_bucket{le="+Inf"} 2
b_sum 1
b_count 1
c 1.5e+09
`)
	for _, good := range []string{
		`sum by (code) (rate(a_total{kind="x",code=~"4..",code!~"404|409",job=~"$job"}[$__rate_interval])) / c > 0.05`,
		`histogram_quantile(0.9, sum by (le) (rate(b_bucket[5m]))) unless on (job, instance) c offset 15m`, "time() - c < 60",
		`a_total{code="500"}`,
	} {
		if _, wrong := s.check(good); len(wrong) > 0 {
			t.Errorf("%s: %v", good, wrong)
		}
	}
	for _, bad := range []string{
		"rate(d_total[5m])", `a_total{operation="x"}`, `a_total{kind="y"}`, "sum by (operation) (a_total)", "sum(b)", "x_c",
		"c and on (pod) a_total",
	} {
		if _, wrong := s.check(bad); len(wrong) != 1 {
			t.Errorf("found wrong with %s is %v", bad, wrong)
		}
	}
	got := s.families()
	if len(got) != 3 || !sameSet(got["a_total"], []string{"code", "kind"}) || len(got["b"]) != 0 {
		t.Errorf("the families are %v", got)
	}
}

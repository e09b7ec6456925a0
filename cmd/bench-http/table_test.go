package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for _, tt := range []struct {
		name   string
		sorted []time.Duration
		p      float64
		want   time.Duration
	}{
		{"half of a hundred", hundred, 50, 50},
		{"99 of a hundred", hundred, 99, 99},
		{"all of a hundred", hundred, 100, 100},
		{"none of a hundred is the first", hundred, 0, 1},
		{"half of three is the second", []time.Duration{1, 2, 9}, 50, 2},
		{"99 of three is the last", []time.Duration{1, 2, 9}, 99, 9},
		{"one is all there is", []time.Duration{7}, 50, 7},
		{"nothing is 0", nil, 50, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := percentile(tt.sorted, tt.p); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		name   string
		values []float64
		want   float64
	}{
		{"one", []float64{3}, 3},
		{"two have their mean", []float64{4, 1}, 2.5},
		{"three have the one in the middle", []float64{9, 1, 2}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := slices.Clone(tt.values)
			if got := median(tt.values, meanOf[float64]); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if !slices.Equal(tt.values, before) {
				t.Errorf("the values are now %v", tt.values)
			}
		})
	}
}

// TestRatioIsTheMedianOfRatios tells it from the ratio of medians.
func TestRatioIsTheMedianOfRatios(t *testing.T) {
	pairs := []pair{
		{bridge: result{cpu: 100}, proxy: result{cpu: 100}},
		{bridge: result{cpu: 300}, proxy: result{cpu: 100}},
		{bridge: result{cpu: 200}, proxy: result{cpu: 40}},
	}
	if got := cells("one", pairs)[5]; got != "3.00" {
		t.Errorf("the ratio is %s, want 3.00", got)
	}
	if got := medians(pairs); got.bridge.cpu != 200 || got.proxy.cpu != 100 {
		t.Errorf("the medians are %v and %v", got.bridge.cpu, got.proxy.cpu)
	}
}

func TestTable(t *testing.T) {
	p := pair{
		bridge: result{perSecond: 2868.4, p50: 10726 * time.Microsecond, p99: 126 * time.Millisecond,
			cpu: 309 * time.Microsecond, emulator: 123 * time.Microsecond, memory: 27 << 20, requests: 4},
		proxy: result{perSecond: 7.433, p50: 370 * time.Microsecond, p99: 4 * time.Millisecond,
			cpu: 84 * time.Microsecond, emulator: 87 * time.Microsecond, memory: 15 << 20, requests: 1},
	}
	table := heading(columns()) + line(columns(), cells("GET: µ", []pair{p}))
	lines := strings.Split(strings.TrimSpace(table), "\n")
	for _, l := range lines {
		if width := len([]rune(l)); width != len([]rune(lines[0])) || strings.Count(l, "|") != len(columns())+1 {
			t.Errorf("a line of %d columns:\n%s", width, l)
		}
	}
	got := strings.Join(strings.Fields(lines[2]), " ")
	const want = "| GET: µ | 2868 / 7.43 | 10.7 / 0.37 | 126 / 4.00 | 309 / 84 | 3.68 | 123 / 87 | 27 / 15 | 4.00 / 1.00 |"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

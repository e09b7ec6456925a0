package main

import (
	"testing"
	"time"
)

func TestParseSchedstat(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       time.Duration
		fails      bool
	}{
		{"the first number is time on a CPU", "265087 213302 3\n", 265087, false},
		{"an empty file is an error", "", 0, true},
		{"a word is an error", "none 0 0\n", 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseSchedstat([]byte(tt.text))
			if got != tt.want || (err != nil) != tt.fails {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestParseStat(t *testing.T) {
	const numbers = " S 1 4711 4711 0 -1 4194560 5120 0 12 0 250 75 0 0 20 0 9 0 8723 1265664000 4211 18446744073709551615"
	for _, tt := range []struct {
		name, text string
		want       time.Duration
		fails      bool
	}{
		{"user and system time are added", "4711 (ws1bridge)" + numbers, 3250 * time.Millisecond, false},
		{"a name may hold parentheses and numbers", "4711 (a) R 9 (b)" + numbers, 3250 * time.Millisecond, false},
		{"too few fields are an error", "4711 (ws1bridge) S 1 2 3", 0, true},
		{"no name is an error", "4711" + numbers, 0, true},
		{"a word is an error", "4711 (ws1bridge) S 1 1 1 0 -1 1 1 0 1 0 many 75 0", 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseStat([]byte(tt.text))
			if got != tt.want || (err != nil) != tt.fails {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestParsePeak(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       int64
		fails      bool
	}{
		{"the high-water mark is in kB", "Name:\tws1bridge\nVmPeak:\t 1236000 kB\nVmHWM:\t   27404 kB\n", 27404 << 10, false},
		{"no mark is an error", "Name:\tws1bridge\n", 0, true},
		{"another unit is an error", "VmHWM:\t 27 MB\n", 0, true},
		{"a word is an error", "VmHWM:\t much kB\n", 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parsePeak([]byte(tt.text))
			if got != tt.want || (err != nil) != tt.fails {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestSumMetric(t *testing.T) {
	const page = "# HELP some_total requests\n# TYPE some_total counter\n" +
		"some_total{code=\"200\",operation=\"find users\"} 3\nsome_total{code=\"404\",operation=\"find users\"} 1.5\n" +
		"some_total_of_others 8\nplain 7\n"
	for name, want := range map[string]float64{"some_total": 4.5, "plain": 7, "missing": 0} {
		if got, err := sumMetric(page, name); got != want || err != nil {
			t.Errorf("%s is %v, %v, want %v", name, got, err, want)
		}
	}
	if _, err := sumMetric("plain seven\n", "plain"); err == nil {
		t.Error("a word counts as a number")
	}
}

package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// percentile is the smallest of the sorted times that p percent of them do not exceed.
func percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// median is the one in the middle, or the mean of the two.
func median[T cmp.Ordered](values []T, mean func(a, b T) T) T {
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return mean(sorted[half-1], sorted[half])
	}
	return sorted[half]
}

func meanOf[T int64 | float64 | time.Duration](a, b T) T { return (a + b) / 2 }

// medians are the medians of each number. There must be a pair at least.
func medians(pairs []pair) pair {
	return pair{medianResult(pairs, func(p pair) result { return p.bridge }),
		medianResult(pairs, func(p pair) result { return p.proxy })}
}

func medianResult(pairs []pair, of func(pair) result) result {
	number := func(get func(result) float64) float64 {
		return medianOf(pairs, func(p pair) float64 { return get(of(p)) })
	}
	period := func(get func(result) time.Duration) time.Duration {
		return medianOf(pairs, func(p pair) time.Duration { return get(of(p)) })
	}
	return result{
		perSecond: number(func(r result) float64 { return r.perSecond }),
		p50:       period(func(r result) time.Duration { return r.p50 }),
		p99:       period(func(r result) time.Duration { return r.p99 }),
		cpu:       period(func(r result) time.Duration { return r.cpu }),
		emulator:  period(func(r result) time.Duration { return r.emulator }),
		memory:    medianOf(pairs, func(p pair) int64 { return of(p).memory }),
		requests:  number(func(r result) float64 { return r.requests }),
	}
}

// medianOf is the median of a number of each pair.
func medianOf[T int64 | float64 | time.Duration](pairs []pair, number func(pair) T) T {
	values := make([]T, len(pairs))
	for i, p := range pairs {
		values[i] = number(p)
	}
	return median(values, meanOf[T])
}

// column is a column of a table, as wide as what stands in it is expected to be.
type column struct {
	title string
	width int
}

// columns are those of the comparison.
func columns() []column {
	return []column{
		{"scenario", 50}, {"operations/s", 15}, {"p50 ms", 15}, {"p99 ms", 15}, {"CPU µs", 15}, {"ratio", 7},
		{"emulator µs", 15}, {"peak MB", 11}, {"requests", 11},
	}
}

// heading is the first two lines of a table in Markdown.
func heading(columns []column) string {
	titles, rule := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		titles[i], rule[i] = c.title, strings.Repeat("-", c.width-1)+":"
	}
	rule[0] = strings.Repeat("-", columns[0].width)
	return line(columns, titles) + line(columns, rule)
}

// line is a line of a table: the first cell is aligned to the left, the others to the
// right.
func line(columns []column, cells []string) string {
	var b strings.Builder
	for i, cell := range cells {
		gap := strings.Repeat(" ", max(columns[i].width-utf8.RuneCountInString(cell), 0))
		if i == 0 {
			cell, gap = cell+gap, ""
		}
		b.WriteString("| " + gap + cell + " ")
	}
	return b.String() + "|\n"
}

// cells are those of a scenario. The ratio is the median of all runs.
func cells(name string, pairs []pair) []string {
	p := medians(pairs)
	both := func(show func(result) string) string { return show(p.bridge) + " / " + show(p.proxy) }
	return []string{
		name,
		both(func(r result) string { return short(r.perSecond) }),
		both(func(r result) string { return milliseconds(r.p50) }),
		both(func(r result) string { return milliseconds(r.p99) }),
		both(func(r result) string { return microseconds(r.cpu) }),
		short(medianOf(pairs, pair.ratio)),
		both(func(r result) string { return microseconds(r.emulator) }),
		both(func(r result) string { return megabytes(r.memory) }),
		both(func(r result) string { return fmt.Sprintf("%.2f", r.requests) }),
	}
}

// short is a number with three digits at least.
func short(n float64) string {
	switch {
	case n < 10:
		return fmt.Sprintf("%.2f", n)
	case n < 100:
		return fmt.Sprintf("%.1f", n)
	}
	return fmt.Sprintf("%.0f", n)
}

func milliseconds(d time.Duration) string {
	return short(float64(d) / float64(time.Millisecond))
}

func microseconds(d time.Duration) string {
	return fmt.Sprintf("%.0f", float64(d)/float64(time.Microsecond))
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f", float64(n)/(1<<20)) }

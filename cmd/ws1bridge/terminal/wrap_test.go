package terminal

import (
	"bytes"
	"slices"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one two  three", 0, []string{"one two  three"}},
		{"one two  three", 7, []string{"one two", "three"}},
		{"one two three", 13, []string{"one two three"}},
		{"one two three", 12, []string{"one two", "three"}},
		{"a https://example.com/a/long/path b", 10, []string{"a", "https://example.com/a/long/path", "b"}},
		{"für größer", 10, []string{"für größer"}}, // columns, not bytes
	} {
		if got := Wrap(tt.text, tt.width); !slices.Equal(got, tt.want) {
			t.Errorf("Wrap(%q, %d) = %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

func TestWidth(t *testing.T) {
	for _, tt := range []struct {
		environ []string
		want    int
	}{
		{nil, 0}, {[]string{"COLUMNS=100"}, 100}, {[]string{"COLUMNS=20"}, 40}, {[]string{"COLUMNS=wide"}, 0},
		{[]string{"COLUMNS=-1"}, 0}, {[]string{"COLUMNS=80", "COLUMNS=90"}, 90}, {[]string{"XCOLUMNS=80"}, 0},
	} {
		if got := Width(&bytes.Buffer{}, tt.environ); got != tt.want {
			t.Errorf("with %v the width is %d, want %d", tt.environ, got, tt.want)
		}
	}
}

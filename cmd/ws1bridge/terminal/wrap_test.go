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
		{"世界 世界", 9, []string{"世界 世界"}},
		{"世界 世界", 8, []string{"世界", "世界"}},
		{"\x1b[31mone\x1b[0m two", 7, []string{"\x1b[31mone\x1b[0m two"}}, // colors take no room
	} {
		if got := Wrap(tt.text, tt.width); !slices.Equal(got, tt.want) {
			t.Errorf("Wrap(%q, %d) = %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "acme.com": 8, "größer": 6, "世界": 4, "ｗｉｄｅ": 8, "ﾊﾝ": 2, "e\u0301": 1, "👍": 2, "a\u200db": 2,
		"\x1b[32m✓\x1b[0m": 1, "a → b": 5,
	} {
		if got := Columns(text); got != want {
			t.Errorf("Columns(%q) = %d, want %d", text, got, want)
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

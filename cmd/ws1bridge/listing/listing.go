// Package listing prints rows of values: as a table for people, as CSV for spreadsheets, as
// JSON for programs.
package listing

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Format is how rows are printed.
type Format int

// The formats.
const (
	// Table has columns for people.
	Table Format = iota
	// CSV is that of RFC 4180, with a line that names the columns. What a spreadsheet would
	// take for a formula gets a ' before it.
	CSV
	// JSON is a list of objects.
	JSON
)

// Rows are values in columns. A value is nil, or what JSON can hold of one value: a text, a
// bool, a number, or a list of texts.
type Rows struct {
	Columns []string
	rows    [][]any
}

// Add adds a row, of as many values as there are columns.
func (r *Rows) Add(values ...any) { r.rows = append(r.rows, values) }

// Clear drops all rows.
func (r *Rows) Clear() { r.rows = nil }

// Len is the number of rows.
func (r *Rows) Len() int { return len(r.rows) }

// Sort puts the rows in the order of their first column, as people read it.
func (r *Rows) Sort() {
	slices.SortStableFunc(r.rows, func(a, b []any) int {
		x, y := text(a[0]), text(b[0])
		return cmp.Or(cmp.Compare(strings.ToLower(x), strings.ToLower(y)), cmp.Compare(x, y))
	})
}

// Write prints the rows.
func (r *Rows) Write(w io.Writer, f Format) error {
	switch f {
	case CSV:
		return r.writeCSV(w)
	case JSON:
		return r.writeJSON(w)
	}
	return r.writeTable(w)
}

func (r *Rows) writeTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	line := func(cells []string) { fmt.Fprintln(table, strings.Join(cells, "\t")) }
	var heads []string
	for _, c := range r.Columns {
		heads = append(heads, strings.ToUpper(c[strings.LastIndexByte(c, ':')+1:]))
	}
	line(heads)
	for _, row := range r.rows {
		var cells []string
		for _, v := range row {
			cells = append(cells, cmp.Or(visible(text(v)), "-"))
		}
		line(cells)
	}
	return table.Flush()
}

// visible keeps a value within its cell.
func visible(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return '·'
		}
		return c
	}, s)
}

func (r *Rows) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(r.Columns); err != nil {
		return err
	}
	for _, row := range r.rows {
		var cells []string
		for _, v := range row {
			cells = append(cells, harmless(text(v)))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// harmless keeps a spreadsheet from taking a value for a formula (OWASP, CSV injection).
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func (r *Rows) writeJSON(w io.Writer) error {
	objects := make([]map[string]any, 0, len(r.rows))
	for _, row := range r.rows {
		object := map[string]any{}
		for i, c := range r.Columns {
			object[c] = row[i]
		}
		objects = append(objects, object)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(objects)
}

// text is a value in one cell.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []string:
		return strings.Join(v, "; ")
	}
	return fmt.Sprint(v)
}

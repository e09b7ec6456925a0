package trace

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mostKinds is how many kinds of trouble a summary lists.
const mostKinds = 20

// Summary counts what becomes of many users.
type Summary struct {
	Users   int `json:"users"`
	Refused int `json:"refused"`
	// Losing are users of whom a mapped value does not come back.
	Losing int `json:"losing"`
	// Reasons are those of refusals; Lost and Dropped are attributes. Each with the number
	// of users.
	Reasons []Count `json:"reasons"`
	Lost    []Count `json:"lost"`
	Dropped []Count `json:"dropped"`

	reasons, lost, dropped map[string]Count
}

// Count is how many users something is true of.
type Count struct {
	What  string `json:"what"`
	Users int    `json:"users"`
	// First is one of them.
	First string `json:"first"`
}

func newSummary() *Summary {
	return &Summary{reasons: map[string]Count{}, lost: map[string]Count{}, dropped: map[string]Count{}}
}

func (s *Summary) add(f followed) {
	s.Users++
	note := func(counts map[string]Count, what string) {
		c := counts[what]
		counts[what] = Count{what, c.Users + 1, cmp.Or(c.First, f.User)}
	}
	if f.Refused != "" {
		s.Refused++
		note(s.reasons, f.Refused)
	}
	if len(f.Lost) > 0 {
		s.Losing++
	}
	for _, name := range f.Lost {
		note(s.lost, name)
	}
	for _, d := range f.Dropped {
		note(s.dropped, short(d.Attribute)+": "+d.Reason)
	}
}

// finish puts the counts in order: what most users have first.
func (s *Summary) finish() {
	ordered := func(counts map[string]Count) []Count {
		list := slices.AppendSeq([]Count{}, maps.Values(counts))
		slices.SortFunc(list, func(a, b Count) int {
			return cmp.Or(cmp.Compare(b.Users, a.Users), cmp.Compare(a.What, b.What))
		})
		return list
	}
	s.Reasons, s.Lost, s.Dropped = ordered(s.reasons), ordered(s.lost), ordered(s.dropped)
}

func (p Printer) summary(s *Summary) error {
	s.finish()
	if p.JSON {
		return p.json(s)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%d user(s): %d would be refused, %d would lose a value on the way back.\n", s.Users, s.Refused,
		s.Losing)
	for _, kind := range []struct {
		title  string
		counts []Count
	}{{"Refused", s.Reasons}, {"Lost on the way back", s.Lost}, {"Dropped", s.Dropped}} {
		if len(kind.counts) == 0 {
			continue
		}
		fmt.Fprintf(&out, "\n%s:\n", kind.title)
		for _, c := range kind.counts[:min(len(kind.counts), mostKinds)] {
			fmt.Fprintf(&out, "  %6d  %s (%s%s)\n", c.Users, c.What, c.First, andOthers(c.Users))
		}
		if more := len(kind.counts) - mostKinds; more > 0 {
			fmt.Fprintf(&out, "          and %d more\n", more)
		}
	}
	_, err := fmt.Fprint(p.Out, out.String())
	return err
}

func andOthers(users int) string {
	if users > 1 {
		return " and others"
	}
	return ""
}

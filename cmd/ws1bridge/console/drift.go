package console

import (
	"html/template"
	"net/http"
	"net/url"
	"time"

	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/schedule"
	"ws1bridge/cmd/ws1bridge/listing"
)

// maxDifferences is how many differences the page shows; the table for download has more.
const maxDifferences = 200

// driftPage is the page of what differs between Okta and Access.
type driftPage struct {
	// On says that comparisons are made regularly.
	On    bool
	Every time.Duration
	schedule.State

	Kinds   []kindCount
	Rows    []differenceRow
	Running bool
}

// differenceRow is a difference with the page of the person or group, "" without one.
type differenceRow struct {
	drift.Difference

	About template.URL
}

func rowOf(d drift.Difference) differenceRow {
	path := "/users"
	if d.ID == "" {
		return differenceRow{d, ""}
	}
	switch d.Kind {
	case drift.GroupNotLinked, drift.GroupRenamed, drift.MembersMissing, drift.MembersExtra:
		path = "/groups"
	case drift.Missing, drift.LinkGone, drift.GroupMissing, drift.OktaFailed:
		return differenceRow{d, ""}
	}
	return differenceRow{d, address(path, url.Values{"name": {d.ID}}.Encode())}
}

// kindCount is how many differences there are of a kind.
type kindCount struct {
	Kind  drift.Kind
	Count int
}

func (c *console) drift(*http.Request) (string, any, error) {
	if c.Drift == nil {
		return "drift", driftPage{}, nil
	}
	p := driftPage{On: true, Every: c.Drift.Every, State: c.Drift.State()}
	p.Running = p.Next.IsZero()
	for _, kind := range drift.Kinds {
		if n := p.Counts[kind]; n > 0 {
			p.Kinds = append(p.Kinds, kindCount{kind, n})
		}
	}
	for _, d := range p.Report.Differences[:min(len(p.Report.Differences), maxDifferences)] {
		p.Rows = append(p.Rows, rowOf(d))
	}
	return "drift", p, nil
}

// compareNow has a comparison be made.
func (c *console) compareNow(w http.ResponseWriter, r *http.Request) {
	if c.Drift != nil {
		c.Drift.Now()
	}
	http.Redirect(w, r, "/drift", http.StatusSeeOther)
}

// driftTable lists what differs.
func (c *console) driftTable(*http.Request) (*listing.Rows, error) {
	rows := &listing.Rows{Columns: drift.Columns}
	if c.Drift != nil {
		for _, d := range c.Drift.State().Report.Differences {
			rows.Add(d.Row()...)
		}
	}
	return rows, nil
}

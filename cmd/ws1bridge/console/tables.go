package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/cmd/ws1bridge/history"
	"ws1bridge/cmd/ws1bridge/listing"
)

// table answers with a list as a spreadsheet reads it, or says why not.
func (c *console) table(list func(*http.Request) (*listing.Rows, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rows, err := list(r)
		if err != nil {
			c.refuse(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		_ = rows.Write(w, listing.CSV) // the caller has gone: nobody is left to tell
	}
}

// pushesTable lists the pushes of a query.
func (c *console) pushesTable(r *http.Request) (*listing.Rows, error) {
	q, err := history.ReadForm(r.URL.Query()).Query(time.Now())
	if err != nil {
		return nil, badRequest{err}
	}
	q.Limit = 10_000
	found, err := c.Journal.Find(r.Context(), q)
	rows := &listing.Rows{Columns: history.Columns}
	for _, one := range found {
		rows.Add(history.Row(one)...)
	}
	return rows, err
}

// causesTable lists why pushes were refused.
func (c *console) causesTable(r *http.Request) (*listing.Rows, error) {
	causes, err := c.Journal.Causes(r.Context(), time.Now().AddDate(0, 0, -causeDays), maxCauses)
	rows := &listing.Rows{Columns: []string{"pushes", "last", "cause", "where it comes from", "what to do"}}
	for _, one := range explained(causes) {
		rows.Add(one.Pushes, one.Last.UTC().Format(time.RFC3339), one.Text, one.Why, one.Fix)
	}
	return rows, err
}

// membersTable lists the members of a group.
func (c *console) membersTable(r *http.Request) (*listing.Rows, error) {
	ctx, cancel := context.WithTimeout(r.Context(), lookFor)
	defer cancel()
	rows := &listing.Rows{Columns: []string{"id", "name"}}
	err := c.looks.alone(ctx, func() error {
		groups, err := c.Inspector().Groups(ctx, r.URL.Query().Get("group"))
		if err == nil && len(groups) == 0 {
			return errNoPage
		}
		for _, g := range groups {
			for _, m := range g.Members {
				rows.Add(m.ID, m.Name)
			}
		}
		return err
	})
	if err != nil && !errors.Is(err, errNoPage) {
		finding, fix := doctor.Explain("asking Access", err)
		return nil, unreachable{finding, fix}
	}
	return rows, err
}

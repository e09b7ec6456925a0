package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"ws1bridge/upstream/names"
)

func (d *database) find(ctx context.Context, q Query) (found []Record, _ error) {
	where, args := q.conditions()
	statement := "SELECT record FROM pushes" + where + " ORDER BY seq DESC LIMIT ?"
	err := d.each(ctx, statement, append(args, q.limit()), func(scan func(...any) error) error {
		var encoded []byte
		var r Record
		if err := scan(&encoded); err != nil {
			return err
		}
		if err := json.Unmarshal(encoded, &r); err != nil {
			return fmt.Errorf("a record cannot be read: %w", err)
		}
		found = append(found, r)
		return nil
	})
	return found, err
}

// each reads the rows of a query.
func (d *database) each(ctx context.Context, statement string, args []any, read func(func(...any) error) error) error {
	if err := d.ready(ctx); err != nil {
		return err
	}
	rows, err := d.db.QueryContext(ctx, d.placed(statement), args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// conditions is the WHERE of the query, with its arguments.
func (q Query) conditions() (where string, args []any) {
	var all []string
	add := func(condition string, values ...any) { all, args = append(all, condition), append(args, values...) }
	if q.About != "" {
		add("(name = ? AND name <> '' OR external_id = ? AND external_id <> '' OR resource = ? AND resource <> ''"+
			" OR request = ?)", stored(names.Fold(q.About)), stored(q.About), stored(q.About), stored(q.About))
	}
	for _, exact := range []struct{ column, value string }{{"seq", q.Seq}, {"cause", q.Cause}, {"kind", q.Kind}} {
		if exact.value != "" {
			add(exact.column+" = ?", stored(exact.value))
		}
	}
	if q.Failed || q.Cause != "" {
		add("status >= 400")
	}
	if !q.Since.IsZero() {
		add("at >= ?", q.Since.UnixMilli())
	}
	if q.After != "" {
		add("seq > ?", q.After)
	}
	if q.Before != "" {
		add("seq < ?", q.Before)
	}
	if len(all) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(all, " AND "), args
}

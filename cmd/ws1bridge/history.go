package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/history"
	"ws1bridge/cmd/ws1bridge/listing"
	"ws1bridge/cmd/ws1bridge/terminal"
	"ws1bridge/scim/journal"
)

// historyFlags are what the flags of history say.
type historyFlags struct {
	failed, follow, csv, json bool
	since, forget             string
	limit                     int
}

func (p *program) historyCommand() *cobra.Command {
	var f historyFlags
	cmd := &cobra.Command{
		Use:   "history [NAME|ID|REQUEST-ID]",
		Short: "Show what was pushed, what failed, and why",
		Long: `Show what the journal remembers of pushes, the newest last: of everybody, or of a
userName, the name of a group, an externalId or an id of Access. The id of a request,
which Okta shows in the text of an error, shows everything about that push.

With journal.url it reads the database, whether a bridge runs or not; otherwise it asks
the bridge on this machine at ops_listen.

The output is personal data. --forget deletes what mentions a name from the database.`,
		Example: `  ws1bridge history --failed --since 24h
  ws1bridge history ada@acme.com
  ws1bridge history 4J7QW2ZK5XHA     # a request id, from Okta's error
  ws1bridge history --follow`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			about := ""
			if len(args) > 0 {
				about = args[0]
			}
			return p.history(cmd.Context(), about, f)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.failed, "failed", false, "only what was refused")
	flags.StringVar(&f.since, "since", "", "only what is not older: a duration such as 90m or 7d, or a time (RFC 3339)")
	flags.IntVar(&f.limit, "limit", 100, "how many of the newest, up to 10,000")
	flags.BoolVar(&f.follow, "follow", false, "go on with what comes, until interrupted")
	flags.BoolVar(&f.csv, "csv", false, "print CSV, for a spreadsheet")
	flags.BoolVar(&f.json, "json", false, "print a JSON list, with all that is known of each push")
	flags.StringVar(&f.forget, "forget", "", "delete everything that mentions this name, and the pushes of whoever had it")
	return cmd
}

// query is what the flags ask for.
func (f historyFlags) query(about string, now time.Time) (q journal.Query, err error) {
	q = journal.Query{About: about, Failed: f.failed, Limit: f.limit}
	switch {
	case f.csv && f.json, f.follow && f.csv:
		return q, errors.New("--csv excludes --json and --follow")
	case f.limit < 1 || f.limit > 10_000:
		return q, errors.New("--limit must be from 1 to 10,000")
	case f.forget != "" && (about != "" || f.failed || f.follow || f.csv || f.json || f.since != ""):
		return q, errors.New("--forget deletes all that there is of a name, and takes nothing beside it")
	}
	q.Since, err = history.ReadSince(f.since, now)
	return q, err
}

// finder is where records are found.
type finder interface {
	Find(context.Context, journal.Query) ([]journal.Record, error)
}

func (p *program) history(ctx context.Context, about string, f historyFlags) error {
	q, err := f.query(about, time.Now())
	if err != nil {
		return usageError{err}
	}
	cfg, problems := config.Examine(p.configFile, p.environ) // a command to look with needs no tenant
	for _, one := range problems {
		if strings.HasPrefix(one.Setting, "journal.") {
			return usageError{one}
		}
	}
	if f.forget != "" {
		return p.forget(ctx, string(cfg.Journal.URL), f.forget)
	}
	var from finder = history.Remote{Address: cfg.OpsListen}
	if cfg.Journal.URL != "" {
		j, err := journal.OpenToRead(string(cfg.Journal.URL))
		if err != nil {
			return err
		}
		defer func() { _ = j.Close() }()
		from = j
	}
	found, err := from.Find(ctx, q)
	if err != nil {
		return fmt.Errorf("the journal: %w", err)
	}
	slices.Reverse(found)
	if f.follow {
		return p.follow(ctx, from, q, found, f.json)
	}
	return p.printHistory(found, about, f)
}

func (p *program) printHistory(found []journal.Record, about string, f historyFlags) error {
	painter := terminal.NewPainter(p.stdout, p.environ)
	if f.json {
		return printJSON(p.stdout, append([]journal.Record{}, found...))
	}
	isOne := len(found) > 0 && !slices.ContainsFunc(found, func(r journal.Record) bool { return r.Request != about })
	if isOne && !f.csv {
		for _, r := range found {
			history.PrintOne(p.stdout, painter, r)
		}
		return nil
	}
	rows := &listing.Rows{Columns: history.Columns}
	for _, r := range found {
		rows.Add(history.Row(r)...)
	}
	format := listing.Table
	if f.csv {
		format = listing.CSV
	}
	return p.printRows(rows, "push", "pushes", format)
}

// follow prints what was found, and goes on with what comes until ctx ends.
func (p *program) follow(
	ctx context.Context, from finder, q journal.Query, found []journal.Record, asJSON bool,
) error {
	painter := terminal.NewPainter(p.stdout, p.environ)
	q.Limit = 10_000 // of those that came since
	for {
		for _, r := range found {
			q.After = cmp.Or(r.Seq, q.After)
			if !asJSON {
				history.PrintLine(p.stdout, painter, r)
			} else if err := printJSONLine(p.stdout, r); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
		var err error
		if found, err = from.Find(ctx, q); err != nil && ctx.Err() == nil {
			return fmt.Errorf("the journal: %w", err)
		}
		slices.Reverse(found)
	}
}

// forget deletes a person or a group from the database.
func (p *program) forget(ctx context.Context, url, name string) error {
	if url == "" {
		return usageError{errors.New("journal.url is not set: what is in the memory of a bridge ends with it")}
	}
	j, err := journal.Open(journal.Config{URL: url})
	if err != nil {
		return usageError{err}
	}
	defer func() { _ = j.Close() }()
	n, err := j.Forget(ctx, name)
	if err != nil {
		return fmt.Errorf("the journal: %w", err)
	}
	fmt.Fprintf(p.stdout, "%d records were deleted.\n", n)
	return nil
}

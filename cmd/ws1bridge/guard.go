package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/history"
	"ws1bridge/cmd/ws1bridge/listing"
	"ws1bridge/scim/guard"
	"ws1bridge/scim/journal"
)

const (
	// guardPath is where the ops address has the guard.
	guardPath = "/guard"
	// releaseFor is how long changes pass that somebody lets pass.
	releaseFor = time.Hour
	maxRelease = 7 * 24 * time.Hour
)

func (p *program) guardCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "guard", Short: "Look at the guard against mass damage, and let changes pass"}
	var asJSON bool
	show := &cobra.Command{
		Use: "show", Short: "Show how many changes were counted, and what is held back",
		Long: `Show the limits of the guard, how many changes were counted in its window, and whether
changes are held back. It asks the running bridge at ops_listen, or the database of
journal.url where there is one, which does not know what each bridge holds back.

Exit code 1: changes are held back.`,
		Example: `  ws1bridge guard show
  ws1bridge guard show --json`,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.showGuard(cmd.Context(), asJSON) },
	}
	show.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	var length time.Duration
	release := &cobra.Command{
		Use: "release", Short: "Let all changes pass for some time",
		Long: `Let all changes pass for some time, then count from the beginning. Okta repeats by itself
what was held back. Look there first at what it is about to do.

With a database (journal.url), it holds for all copies that share it.`,
		Example: `  ws1bridge guard release
  ws1bridge guard release --for 4h`,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.releaseGuard(cmd.Context(), length) },
	}
	release.Flags().DurationVar(&length, "for", releaseFor, "how long, up to 168h")
	cmd.AddCommand(show, release)
	return cmd
}

// guards is where the guard stands: in a database, or in a bridge that runs.
type guards interface {
	Show(ctx context.Context) (guard.State, error)
	Release(ctx context.Context, until time.Time) error
}

// openGuard finds it.
func (p *program) openGuard() (_ guards, done func(), _ error) {
	cfg, _ := config.Examine(p.configFile, p.environ) // what is wrong elsewhere does not matter here
	if cfg.Journal.URL == "" {
		return remoteGuard{cfg.OpsListen}, func() {}, nil
	}
	j, err := journal.Open(journal.Config{URL: string(cfg.Journal.URL)})
	if err != nil {
		return nil, nil, usageError{err}
	}
	limits := cfg.Guard.Limits()
	shared := guard.New(guard.Config{Limits: func() guard.Limits { return limits }, Shared: j.Damage()})
	return either{shared, remoteGuard{cfg.OpsListen}}, func() { _ = j.Close() }, nil
}

// either is the guard of a database, and that of the bridge on this machine while it is away.
type either struct{ shared, own guards }

// Show shows the one that can be asked.
func (e either) Show(ctx context.Context) (guard.State, error) {
	state, err := e.shared.Show(ctx)
	if err == nil {
		return state, nil
	}
	if own, ownErr := e.own.Show(ctx); ownErr == nil {
		return own, nil
	}
	return state, err
}

// Release tells the one that can be told.
func (e either) Release(ctx context.Context, until time.Time) error {
	err := e.shared.Release(ctx, until)
	if err == nil {
		return nil
	}
	if ownErr := e.own.Release(ctx, until); ownErr == nil {
		return nil
	}
	return err
}

func (p *program) showGuard(ctx context.Context, asJSON bool) error {
	from, done, err := p.openGuard()
	if err != nil {
		return err
	}
	defer done()
	state, err := from.Show(ctx)
	if err != nil {
		return fmt.Errorf("the guard: %w", err)
	}
	if asJSON {
		err = printJSON(p.stdout, state)
	} else {
		err = p.printGuard(state)
	}
	for _, k := range state.Kinds {
		if k.HoldsBack && err == nil {
			err = errors.New("changes are held back: ws1bridge guard release lets them pass")
		}
	}
	return err
}

func (p *program) printGuard(state guard.State) error {
	rows := &listing.Rows{Columns: []string{"kind", "limit", "counted", "held back"}}
	for _, k := range state.Kinds {
		held := "no"
		if k.HoldsBack {
			held = "yes"
		}
		rows.Add(k.Kind.Words(), cmp.Or(k.Limit, "none"), k.Counted, held)
	}
	if err := rows.Write(p.stdout, listing.Table); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "\nCounted are the last %s.\n", state.Span())
	if time.Now().Before(state.Released) {
		fmt.Fprintf(p.stdout, "Everything passes until %s.\n", state.Released.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	return nil
}

func (p *program) releaseGuard(ctx context.Context, length time.Duration) error {
	if length <= 0 || length > maxRelease {
		return usageError{fmt.Errorf("--for must be up to %v", maxRelease)}
	}
	to, done, err := p.openGuard()
	if err != nil {
		return err
	}
	defer done()
	until := time.Now().Add(length)
	if err := to.Release(ctx, until); err != nil {
		return fmt.Errorf("the guard: %w", err)
	}
	_, err = fmt.Fprintf(p.stdout, "Everything passes until %s; Okta repeats by itself what was held back.\n",
		until.UTC().Format("2006-01-02 15:04:05 UTC"))
	return err
}

// remoteGuard is the guard of a running bridge on this machine.
type remoteGuard struct{ opsListen string }

// Show asks the bridge.
func (r remoteGuard) Show(ctx context.Context) (state guard.State, _ error) {
	err := history.Ask(ctx, http.MethodGet, r.opsListen, guardPath, &state)
	return state, err
}

// Release tells the bridge.
func (r remoteGuard) Release(ctx context.Context, until time.Time) error {
	query := url.Values{"until": {until.UTC().Format(time.RFC3339)}}.Encode()
	return history.Ask(ctx, http.MethodPost, r.opsListen, guardPath+"?"+query, &guard.State{})
}

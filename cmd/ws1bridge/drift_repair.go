package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/listing"
	"ws1bridge/cmd/ws1bridge/terminal"
	"ws1bridge/scim"
	"ws1bridge/scim/journal"
	"ws1bridge/upstream"
)

// driftRepair is what the flags of drift say about repairing.
type driftRepair struct {
	answers                       io.Reader // where the consent is read from unless yes
	on, yes, deactivateUnassigned bool
}

func (r driftRepair) check(format string) error {
	switch {
	case !r.on && (r.yes || r.deactivateUnassigned):
		return errors.New("--yes and --deactivate-unassigned go with --repair")
	case r.on && format != "table":
		return errors.New("--repair prints what it does: it takes no --format")
	}
	return nil
}

// repairDrift shows what it is about to do, asks, and does it.
func (p *program) repairDrift(ctx context.Context, t *tenant, result *drift.Result, how driftRepair) error {
	plan, err := result.Plan(how.deactivateUnassigned)
	if err != nil {
		return err
	}
	if err := p.showPlan(plan); err != nil {
		return err
	}
	if len(plan.Actions) > 0 {
		if !t.config.Guard.Limits().On() {
			fmt.Fprintln(p.stderr, "\nThe guard is off (guard.*): nothing bounds how many are deactivated or taken out.")
		}
		if !how.yes {
			fmt.Fprintln(p.stderr)
			if err := p.consent(ctx, how.answers); err != nil {
				return err
			}
		}
		if err := p.applyRepair(ctx, t, result, plan); err != nil {
			return err
		}
	}
	if n := len(plan.ByHand); n > 0 {
		return fmt.Errorf("left for an administrator: %d", n)
	}
	return nil
}

// showPlan prints what is about to be done, and what is left.
func (p *program) showPlan(plan drift.Plan) error {
	if len(plan.Actions) == 0 {
		fmt.Fprintln(p.stdout, "There is nothing to repair.")
	} else {
		rows := &listing.Rows{Columns: []string{"name", "to do"}}
		for _, a := range plan.Actions {
			for _, does := range a.Does {
				rows.Add(a.Name, does)
			}
		}
		if err := rows.Write(p.stdout, listing.Table); err != nil {
			return err
		}
	}
	if len(plan.ByHand) == 0 {
		return nil
	}
	fmt.Fprintf(p.stdout, "\nFor an administrator, most of it in Okta (see the guide on drift):\n")
	return driftRows(plan.ByHand).Write(p.stdout, listing.Table)
}

// applyRepair does what was shown, and prints what became of it.
func (p *program) applyRepair(ctx context.Context, t *tenant, result *drift.Result, plan drift.Plan) error {
	bridge, done, err := t.bridgeToRepair(ctx)
	if err != nil {
		return err
	}
	progress, n, failed := terminal.NewProgress(p.stderr), 0, 0
	rows := &listing.Rows{Columns: []string{"name", "done", "not done"}}
	progress.Begin("repairing")
	err = plan.Apply(ctx, result, bridge.Push, func(d drift.Done) {
		n++
		for _, change := range d.Changes {
			rows.Add(d.Name, change, "")
		}
		if d.Err != nil {
			failed++
			rows.Add(d.Name, "", d.Err.Error())
		}
		progress.End()
		progress.Begin(fmt.Sprintf("repairing: %d of %d", n, len(plan.Actions)))
	})
	progress.End()
	if doneErr := done(); err == nil {
		err = doneErr
	}
	if rows.Len() > 0 {
		fmt.Fprintln(p.stdout)
		if writeErr := rows.Write(p.stdout, listing.Table); err == nil {
			err = writeErr
		}
	}
	if err == nil && failed > 0 {
		err = fmt.Errorf("not repaired: %d of %d", failed, len(plan.Actions))
	}
	return err
}

// errNoRequests says that a bridge takes pushes from this program alone.
var errNoRequests = errors.New("this bridge answers no requests")

// bridgeToRepair is a bridge that makes pushes and takes none. done waits until the journal
// is written.
func (t *tenant) bridgeToRepair(ctx context.Context) (_ *scim.Handler, done func() error, _ error) {
	cfg := t.config
	if err := t.problems.About("journal.url", "journal.keep", "guard", "groups", "domains", "scim").Err(); err != nil {
		return nil, nil, err
	}
	j, err := journal.Open(journal.Config{URL: string(cfg.Journal.URL), Keep: cfg.Journal.Keep,
		MaxRecords: int(cfg.Journal.MaxRecords), Values: cfg.Journal.Values})
	if err != nil {
		return nil, nil, usageError{err}
	}
	inUse := func() (config.Guard, *upstream.Client) { return cfg.Guard, t.Client }
	bridge, err := scim.NewHandler(scim.Config{
		Users: t.Client, Groups: t.Client, Translator: t.translator, GroupDomain: cfg.GroupDomain(),
		Authenticate: func(string) (string, error) { return "", errNoRequests },
		MaxScan:      int(cfg.SCIM.MaxScan), AllowDeleteUsers: cfg.SCIM.AllowDeleteUsers,
		Journal: j, Guard: newGuard(inUse, j, zap.NewNop(), nil), Log: zap.NewNop(),
	})
	if err != nil {
		_ = j.Close() // nobody runs it
		return nil, nil, err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	var work errgroup.Group
	work.Go(func() error { return j.Run(running) })
	return bridge, func() error {
		stop()
		return errors.Join(work.Wait(), notWritten(j))
	}, nil
}

// notWritten is why what was done is missing in the journal.
func notWritten(j *journal.Journal) error {
	if err := j.Trouble(); err != nil {
		return fmt.Errorf("the repair was made, and the journal could not be written: %w", err)
	}
	return nil
}

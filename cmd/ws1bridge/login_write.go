package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/cmd/ws1bridge/login"
)

// loginWriting is how the commands that write identity providers do it.
type loginWriting struct {
	answers   io.Reader // where the consent is read from unless yes
	yes, json bool
	backup    string
}

func (f *loginWriting) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.yes, "yes", false, "write without asking")
	flags.BoolVar(&f.json, "json", false, "print JSON; needs --yes")
	flags.StringVar(&f.backup, "backup", "", "file that keeps the identity provider as it was "+
		"(default: login-TIME.json in the current folder)")
	_ = cmd.MarkFlagFilename("backup", "json") // the flag exists
}

func (f *loginWriting) check() error {
	if f.json && !f.yes {
		return errors.New("--json needs --yes: there is nobody to ask")
	}
	return nil
}

// loginOutcome is what came of a plan, as JSON.
type loginOutcome struct {
	Provider string   `json:"provider"`
	ID       string   `json:"id"`
	Domains  []string `json:"domains"`
	Changes  []string `json:"changes"`
	Notes    []string `json:"notes"`
	// Backup is the file that login undo takes, "" where nothing was written.
	Backup string `json:"backup"`
	// Unverified is why it is not known whether Access holds what was written.
	Unverified string `json:"unverified"`
	// AlsoChanged are values that Access changed by itself.
	AlsoChanged []string        `json:"also_changed"`
	Checks      []doctor.Result `json:"checks"`

	methods []string
}

// say writes what people read while a command works; JSON is all that programs get.
func (p *program) say(quiet bool, format string, args ...any) {
	if !quiet {
		fmt.Fprintf(p.stdout, format, args...)
	}
}

// writeLogin shows a plan, asks, and makes it so. Before it writes, it keeps the provider
// as it was.
func (p *program) writeLogin(
	ctx context.Context, t *tenant, plan login.Plan, how loginWriting,
) (loginOutcome, error) {
	o := loginOutcome{Provider: plan.Provider, ID: plan.ID, Changes: append([]string{}, plan.Changes...),
		Notes: append([]string{}, plan.Notes...), AlsoChanged: []string{}, Domains: []string{},
		Checks: []doctor.Result{}, methods: plan.Methods}
	p.tellPlan(plan, how.json)
	if len(plan.Changes) == 0 {
		return o, nil
	}
	if !how.yes {
		if err := p.consent(ctx, how.answers); err != nil {
			return o, err
		}
	}
	record := login.NewRecord(t.address, plan, time.Now())
	o.Backup = how.backup
	if o.Backup == "" {
		o.Backup = "login-" + time.Now().UTC().Format("20060102T150405.000Z") + ".json"
	}
	if err := record.Create(o.Backup); err != nil {
		return o, usageError{fmt.Errorf("the identity provider cannot be kept as it was, so nothing was written: %w"+
			"\n  → name a file that can be written with --backup", err)}
	}
	done, err := p.applyLogin(ctx, t, plan)
	if err != nil {
		return o, fmt.Errorf("%w\n  → what was there before is in %s: ws1bridge login undo %s", loginError(err), o.Backup,
			o.Backup)
	}
	if err := record.Completed(done).Replace(o.Backup); err != nil {
		return o, fmt.Errorf("the change was made, but %s could not be completed: %w", o.Backup, err)
	}
	o.ID, o.Unverified, o.AlsoChanged = done.ID, done.Unverified, append(o.AlsoChanged, done.Others...)
	p.tellDone(o, how.json)
	return o, nil
}

func (p *program) applyLogin(ctx context.Context, t *tenant, plan login.Plan) (login.Done, error) {
	defer p.underWay("writing the identity provider")()
	return plan.Apply(ctx, t.Client)
}

func (p *program) tellPlan(plan login.Plan, quiet bool) {
	if len(plan.Changes) == 0 {
		p.say(quiet, "The identity provider %s is as it should be: nothing was done.\n", plan.Provider)
	} else {
		p.say(quiet, "To be written to Access: the identity provider %s\n", plan.Provider)
		for _, change := range plan.Changes {
			p.say(quiet, "  - %s\n", change)
		}
	}
	for _, note := range plan.Notes {
		p.say(quiet, "Note: %s.\n", note)
	}
}

// consent asks whether to write to Access.
func (p *program) consent(ctx context.Context, answers io.Reader) error {
	fmt.Fprint(p.stderr, "Write this to Access? Type yes to go on: ")
	answer, err := readLine(ctx, answers)
	if err != nil {
		return err
	}
	if !strings.EqualFold(answer, "yes") {
		return errors.New("not confirmed: nothing was written")
	}
	return nil
}

func (p *program) tellDone(o loginOutcome, quiet bool) {
	if o.Unverified != "" {
		p.say(quiet, "Written, and not verified: %s. Look at it under Identity Providers in Access.\n", o.Unverified)
	} else {
		p.say(quiet, "Written, read back and compared.\n")
	}
	if len(o.AlsoChanged) > 0 {
		p.say(quiet, "Access also changed: %s.\n", strings.Join(o.AlsoChanged, ", "))
	}
	p.say(quiet, "As it was before: %s (ws1bridge login undo %s takes the change back)\n", o.Backup, o.Backup)
}

func (p *program) loginUndoCommand() *cobra.Command {
	var f loginWriting
	cmd := &cobra.Command{
		Use:   "undo FILE",
		Short: "Take back what login setup wrote",
		Long: `Take back what "login setup" wrote, by the file that it kept: a directory that it
attached is taken out again, an identity provider that it created is deleted. What
somebody else changed since stays as it is; where that is in the way, nothing is
written and the values are named.

The command shows what it will change, asks, and keeps a file of its own, so that it
can be taken back too.`,
		Example: "  ws1bridge login undo login-20260102T150405.000Z.json",
		Args:    cobra.ExactArgs(1),
		RunE: p.onTenant(func(cmd *cobra.Command, t *tenant, args []string) error {
			f.answers = cmd.InOrStdin()
			return p.undoLogin(cmd.Context(), t, args[0], f)
		}),
	}
	f.add(cmd)
	return cmd
}

func (p *program) undoLogin(ctx context.Context, t *tenant, path string, how loginWriting) error {
	if err := how.check(); err != nil {
		return usageError{err}
	}
	record, err := login.ReadRecord(path)
	if err != nil {
		return usageError{err}
	}
	if record.Tenant != t.address {
		return usageError{fmt.Errorf("%s is about the tenant %s, and the configuration names %s", path, record.Tenant,
			t.address)}
	}
	plan, err := p.planUndo(ctx, t, record)
	if err != nil {
		return loginError(err)
	}
	o, err := p.writeLogin(ctx, t, plan, how)
	if err != nil || !how.json {
		return err
	}
	return printJSON(p.stdout, o)
}

func (p *program) planUndo(ctx context.Context, t *tenant, r login.Record) (login.Plan, error) {
	defer p.underWay("reading identity providers")()
	return r.Undo(ctx, t.Client)
}

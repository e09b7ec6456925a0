package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ws1bridge/upstream"
)

// deletion is what the flags of directory delete say.
type deletion struct {
	answers   io.Reader // where the name is read from if the flags do not say it
	confirmed string
	force     bool
	json      bool
	wait      time.Duration
	poll      time.Duration
}

func (p *program) directoryDeleteCommand() *cobra.Command {
	d := deletion{poll: time.Second}
	cmd := &cobra.Command{
		Use:   "delete NAME-OR-DOMAIN",
		Short: "Delete a directory of type Other",
		Long: `Delete a directory of type Other. Its users and groups go with it, so the command
refuses while there are users, unless it is forced, and asks for the name of the
directory again. Access deletes in the background; the command waits for the end.`,
		Example: `  ws1bridge directory delete Okta
  ws1bridge directory delete Okta --confirm Okta --force   # without questions, users and all`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: p.completeDirectories,
		RunE: p.onTenant(func(cmd *cobra.Command, t *tenant, args []string) error {
			d.answers = cmd.InOrStdin()
			return p.deleteDirectory(cmd.Context(), t, args[0], d)
		}),
	}
	cmd.Flags().StringVar(&d.confirmed, "confirm", "", "name of the directory, instead of being asked for it")
	cmd.Flags().BoolVar(&d.json, "json", false, "print JSON; needs --confirm")
	cmd.Flags().BoolVar(&d.force, "force", false, "delete its users and groups too")
	cmd.Flags().DurationVar(&d.wait, "wait", 5*time.Minute, "how long to wait for the end of the deletion; 0: not at all")
	return cmd
}

// deletedDirectory is what directory delete prints, as JSON.
type deletedDirectory struct {
	shownDirectory

	// Deleted says that it is gone, not only on its way out.
	Deleted bool `json:"deleted"`
}

func (p *program) deleteDirectory(ctx context.Context, t *tenant, name string, how deletion) error {
	if how.json && how.confirmed == "" {
		return usageError{errors.New("--json needs --confirm: there is nobody to ask")}
	}
	d, err := p.directory(ctx, t, name)
	if err != nil {
		return err
	}
	if d.Type != upstream.TypeOther {
		return fmt.Errorf("the directory %s is of type %s: this command only deletes directories of type %s",
			d.Name, d.Type, upstream.TypeOther)
	}
	if !d.Deleting {
		if err := p.beginDeletion(ctx, t, d, how); err != nil {
			return err
		}
	}
	deleted := how.wait > 0
	if deleted {
		if err := p.awaitDeletion(ctx, t, d, how); err != nil {
			return err
		}
	}
	if how.json {
		d.Deleting = !deleted
		return printJSON(p.stdout, deletedDirectory{shownDirectoryOf(d, t.domains), deleted})
	}
	if deleted {
		fmt.Fprintf(p.stdout, "The directory %s is deleted.\n", d.Name)
	} else {
		fmt.Fprintf(p.stdout, "The directory %s is being deleted; ws1bridge directory list shows when it is gone.\n", d.Name)
	}
	return nil
}

func (p *program) beginDeletion(ctx context.Context, t *tenant, d upstream.Directory, how deletion) error {
	users, err := p.countUsers(ctx, t, d)
	if err != nil {
		return explained("counting users", err)
	}
	if users > 0 && !how.force {
		return fmt.Errorf("the directory %s has %d user(s), who would be deleted with it"+
			"\n  → unassign them in Okta and delete them first, or repeat with --force", d.Name, users)
	}
	if err := p.confirm(ctx, d, users, how); err != nil {
		return err
	}
	return explained("deleting the directory", t.DeleteDirectory(ctx, d.ID))
}

// confirm asks for the name of the directory, unless it was given.
func (p *program) confirm(ctx context.Context, d upstream.Directory, users int, how deletion) error {
	given := how.confirmed
	if given == "" {
		fmt.Fprintf(p.stderr, "This deletes the directory %s (%s) with %d user(s) and all its groups."+
			" Type its name to go on: ", d.Name, strings.Join(d.Domains, ", "), users)
		var err error
		if given, err = readLine(ctx, how.answers); err != nil {
			return err
		}
	}
	if given != d.Name {
		return errors.New("the name is not " + d.Name + ": nothing was deleted")
	}
	return nil
}

// readLine reads a line, or gives up when ctx ends: then the reading goes on
// until the program ends, because nothing can interrupt it.
func readLine(ctx context.Context, in io.Reader) (string, error) {
	line := make(chan string, 1)
	go func() {
		s, _ := bufio.NewReader(in).ReadString('\n') // the end of the input is an empty answer
		line <- strings.TrimSpace(s)
	}()
	select {
	case s := <-line:
		return s, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// awaitDeletion looks until the directory is no longer listed.
func (p *program) awaitDeletion(ctx context.Context, t *tenant, d upstream.Directory, how deletion) error {
	done := p.underWay("Access is deleting the directory " + d.Name)
	defer done()
	limit := time.NewTimer(how.wait)
	defer limit.Stop()
	for {
		listed, err := t.Directories(ctx)
		if err != nil {
			return explained("reading directories", err)
		}
		if !slices.ContainsFunc(listed, func(other upstream.Directory) bool { return other.ID == d.ID }) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-limit.C:
			return fmt.Errorf("the directory %s is still being deleted after %v"+
				"\n  → ws1bridge directory list shows when it is gone", d.Name, how.wait)
		case <-time.After(how.poll):
		}
	}
}

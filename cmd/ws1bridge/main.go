// Command ws1bridge takes users and groups that Okta pushes over SCIM 2.0 and
// keeps them in Workspace ONE Access, with a token that it fetches and renews
// by itself.
//
//	ws1bridge serve          runs the bridge
//	ws1bridge try            runs it with an emulator of Access, set up and with people
//	ws1bridge demo           shows it at work, with an emulator of Access
//	ws1bridge emulator       runs only the emulator
//	ws1bridge healthcheck    exits 0 when the local bridge is alive
//	ws1bridge config check   lists every problem of the configuration
//	ws1bridge map            shows what a user of Okta becomes in Access, and back
//	ws1bridge doctor         examines the deployment and says what to fix
//	ws1bridge directory      lists, shows, creates and deletes directories of Access
//	ws1bridge login          shows and sets up the identity provider by which people log in
//	ws1bridge user get       shows a person in Access and as Okta sees it
//	ws1bridge group get      shows a group
//	ws1bridge history        shows what was pushed, what failed, and why
//	ws1bridge okta-settings  prints what to enter in Okta
//	ws1bridge completion     prints a script that completes commands in a shell
//	ws1bridge version        prints version, commit and Go version
//
// It is configured by a YAML file and environment variables;
// deploy/configuration.md lists them. serve answers Okta on one address (default
// :8080) and gives health and metrics on another (default :9090). It logs one JSON
// line a request to standard output, takes a changed configuration while it runs, and
// ends on SIGTERM after it has answered what is under way.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/terminal"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	zap.RedirectStdLog(zap.NewNop()) // where net/http quotes servers; serve has a log for it
	ctx, stop := untilSignal(context.Background())
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// usageError is a mistake in the command line or in what it names.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// program is what the commands share.
type program struct {
	environ    []string
	configFile string
	stdout     io.Writer
	stderr     io.Writer
}

// run is the whole program. It returns the exit code when the command is done
// or ctx ends.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	p := &program{environ: environ, stdout: stdout, stderr: stderr}
	root := p.rootCommand() //nolint:contextcheck // cobra hands the context to the command
	return p.execute(ctx, root, args)
}

func (p *program) execute(ctx context.Context, root *cobra.Command, args []string) int {
	root.SetArgs(args)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	_, _ = fmt.Fprintf(p.stderr, "ws1bridge: %v\n", err)
	var usage usageError
	var problems config.Problems
	if errors.As(err, &usage) || errors.As(err, &problems) {
		return exitUsage
	}
	return exitFailed
}

func (p *program) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "ws1bridge",
		Short:         "Okta pushes users and groups, Workspace ONE Access has them",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().StringVar(&p.configFile, "config", "", "YAML configuration file (default $WS1BRIDGE_CONFIG)")
	_ = root.MarkPersistentFlagFilename("config", "yaml", "yml") // the flag exists
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.CompletionOptions.DisableDefaultCmd = true // ours has examples and exit codes
	p.addCommands(root)
	finish(root)
	return root
}

func (p *program) addCommands(root *cobra.Command) {
	add := func(id, title string, commands ...*cobra.Command) {
		if id != "" {
			root.AddGroup(&cobra.Group{ID: id, Title: title})
		}
		for _, cmd := range commands {
			cmd.GroupID = id
			root.AddCommand(cmd)
		}
	}
	add("run", "Run it:", p.serveCommand(), p.tryCommand(), p.demoCommand(), p.emulatorCommand(), p.healthcheckCommand())
	add("setup", "Set it up:", p.doctorCommand(), p.configCommand(), p.directoryCommand(), p.loginCommand(),
		p.oktaSettingsCommand(), p.tokenCommand())
	add("look", "Look at somebody:", p.userCommand(), p.groupCommand(), p.historyCommand(),
		p.guardCommand(), p.driftCommand(),
		p.mapCommand())
	add("", "", p.completionCommand(), p.versionCommand())
}

// finish gives a command, and those below it, what they have in common: it takes
// no arguments unless it says so, a complaint about them is a usage error, and one
// that does nothing by itself prints its help.
func finish(cmd *cobra.Command) {
	check := cmd.Args
	if check == nil {
		check = cobra.NoArgs
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		err := check(cmd, args)
		if err == nil {
			return nil
		}
		if len(args) > 0 && cmd.HasSubCommands() {
			err = didYouMean(cmd, args[0], err)
		}
		return usageError{fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath())}
	}
	if cmd.RunE == nil {
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	for _, sub := range cmd.Commands() {
		finish(sub)
	}
}

// didYouMean adds to the complaint about an unknown command what was meant.
func didYouMean(cmd *cobra.Command, name string, err error) error {
	cmd.SuggestionsMinimumDistance = 2
	if meant := cmd.SuggestionsFor(name); len(meant) > 0 {
		return fmt.Errorf("%w; did you mean %s?", err, strings.Join(meant, " or "))
	}
	return err
}

// underWay says on a terminal what is under way, if it takes long, until done.
func (p *program) underWay(what string) (done func()) {
	progress := terminal.NewProgress(p.stderr)
	progress.Begin(what)
	return progress.End
}

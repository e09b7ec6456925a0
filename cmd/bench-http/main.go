// Command bench-http measures the bridge from outside, as a process: what a push costs it
// in CPU time, beside a bare reverse proxy before the same emulator of Access, which is
// given the same work in the dialect of Access. It runs on Linux.
//
//	bench-http            compares the bridge with the proxy
//	bench-http load       pushes an org for the first time, to an Access that takes its time
//	bench-http load -big  pushes a huge group, and reads as many users
//
// All processes are on loopback, and end with this one. The proxy reads a request whole
// before it forwards it, and the answer too, as the bridge must. Each scenario begins with
// new processes for each target, warms up, and then lets each connection make one
// operation after the other, on a user or a group of its own. The bridge logs as it does
// by default, to nowhere.
//
// Settings of Go's runtime in the environment (GOGC, GOMEMLIMIT, GOMAXPROCS, GODEBUG) are
// handed to the bridge, and to nobody else.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		_, _ = fmt.Fprintln(os.Stderr, "bench-http:", err)
		os.Exit(1)
	}
}

// run is the whole program.
func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 3 && args[0] == proxyCommand {
		return serveProxy(ctx, args[1], args[2])
	}
	debug.SetGCPercent(400) // it shares the machine with what it measures
	if err := checkSystem(); err != nil {
		return err
	}
	if len(args) > 0 && args[0] == loadCommand {
		return runLoad(ctx, args[1:], out)
	}
	return runComparison(ctx, args, out)
}

// comparison is what the command line says about the comparison.
type comparison struct {
	bench

	runs int
	only *regexp.Regexp
}

func parseComparison(args []string, out io.Writer) (c comparison, err error) {
	flags := flag.NewFlagSet("bench-http", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&c.program, "bin", "bin/ws1bridge", "`file` of the bridge")
	flags.DurationVar(&c.duration, "d", 3*time.Second, "how long each target is measured in each scenario, in turns")
	flags.IntVar(&c.connections, "c", 32, "number of connections, where the scenario does not say")
	flags.IntVar(&c.runs, "runs", 1, "how often everything is measured; the medians are shown")
	only := flags.String("only", "", "`regexp` of the scenarios to run")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() > 0 || c.duration <= 0 || c.connections < 1 || c.connections > 500 || c.runs < 1 {
		return c, errors.New("wrong arguments; see bench-http -h")
	}
	c.ports = newPorts()
	c.only, err = regexp.Compile(*only)
	return c, err
}

// runComparison measures each scenario, and prints its row.
func runComparison(ctx context.Context, args []string, out io.Writer) error {
	c, err := parseComparison(args, out)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "bridge / proxy, %v each, %d connections, %d run(s); CPU time and requests to Access "+
		"are for one operation\n\n%s", c.duration, c.connections, c.runs, heading(columns()))
	medianTimes := map[string]pair{}
	for _, s := range scenarios() {
		if !c.only.MatchString(s.name) {
			continue
		}
		var pairs []pair
		for range c.runs {
			p, err := c.comparePair(ctx, s)
			if err != nil {
				return err
			}
			pairs = append(pairs, p)
		}
		medianTimes[s.name] = medians(pairs)
		_, _ = fmt.Fprint(out, line(columns(), cells(s.name, pairs)))
	}
	small, huge := medianTimes[smallForTwo], medianTimes[hugeForTwo]
	if small.bridge.p50 > 0 && huge.bridge.p50 > 0 {
		_, _ = fmt.Fprintf(out, "\nOne member of a group of 50,000 takes %.1f times as long as one of 500 (proxy: %.1f), "+
			"and %.1f times the CPU (proxy: %.1f).\n",
			float64(huge.bridge.p50)/float64(small.bridge.p50), float64(huge.proxy.p50)/float64(small.proxy.p50),
			float64(huge.bridge.cpu)/float64(small.bridge.cpu), float64(huge.proxy.cpu)/float64(small.proxy.cpu))
	}
	return nil
}

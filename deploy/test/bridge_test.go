package deploy

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
)

// notYet is a variable that the chart may set for versions of the bridge to come. The
// bridge warns of it, and ignores it.
const notYet = "Warning: WS1BRIDGE_JOURNAL: there is no such variable"

// TestBridgeTakesTheConfiguration has the bridge check what a pod would have.
func TestBridgeTakesTheConfiguration(t *testing.T) {
	for name, rendered := range renderAll(t) {
		t.Run(name, func(t *testing.T) {
			p := mount(t, rendered)
			out, problems, err := run(t, p.env, program, "config", "check")
			if err != nil || !strings.Contains(out, "The configuration is OK: users go to the domain acme.com") {
				t.Fatalf("%v: %s%s", err, out, problems)
			}
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, "Warning:") && !strings.HasPrefix(line, notYet) {
					t.Error(line)
				}
			}
		})
	}
}

// TestBridgeRefusesMistakes makes sure that the check above can fail.
func TestBridgeRefusesMistakes(t *testing.T) {
	p := mount(t, render(t, "minimal", "--set", "config.log.level=loud,config.domains.defualt=acme.com"))
	_, problems, err := run(t, p.env, program, "config", "check")
	if err == nil || !strings.Contains(problems, "log.level") || !strings.Contains(problems, "domains.defualt") {
		t.Errorf("got %v: %s", err, problems)
	}
}

// TestFlags has the bridge read the arguments of the container.
func TestFlags(t *testing.T) {
	for _, set := range []string{"minimal", "everything"} {
		args := container(t, render(t, set)).Args
		if out, problems, err := run(t, nil, program, append(slices.Clone(args), "--help")...); err != nil {
			t.Errorf("%q: %v: %s%s", args, err, out, problems)
		}
	}
}

// TestBridgeTakesAChange changes the ConfigMap and the Secret of a running pod, of which
// the kubelet swaps the files.
func TestBridgeTakesAChange(t *testing.T) {
	p := mount(t, render(t, "minimal"))
	lines := serve(t, append(p.env, "WS1BRIDGE_LISTEN=127.0.0.1:0", "WS1BRIDGE_OPS_LISTEN=127.0.0.1:0"))
	awaitLine(t, lines, "started")
	changed := render(t, "minimal", "--set", "config.log.level=debug,secret.oktaTokens={a-new-token-of-okta}")
	p.write(t, changed)
	line := awaitLine(t, lines, "the configuration was read again")
	slices.Sort(line.Changed)
	if got := strings.Join(line.Changed, " "); got != "log.level okta.tokens" {
		t.Errorf("the bridge says that %s changed, want both at once", got)
	}
}

// logLine is a line of the bridge's log.
type logLine struct {
	Message string `json:"msg"`
	Changed []string
}

// serve runs the bridge until the end of the test. The channel has the lines of its log.
func serve(t *testing.T, env []string) <-chan logLine {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "serve")
	cmd.Env = env
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines, done := make(chan logLine, 1000), make(chan struct{})
	go func() {
		defer close(done)
		defer close(lines)
		for log := bufio.NewScanner(out); log.Scan(); {
			var line logLine
			if json.Unmarshal(log.Bytes(), &line) == nil {
				lines <- line
			}
		}
	}()
	t.Cleanup(func() {
		stop()
		<-done
		_ = cmd.Wait() // killed
	})
	return lines
}

func awaitLine(t *testing.T, lines <-chan logLine, message string) logLine {
	t.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case line, more := <-lines:
			if !more {
				t.Fatalf("the bridge ended before %q", message)
			}
			if line.Message == message {
				return line
			}
		case <-timeout:
			t.Fatalf("the log has no line %q", message)
		}
	}
}

// TestImageUser compares the user of the pod with that of the image.
func TestImageUser(t *testing.T) {
	user := regexp.MustCompile(`(?m)^USER (\d+):(\d+)$`).FindStringSubmatch(readFile(t, root+"/Dockerfile"))
	if user == nil {
		t.Fatal("the Dockerfile has no line USER with numbers")
	}
	s := one[*appsv1.Deployment](t, render(t, "minimal")).Spec.Template.Spec.SecurityContext
	if got := fmt.Sprint(*s.RunAsUser, " ", *s.RunAsGroup); got != user[1]+" "+user[2] {
		t.Errorf("the pod runs as %v, the image as %v", got, user[1:])
	}
}

package endurance

import (
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

// await waits until done reports true. say tells what is missing otherwise.
func await(t *testing.T, done func() bool, say func() string) {
	t.Helper()
	timeout := time.After(cmdtest.Patience)
	for !done() {
		select {
		case <-timeout:
			t.Fatal(say())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// process is the program in a process of its own.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr *cmdtest.Output
	done           chan struct{}
}

// spawn starts the program, which is killed at the end of the test at the latest.
func spawn(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	return spawnInto(t, nil, env, args...)
}

// spawnInto is spawn with both outputs going to a file, if there is one.
func spawnInto(t *testing.T, out *os.File, env []string, args ...string) *process {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{stdout: cmdtest.NewOutput(), stderr: cmdtest.NewOutput(), done: make(chan struct{})}
	p.cmd = exec.Command(file, args...)
	// Under the race detector a process would sleep for a second before it exits.
	p.cmd.Env = append([]string{"GORACE=atexit_sleep_ms=0"}, env...)
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	if out != nil {
		p.cmd.Stdout, p.cmd.Stderr = out, out
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	unwatch := watch(t, p.cmd.Process.Pid)
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // the outcome is in ProcessState
		unwatch()
	}()
	t.Cleanup(func() {
		p.kill()
		if strings.Contains(p.stderr.String(), "DATA RACE") {
			t.Errorf("the program has a race:\n%s", p.stderr)
		}
	})
	return p
}

// watch makes sure that a process does not outlive the test, in whatever way that
// ends: then the input of the watching shell does too.
func watch(t *testing.T, pid int) (unwatch func()) {
	t.Helper()
	shell := exec.Command("sh", "-c", "read -r _; kill -9 "+strconv.Itoa(pid))
	if _, err := shell.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = shell.Process.Kill()
		_ = shell.Wait()
	}
}

// kill ends the process as kill -9 does, and waits for its end.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.done
}

// terminate asks the process to end.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// end waits until the process ends by itself and returns its exit code.
func (p *process) end(t *testing.T) int {
	t.Helper()
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(cmdtest.Patience):
		t.Fatalf("the process does not end; it printed\n%s%s", p.stdout, p.stderr)
		return 0
	}
}

// awaitPage waits until a page is answered 200.
func (p *process) awaitPage(t *testing.T, url string) {
	t.Helper()
	await(t, func() bool {
		select {
		case <-p.done:
			t.Fatalf("the process ended; it printed\n%s%s", p.stdout, p.stderr)
		default:
		}
		res, err := http.Get(url)
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	}, func() string {
		return url + " was never answered 200; the process printed\n" + p.stdout.String() + p.stderr.String()
	})
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"
)

// patience is how long a process may take to start, or to become quiet.
const patience = 2 * time.Minute

// process is a program under measurement. Its standard output is discarded.
type process struct {
	name   string
	cmd    *exec.Cmd
	stderr head
	done   chan struct{}
}

// head keeps the beginning of what is written to it. It is safe for concurrent use.
type head struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

const headSize = 4 << 10

// Write never fails.
func (h *head) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text.Write(b[:min(len(b), headSize-h.text.Len())])
	return len(b), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// startProcess starts a program, which is killed when ctx ends.
func startProcess(ctx context.Context, name string, env []string, command ...string) (*process, error) {
	p := &process{name: name, done: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // the programs to measure
	p.cmd.Env, p.cmd.Stderr = env, &p.stderr
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the %s: %w", name, err)
	}
	unwatch, err := watch(ctx, p.cmd.Process.Pid)
	if err != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		return nil, err
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // the outcome is in ProcessState
		unwatch()
	}()
	return p, nil
}

// watch makes sure that a process does not outlive this one, in whatever way that ends:
// then the input of the watching shell does too.
func watch(ctx context.Context, pid int) (unwatch func(), _ error) {
	shell := exec.CommandContext(context.WithoutCancel(ctx), //nolint:gosec // a number
		"sh", "-c", "trap '' INT TERM HUP; read -r _; kill -9 "+strconv.Itoa(pid))
	if _, err := shell.StdinPipe(); err != nil {
		return nil, err
	}
	if err := shell.Start(); err != nil {
		return nil, fmt.Errorf("watch over a process: %w", err)
	}
	return func() {
		_ = shell.Process.Kill()
		_ = shell.Wait()
	}, nil
}

// stop ends the process as kill -9 does, and waits for its end.
func (p *process) stop() {
	if p == nil {
		return
	}
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.done
}

// ended is the error of a process that ended by itself, or nil while it runs.
func (p *process) ended() error {
	select {
	case <-p.done:
		return fmt.Errorf("the %s ended (%v):\n%s", p.name, p.cmd.ProcessState, &p.stderr)
	default:
		return nil
	}
}

// awaitPage waits until a page of the process is answered 200.
func (p *process) awaitPage(ctx context.Context, url string) error {
	for start := time.Now(); time.Since(start) < patience; {
		if err := p.ended(); err != nil {
			return err
		}
		if _, err := fetch(ctx, http.MethodGet, url, http.StatusOK); err == nil {
			return nil
		}
		if err := sleep(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("the %s never answered 200 at %s", p.name, url)
}

// sleep waits, or fails when ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// fetch sends a request without a body, and reads the answer. Another status than the
// wanted one is an error.
func fetch(ctx context.Context, method, url string, want int) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	return do(req, want)
}

// do sends a request and reads the answer.
func do(req *http.Request, want int) ([]byte, error) {
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != want {
		err = unexpected(req.Method, req.URL.Path, res.StatusCode, body)
	}
	return body, err
}

// unexpected is the error for an answer that fails a run.
func unexpected(method, path string, status int, body []byte) error {
	return fmt.Errorf("%s %s was answered %d: %s", method, path, status, body[:min(len(body), headSize)])
}

// ports gives out addresses of loopback where nothing listens. They are below the ports
// that systems give to outgoing connections, so that they stay free until the processes
// are up.
type ports struct{ next int }

const firstPort, lastPort = 20_000, 30_000

// newPorts begins elsewhere than another run of this program.
func newPorts() ports { return ports{next: os.Getpid()} }

func (p *ports) free(ctx context.Context) (string, error) {
	for range lastPort - firstPort {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(firstPort+p.next%(lastPort-firstPort)))
		p.next++
		ln, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err == nil {
			return address, ln.Close()
		}
	}
	return "", errors.New("no port is free")
}

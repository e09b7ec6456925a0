package endurance

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// severalCopies is the guide whose configuration of nginx is run.
const severalCopies = "../../../deploy/guides/several-copies.md"

// nginx is a front that finds out by failed connections who is there.
type nginx struct {
	address string
	log     *os.File
}

func (n *nginx) url() string { return "http://" + n.address }

// newNginx runs nginx with the configuration of the guide, which gets the addresses of
// the bridges and leaves out TLS.
func newNginx(t *testing.T, bridges []*bridgeProcess) *nginx {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("nginx is not installed")
	}
	dir := t.TempDir()
	n := &nginx{address: freeAddress(t)}
	if n.log, err = os.Create(filepath.Join(dir, "log")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(n.configuration(t, dir, bridges)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "-t", "-e", "stderr", "-c", file).CombinedOutput(); err != nil {
		t.Fatalf("nginx refuses the configuration: %v\n%s", err, out)
	}
	cmd := exec.Command(program, "-e", "stderr", "-c", file)
	cmd.Stderr = n.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	unwatch := watch(t, cmd.Process.Pid)
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // how it ends does not matter
		unwatch()
		_ = n.log.Close()
	})
	await(t, func() bool {
		res, err := http.Get(n.url() + "/healthz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	}, func() string { return "nginx does not answer: " + n.text(t) })
	return n
}

var nginxBlock = regexp.MustCompile("(?s)```nginx\n(.*?)```")

func (n *nginx) configuration(t *testing.T, dir string, bridges []*bridgeProcess) string {
	t.Helper()
	guide, err := os.ReadFile(severalCopies)
	if err != nil {
		t.Fatal(err)
	}
	blocks := nginxBlock.FindSubmatch(guide)
	if blocks == nil {
		t.Fatal("the guide has no configuration of nginx")
	}
	var out strings.Builder
	servers := 0
	for line := range strings.Lines(string(blocks[1])) {
		switch fields := strings.Fields(line); {
		case len(fields) > 1 && fields[0] == "server" && fields[1] != "{":
			line = strings.Replace(line, fields[1], strings.TrimPrefix(bridges[servers].main, "http://"), 1)
			servers++
		case strings.HasPrefix(strings.TrimSpace(line), "listen "):
			line = "listen " + n.address + ";\n"
		case strings.HasPrefix(strings.TrimSpace(line), "ssl_"):
			line = ""
		}
		out.WriteString(line)
	}
	if servers != len(bridges) {
		t.Fatalf("the guide has %d servers, want %d", servers, len(bridges))
	}
	paths := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		paths += kind + "_temp_path " + filepath.Join(dir, kind) + ";\n"
	}
	return "daemon off;\nworker_processes 1;\npid " + filepath.Join(dir, "pid") + ";\nerror_log stderr;\nevents {}\n" +
		"http {\naccess_log off;\n" + paths + out.String() + "}\n"
}

func (n *nginx) text(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(n.log.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestNginxWithoutBridges has nginx find nobody: Okta is asked to come again.
func TestNginxWithoutBridges(t *testing.T) {
	t.Parallel()
	e := spawnEmulator(t)
	bridges := []*bridgeProcess{spawnBridge(t, e.tenant), spawnBridge(t, e.tenant), spawnBridge(t, e.tenant)}
	n := newNginx(t, bridges)
	org := newOrg(t, n.url())
	org.mustSend(t, http.StatusCreated, http.MethodPost, "/Users", newPerson(0, 1).body())
	org.mustSend(t, http.StatusNotFound, http.MethodGet, "/Users/nobody", nil)
	var ends sync.WaitGroup
	for _, b := range bridges {
		ends.Go(b.kill)
	}
	ends.Wait()
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch} {
		x := org.send(t.Context(), method, "/Users/nobody", nil)
		x.mustWait(t)
		if !bytes.Contains(x.raw, []byte("No copy of the bridge")) {
			t.Errorf("%s, want what nginx says", x)
		}
	}
}

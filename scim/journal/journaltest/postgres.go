// Package journaltest runs a PostgreSQL of its own, for tests of what shares a journal.
package journaltest

import (
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// nobody runs the server where the test is root, which PostgreSQL refuses to work for.
const nobody = 65534

// Server is a PostgreSQL on loopback, in a temporary folder. It ends with the test.
type Server struct {
	URL string // of an empty database, without TLS

	tb   testing.TB
	bin  string
	dir  string
	port string
	cmd  *exec.Cmd
}

// PostgreSQL starts a server. Where there is none to start, the test is skipped.
func PostgreSQL(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{tb: tb, bin: installed()}
	if s.bin == "" {
		tb.Skip("PostgreSQL is not installed")
	}
	dir, err := os.MkdirTemp("", "ws1bridge-postgres-")
	must(tb, err)
	s.dir = dir
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(tb, os.Chmod(dir, 0o755)) //nolint:gosec // the server runs as somebody else
	if os.Getuid() == 0 {
		must(tb, os.Chown(dir, nobody, nobody))
	}
	data := filepath.Join(dir, "data")
	if out, err := s.command("initdb", "-D", data, "-A", "trust", "-U", "ws1bridge", "-E", "UTF8", "--no-sync").
		CombinedOutput(); err != nil {
		tb.Fatalf("initdb: %v\n%s", err, out)
	}
	s.port = freePort(tb)
	s.URL = "postgres://ws1bridge@127.0.0.1:" + s.port + "/postgres?sslmode=disable"
	s.Start()
	tb.Cleanup(s.Stop)
	return s
}

// Start starts the server, and returns when it takes connections.
func (s *Server) Start() {
	s.tb.Helper()
	s.cmd = s.command("postgres", "-D", filepath.Join(s.dir, "data"), "-h", "127.0.0.1", "-p", s.port, "-k", s.dir, "-F")
	must(s.tb, s.cmd.Start())
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if s.command("psql", "-h", s.dir, "-p", s.port, "-U", "ws1bridge", "-d", "postgres", "-c", "select 1").Run() == nil {
			return
		}
	}
	s.tb.Fatal("PostgreSQL does not come up")
}

// Stop ends the server at once, with all connections.
func (s *Server) Stop() {
	s.tb.Helper()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGINT) // a fast shutdown
	_ = s.cmd.Wait()
	s.cmd = nil
}

// command is a program of PostgreSQL.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...) //nolint:gosec,noctx // of this package; Stop ends the server
	cmd.Dir = s.dir
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return cmd
}

// installed is the folder of PostgreSQL's programs, "" for none. Debian has one for each
// version.
func installed() string {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(folders, func(a, b string) int { return version(b) - version(a) })
	if path, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	for _, folder := range folders {
		found := true
		for _, name := range []string{"initdb", "postgres", "psql"} {
			_, err := os.Stat(filepath.Join(folder, name))
			found = found && err == nil
		}
		if found {
			return folder
		}
	}
	return ""
}

func version(folder string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
	return n
}

// freePort is a port of loopback where nothing listens. It is below those that systems give to
// outgoing connections, so that it stays free while the server is stopped.
func freePort(tb testing.TB) string {
	tb.Helper()
	for range 100 {
		port := strconv.Itoa(10_000 + rand.IntN(10_000)) //nolint:gosec // a port is no secret
		ln, err := net.Listen("tcp", "127.0.0.1:"+port)  //nolint:noctx // it is closed at once
		if err == nil {
			must(tb, ln.Close())
			return port
		}
	}
	tb.Fatal("no port is free")
	return ""
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

package endurance

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// hold opens connections to the bridge and writes something on each, until the test ends.
func (b *bridgeProcess) hold(t *testing.T, n int, begin string) (held []net.Conn) {
	t.Helper()
	address := strings.TrimPrefix(b.main, "http://")
	t.Cleanup(func() {
		for _, c := range held {
			_ = c.Close()
		}
	})
	for range n {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
		_, _ = io.WriteString(c, begin) // the bridge may have closed it
	}
	return held
}

// goesOn pushes people and measures how long the slowest push took, on a new connection each.
func (b *bridgeProcess) goesOn(t *testing.T, people int) (slowest time.Duration) {
	t.Helper()
	client := okta.Client{Base: b.main + "/scim/v2", Token: cmdtest.Token}
	for i := range people {
		http.DefaultClient.CloseIdleConnections()
		start := time.Now()
		name := fmt.Sprintf("%s-%d@acme.com", strings.ToLower(filepath.Base(t.Name())), i)
		r, err := client.Send(t.Context(), http.MethodPost, "/Users", okta.User(name, "A", "B", name))
		if err != nil || r.Status != http.StatusCreated {
			t.Fatalf("a push was answered %d %v, %v", r.Status, r.Body, err)
		}
		slowest = max(slowest, time.Since(start))
	}
	return slowest
}

// peakMemory is how much memory the process has had at most, in MB.
func (p *process) peakMemory(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/status")
	if err != nil {
		t.Skip("the memory of a process is not told here")
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kilobytes, _ := strconv.Atoi(strings.Fields(rest)[0])
	return kilobytes >> 10
}

// TestCrowdsOfConnections has people who say nothing, too much, or say it slowly, while Okta
// pushes.
func TestCrowdsOfConnections(t *testing.T) {
	const head = "POST /scim/v2/Users HTTP/1.1\r\nHost: b\r\n"
	most := 120 // megabytes
	if raced() {
		most *= 5
	}
	for name, tt := range map[string]struct {
		connections int
		begin       string
		more        string // written again and again
	}{
		"Idle":       {connections: 9_000},
		"LongHeader": {connections: 500, begin: head + "X-Long: " + strings.Repeat("a", 1<<20)},
		"SlowHeader": {connections: 3_000, begin: head, more: "X-Slow: 1\r\n"},
		"SlowBody": {connections: 3_000, more: "{\"a\"",
			begin: head + "Authorization: Bearer wrong\r\nContent-Length: 100000\r\n\r\n"},
		"SlowBodyOfOkta": {connections: 200, more: " ",
			begin: head + "Authorization: Bearer " + cmdtest.Token + "\r\nContent-Length: 100000\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, accesstest.Config{})
			held := s.hold(t, tt.connections, tt.begin)
			stop := make(chan struct{})
			var work sync.WaitGroup
			defer work.Wait()
			defer close(stop)
			if tt.more != "" {
				work.Go(func() {
					for {
						for _, c := range held {
							_ = c.SetWriteDeadline(time.Now().Add(time.Second))
							_, _ = io.WriteString(c, tt.more)
						}
						select {
						case <-stop:
							return
						case <-time.After(200 * time.Millisecond):
						}
					}
				})
			}
			slowest := s.goesOn(t, 30)
			peak := s.peakMemory(t)
			t.Logf("%d connections: the slowest of 30 pushes took %v; at most %d MB", tt.connections, slowest, peak)
			if slowest > 5*time.Second || peak > most {
				t.Errorf("want at most 5 s and %d MB", most)
			}
		})
	}
}

// TestFloodOfWrongTokens has 10,000 wrong tokens come from one address and from many, while Okta
// pushes.
func TestFloodOfWrongTokens(t *testing.T) {
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	access := accesstest.Start(t, accesstest.Config{ClientID: "bridge", ClientSecret: cmdtest.Secret,
		Domains: []string{"acme.com"}})
	b := spawnBridgeInto(t, log, access.URL, "WS1BRIDGE_TRUSTED_PROXIES=127.0.0.1")
	var mu sync.Mutex
	statuses := map[int]int{}
	var work sync.WaitGroup
	const workers, each = 20, 1000
	for i := range workers {
		work.Go(func() {
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			for n := range each {
				req, err := http.NewRequest(http.MethodGet, b.main+"/scim/v2/Users", nil)
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("Authorization", "Bearer "+cmdtest.Token[:n%len(cmdtest.Token)]+strconv.Itoa(i))
				client := "203.0.113.1"
				if i%2 == 1 {
					client = fmt.Sprintf("198.51.%d.%d", i, n%250)
				}
				req.Header.Set("X-Forwarded-For", "192.0.2.1, "+client)
				res, err := transport.RoundTrip(req)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				mu.Lock()
				statuses[res.StatusCode]++
				mu.Unlock()
			}
		})
	}
	slowest := b.goesOn(t, 100)
	work.Wait()
	info, err := log.Stat()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v; the slowest of 100 pushes took %v; the log has %d KB", statuses, slowest, info.Size()>>10)
	if statuses[http.StatusUnauthorized]+statuses[http.StatusTooManyRequests] != workers*each ||
		statuses[http.StatusTooManyRequests] < workers*each/2 || slowest > 5*time.Second || info.Size() > 200<<10 {
		t.Error("want each answered 401 or 429, most of them 429, at most 5 s a push and 200 KB of log")
	}
}

// TestSmuggling sends requests whose end can be read in two ways. None of them hides another one
// that would be done.
func TestSmuggling(t *testing.T) {
	s := serve(t, accesstest.Config{})
	hidden := "DELETE /scim/v2/Users/smuggled HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer " + cmdtest.Token + "\r\n\r\n"
	const head = "POST /scim/v2/Users HTTP/1.1\r\nHost: b\r\nContent-Type: application/scim+json\r\n"
	for name, text := range map[string]string{
		"both lengths, chunks end first": head + "Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"chunks that are none":           head + "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
		"chunks named twice": head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n" +
			"\r\n0\r\n\r\n",
		"two lengths":                  head + "Content-Length: 0\r\nContent-Length: %d\r\n\r\n",
		"a length with a sign":         head + "Content-Length: +0\r\n\r\n",
		"white space before the colon": head + "Transfer-Encoding : chunked\r\nContent-Length: %d\r\n\r\n0\r\n\r\n",
		"a folded header": head + "X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: %d\r\n" +
			"\r\n0\r\n\r\n",
		"a chunk with an odd length":       head + "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
		"a line end without a return":      head + "X: a\nContent-Length: %d\n\n",
		"a header that ends another":       head + "X: a\r\r\nContent-Length: %d\r\n\r\n",
		"a request line with two versions": "POST /scim/v2/Users HTTP/1.1 HTTP/1.1\r\nHost: b\r\nContent-Length: %d\r\n\r\n",
		"two hosts":                        head + "Host: c\r\nContent-Length: %d\r\n\r\n",
	} {
		if strings.Contains(text, "%d") {
			text = fmt.Sprintf(text, len(hidden))
		}
		before := len(s.access.Requests())
		c, err := net.Dial("tcp", strings.TrimPrefix(s.main, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(time.Second))
		_, _ = io.WriteString(c, text+hidden)
		var statuses []int
		answers := bufio.NewReader(c)
		for {
			res, err := http.ReadResponse(answers, nil)
			if err != nil {
				break
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			statuses = append(statuses, res.StatusCode)
		}
		_ = c.Close()
		if len(statuses) == 0 || statuses[0] < 400 {
			t.Errorf("%s: answered %v", name, statuses)
		}
		for _, r := range s.access.Requests()[before:] {
			if strings.Contains(r.Path, "smuggled") {
				t.Errorf("%s: the hidden request was done, after %v", name, statuses)
			}
		}
	}
}

// TestLogInjection has people and groups whose names look like lines of a log. Each line is one
// JSON object, and has none of the names.
func TestLogInjection(t *testing.T) {
	s := serve(t, accesstest.Config{})
	client := okta.Client{Base: s.main + "/scim/v2", Token: cmdtest.Token}
	for i, name := range []string{"marked\n{\"level\":\"info\"}", "marked\r\n", "\x1b[2Jmarked", "marked\u2028",
		"marked\x00",
		`marked","level":"error`, "${jndi:ldap://marked}", "%s%nmarked"} {
		user := okta.User(name+"@acme.com", name, name, name+strconv.Itoa(i))
		for _, path := range []string{"/Users", "/Users/" + name, "/Groups"} {
			_, _ = client.Send(t.Context(), http.MethodPost, path, user)
		}
	}
	s.terminate(t)
	s.end(t)
	for line := range strings.Lines(s.stdout.String()) {
		if !strings.HasPrefix(line, `{"level":"`) || !strings.HasSuffix(line, "}\n") || strings.Contains(line, "marked") ||
			strings.ContainsAny(line[:len(line)-1], "\r\x1b") {
			t.Errorf("the log has the line %q", line)
		}
	}
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// written is a log in a bubble, where time is exact.
type written struct {
	*zap.Logger
	out   *cmdtest.Output
	end   func()
	began time.Time
}

func newWritten(t *testing.T, level zapcore.Level) *written {
	t.Helper()
	w := &written{out: cmdtest.NewOutput(), began: time.Now()}
	w.Logger, w.end = newLogger(w.out, level)
	t.Cleanup(w.end)
	return w
}

// refuse logs a request as package scim does.
func (w *written) refuse(op string, status int, reason string, fields ...zapcore.Field) {
	w.Named("scim").Warn("request refused", append([]zapcore.Field{zap.String("op", op), zap.String("request_id", "R"),
		zap.Int("status", status), zap.String("reason", reason)}, fields...)...)
}

// story is what the log says: of each line the second, the operation or the message,
// and how many lines it stands for.
func (w *written) story(t *testing.T) (out []string) {
	t.Helper()
	synctest.Wait()
	for line := range strings.Lines(w.out.String()) {
		var l struct {
			Time          time.Time
			Msg, Op       string
			Status        int
			Repeated      int
			RequestID     string `json:"request_id"`
			Level, Logger string
		}
		must(t, json.Unmarshal([]byte(line), &l))
		text := l.Msg
		if l.Op != "" {
			text = fmt.Sprint(l.Op, " ", l.Status)
		}
		text = fmt.Sprintf("%ds %s", int(l.Time.Sub(w.began).Seconds()), text)
		if l.Repeated > 0 {
			text += " ×" + strconv.Itoa(l.Repeated)
		}
		out = append(out, text)
	}
	return out
}

func (w *written) want(t *testing.T, want ...string) {
	t.Helper()
	if got := w.story(t); !slices.Equal(got, want) {
		t.Errorf("the log is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// each does something every second for a while.
func each(seconds int, do func()) {
	for range seconds {
		do()
		time.Sleep(time.Second)
	}
}

func TestRepeatedLinesAreOneAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWritten(t, zap.InfoLevel)
		for range 150 {
			w.refuse("patch user", 429, "Access is down.", zap.String("user_id", "u1"))
			time.Sleep(1100 * time.Millisecond) // never at the end of a minute
		}
		time.Sleep(time.Hour) // what was held back is told by itself
		w.refuse("patch user", 429, "Access is down.")
		w.want(t, "0s patch user 429", "60s patch user 429 ×54", "120s patch user 429 ×55", "180s patch user 429 ×40",
			"3765s patch user 429")
	})
}

func TestOtherLinesAreNotHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWritten(t, zap.InfoLevel)
		w.refuse("patch user", 429, "Access is down.")
		w.refuse("patch group", 429, "Access is down.")
		w.refuse("patch user", 429, "The circuit is open.")
		w.refuse("patch user", 401, "The circuit is open.")
		w.want(t, "0s patch user 429", "0s patch group 429", "0s patch user 429", "0s patch user 401")
	})
}

// Each kind of line that must never be held back is written twice.
func TestWhatIsAlwaysWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWritten(t, zap.InfoLevel)
		endpoint := w.Named("scim")
		for range 2 {
			w.refuse("create user", 409, "The userName is taken.")
			w.refuse("create user", 400, "An attribute is missing.")
			w.refuse("read user", 404, "Not found.")
			w.refuse("delete group", 404, "Not found.")
			endpoint.Error("request failed", zap.String("op", "replace user"), zap.Int("status", 500))
			endpoint.Info("request", zap.String("op", "create user"), zap.Int("status", 201))
			w.Named("dry_run").Info("write held back", zap.String("op", "delete user"))
			w.Named("token").Warn("no token can be fetched", zap.Error(errors.New("refused")))
			w.Info("started")
			w.Named("http").Info("http: panic serving 192.0.2.1")
		}
		once := []string{"0s create user 409", "0s create user 400", "0s read user 404", "0s delete group 404",
			"0s replace user 500", "0s create user 201", "0s delete user 0", "0s no token can be fetched", "0s started",
			"0s http: panic serving 192.0.2.1"}
		w.want(t, slices.Concat(once, once)...)
	})
}

// What strangers and wrong settings cause is no record's.
func TestWhatIsOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWritten(t, zap.InfoLevel)
		unknown := zap.Error(errors.New("unknown token"))
		for _, line := range []func(){
			func() { w.refuse("authenticate", 401, "", unknown) },
			func() { w.refuse("unknown", 404, "There is no such endpoint.") },
			func() { w.refuse("list users", 400, "The filter cannot be read.") },
			func() { w.Named("http").Info("http: TLS handshake error from 192.0.2.1") },
		} {
			each(3, line)
		}
		time.Sleep(time.Hour)
		w.want(t, "0s authenticate 401", "3s unknown 404", "6s list users 400", "9s http: TLS handshake error from 192.0.2.1",
			"60s authenticate 401 ×2", "63s unknown 404 ×2", "66s list users 400 ×2",
			"69s http: TLS handshake error from 192.0.2.1 ×2")
	})
}

// A change of state tells of all before it, and what follows is told at once.
func TestChangeOfStateBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWritten(t, zap.InfoLevel)
		each(10, func() { w.refuse("patch user", 429, "Access is down.") })
		logCircuit(w.Logger)(false)
		each(2, func() { w.refuse("patch user", 429, "Access is down.") })
		time.Sleep(time.Hour)
		w.want(t, "0s patch user 429", "10s patch user 429 ×9", "10s Access answers again", "10s patch user 429",
			"70s patch user 429 ×1")
	})
}

func TestEndOfTheLogTellsOfAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWritten(t, zap.InfoLevel)
		each(3, func() { w.refuse("patch user", 429, "Access is down.") })
		w.end()
		w.want(t, "0s patch user 429", "3s patch user 429 ×2")
	})
}

func TestDebugHoldsNothingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWritten(t, zap.DebugLevel)
		each(3, func() { w.refuse("patch user", 429, "Access is down.") })
		w.want(t, "0s patch user 429", "1s patch user 429", "2s patch user 429")
	})
}

// More kinds of lines than are remembered, such as of one address each, are written.
func TestMemoryOfLinesIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWritten(t, zap.InfoLevel)
		connections := w.Named("http")
		for i := range maxSayings + 10 {
			for range 2 {
				connections.Info(fmt.Sprint("http: TLS handshake error from ", i))
			}
		}
		time.Sleep(time.Minute)
		if lines, want := len(w.story(t)), 2*maxSayings+2*10; lines != want {
			t.Errorf("the log has %d lines, want %d", lines, want)
		}
	})
}

// TestOutageInTheLog has every path of Access fail for ten minutes, while Okta pushes
// ten times a second. No request is missing from the counts.
func TestOutageInTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, b := newWritten(t, zap.InfoLevel), newOutage(t)
		ada := "/Users/" + b.mustAsk(t, b.questions[3]) // that creates somebody
		b.current.Load().endpoint.Log = w.Named("scim")
		b.access.AddFault(accesstest.Fault{Status: http.StatusServiceUnavailable})
		pushes := 0
		each(600, func() {
			for i := range 10 {
				pushes++
				person := okta.User(fmt.Sprintf("p%d@acme.com", pushes), "P", "Q", fmt.Sprintf("00u%d", pushes))
				asks := []question{{method: http.MethodPost, path: "/Users", body: person},
					{method: http.MethodPatch, path: ada, body: okta.Patch(okta.Replace(okta.Object{"title": "X"}))}}
				q := asks[i%len(asks)]
				mustWait(t, b.ask(t, q.method, q.path, q.body))
			}
		})
		b.access.ClearFaults()
		time.Sleep(2 * time.Minute)
		told := 0
		lines := w.story(t)
		for _, line := range lines {
			_, times, more := strings.Cut(line, "×")
			n, _ := strconv.Atoi(times)
			if !more {
				n = 1
			}
			told += n
		}
		t.Logf("%d lines for %d requests", len(lines), pushes)
		if told != pushes || len(lines) > 100 {
			t.Errorf("%d lines tell of %d requests, want 100 lines at most, and %d requests", len(lines), told, pushes)
		}
	})
}

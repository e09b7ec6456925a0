package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"
)

// What systemd is told (sd_notify(3)).
const (
	stateReady    = "READY=1"
	stateLives    = "WATCHDOG=1"
	stateStopping = "STOPPING=1"
)

// tellTimeout is how long systemd may take to hear something. What it does not hear must
// not hold up the bridge.
const tellTimeout = time.Second

// supervision tells systemd how the bridge is, if it was started by a unit of the type
// notify: that it is ready, that it lives, and that it stops. Elsewhere it does nothing.
type supervision struct {
	environ  []string        // that the bridge was started with
	stopping <-chan struct{} // closed when the bridge begins to stop
	health   string          // URL that is answered 200 while the bridge lives
	log      *zap.Logger
}

func (p *program) supervise(ctx context.Context, ops net.Listener, log *zap.Logger) supervision {
	return supervision{
		environ: p.environ, stopping: ctx.Done(), health: "http://" + ops.Addr().String() + "/healthz",
		log: log.Named("systemd"),
	}
}

// run begins when the listeners are open, and ends with ctx, which outlives the last
// answer.
func (s supervision) run(ctx context.Context) error {
	period := s.watchdog()
	s.tell(stateReady)
	s.live(ctx, period, s.stopping)
	s.tell(stateStopping)
	s.live(ctx, period, nil)
	return nil
}

// watchdog is within what time systemd wants a sign of life, or 0 (sd_watchdog_enabled(3)).
func (s supervision) watchdog() time.Duration {
	period, pid := s.variable("WATCHDOG_USEC"), s.variable("WATCHDOG_PID")
	if period == "" || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	microseconds, err := strconv.ParseUint(period, 10, 48)
	if err != nil {
		s.log.Warn("there is no watchdog: WATCHDOG_USEC is not a number of microseconds")
	}
	return time.Duration(microseconds) * time.Microsecond
}

func (s supervision) variable(name string) (value string) {
	for _, v := range s.environ {
		if rest, found := strings.CutPrefix(v, name+"="); found {
			value = rest
		}
	}
	return value
}

// live gives signs of life, twice in a period of the watchdog, until one of both ends.
func (s supervision) live(ctx context.Context, period time.Duration, stopping <-chan struct{}) {
	var due <-chan time.Time // never, without a watchdog
	if period > 0 {
		ticker := time.NewTicker(period / 2)
		defer ticker.Stop()
		due = ticker.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-stopping:
			return
		case <-due:
			s.giveSign(ctx, period/2)
		}
	}
}

// giveSign gives a sign of life if the bridge answers its own health check in time: one
// that answers nothing is to be started again.
func (s supervision) giveSign(ctx context.Context, timeout time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	switch err := ask(ctx, s.health); {
	case err == nil:
		s.tell(stateLives)
	case !errors.Is(ctx.Err(), context.Canceled):
		s.log.Error("the bridge does not answer its own health check: the watchdog gets no sign of life", zap.Error(err))
	}
}

// ask is nil if the page is answered 200. It goes through no proxy.
func ask(ctx context.Context, page string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, http.NoBody)
	if err != nil {
		return err
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return errors.New("it was answered " + strconv.Itoa(res.StatusCode))
	}
	return nil
}

// tell tells systemd, if there is one.
func (s supervision) tell(state string) {
	socket := s.variable("NOTIFY_SOCKET")
	if socket == "" {
		return
	}
	if err := send(socket, state); err != nil {
		s.log.Warn("systemd cannot be told how the bridge is", zap.String("state", state), zap.Error(err))
	}
}

// send sends a message to a socket whose queue may be full.
func send(socket, message string) error {
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetWriteDeadline(time.Now().Add(tellTimeout)); err != nil {
		return err
	}
	_, err = conn.Write([]byte(message))
	return err
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// exchange is a request that is sent again and again.
type exchange struct {
	request *http.Request
	body    []byte
	reader  bytes.Reader
	places  []int // of numbers in the body
	want    []int
	holds   string // a part of the answer, until it was seen once
}

// lane is one connection, on which one operation follows the other.
type lane struct {
	transport  *http.Transport
	operations [][]*exchange
	number     int // is in bodies, and never the same in two lanes
	turn       int
	took       []time.Duration
	answer     bytes.Buffer
}

// lanesApart is how far the numbers of two lanes are apart. No lane makes as many
// operations.
const lanesApart = 10_000_000

// newLane prepares the connection with that number.
func newLane(ctx context.Context, s *stage, i int, work work) (*lane, error) {
	operations, err := work(ctx, s, i)
	if err != nil {
		return nil, err
	}
	l := &lane{number: (i + 1) * lanesApart, transport: &http.Transport{
		MaxConnsPerHost: 1, MaxIdleConnsPerHost: 1, DisableCompression: true, ReadBufferSize: 64 << 10,
	}}
	for _, operation := range operations {
		var exchanges []*exchange
		for _, r := range operation {
			x, err := newExchange(ctx, s, r)
			if err != nil {
				return nil, err
			}
			exchanges = append(exchanges, x)
		}
		l.operations = append(l.operations, exchanges)
	}
	return l, nil
}

func newExchange(ctx context.Context, s *stage, r request) (*exchange, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, s.base+r.path, http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header = s.kind.header(r.body != "", s.token)
	x := &exchange{request: req, body: []byte(r.body), places: places([]byte(r.body)), want: r.want, holds: r.holds}
	return x, nil
}

// run repeats the operations until that time, or until ctx ends.
func (l *lane) run(ctx context.Context, until time.Time) error {
	for ctx.Err() == nil && time.Now().Before(until) {
		start := time.Now()
		for _, x := range l.operations[l.turn%len(l.operations)] {
			if err := l.send(x); err != nil {
				return err
			}
		}
		l.took = append(l.took, time.Since(start))
		l.turn++
	}
	return nil
}

func (l *lane) send(x *exchange) error {
	for _, at := range x.places {
		putNumber(x.body[at:at+len(mark)], l.number+l.turn)
	}
	if len(x.body) > 0 {
		x.reader.Reset(x.body)
		x.request.Body, x.request.ContentLength = io.NopCloser(&x.reader), int64(len(x.body))
	}
	res, err := l.transport.RoundTrip(x.request)
	if err != nil {
		return fmt.Errorf("%s %s: %w", x.request.Method, x.request.URL.Path, err)
	}
	l.answer.Reset()
	_, err = l.answer.ReadFrom(res.Body)
	_ = res.Body.Close()
	switch {
	case err != nil:
		return fmt.Errorf("%s %s: read the answer: %w", x.request.Method, x.request.URL.Path, err)
	case !slices.Contains(x.want, res.StatusCode), !bytes.Contains(l.answer.Bytes(), []byte(x.holds)):
		return unexpected(x.request.Method, x.request.URL.Path, res.StatusCode, l.answer.Bytes())
	}
	x.holds = ""
	return nil
}

// putNumber writes a number with as many digits as there is room for.
func putNumber(to []byte, n int) {
	for i := len(to) - 1; i >= 0; i-- {
		to[i] = byte('0' + n%10)
		n /= 10
	}
}

// runAll lets all lanes run for a time, and until the last operation that was begun in it
// is done. The first failure ends all of them.
func runAll(ctx context.Context, lanes []*lane, d time.Duration) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	until := time.Now().Add(d)
	var wait sync.WaitGroup
	for _, l := range lanes {
		wait.Go(func() {
			if err := l.run(ctx, until); err != nil {
				fail(err)
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

// forget drops what was measured so far.
func forget(lanes []*lane) {
	for _, l := range lanes {
		l.took = l.took[:0]
	}
}

// times are those of all lanes, the shortest first.
func times(lanes []*lane) (all []time.Duration) {
	for _, l := range lanes {
		all = append(all, l.took...)
	}
	slices.Sort(all)
	return all
}

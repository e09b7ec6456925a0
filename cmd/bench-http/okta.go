package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// okta pushes to a bridge by several jobs, and repeats what is answered 429.
type okta struct {
	bridge    *world
	client    http.Client
	jobs      int
	repeated  atomic.Int64 // pushes that were made again
	waited    atomic.Int64 // nanoseconds until they were
	transport *http.Transport
}

func newOkta(w *world, jobs int) *okta {
	t := &http.Transport{MaxIdleConnsPerHost: jobs, MaxConnsPerHost: jobs}
	return &okta{bridge: w, jobs: jobs, transport: t, client: http.Client{Transport: t}}
}

// each has the jobs do n things, each of them once. The first failure ends all.
func (o *okta) each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range o.jobs {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := do(ctx, i); err != nil {
					fail(err)
				}
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

// mostRepetitions is how often a push is made again until a run fails.
const mostRepetitions = 100

// push sends a request until it is answered otherwise than by 429, and returns the body.
func (o *okta) push(ctx context.Context, method, path, body string, want int) ([]byte, error) {
	for range mostRepetitions {
		status, after, answer, err := o.send(ctx, method, path, body)
		switch {
		case err != nil:
			return nil, err
		case status == want:
			return answer, nil
		case status != http.StatusTooManyRequests:
			return nil, unexpected(method, path, status, answer)
		}
		o.repeated.Add(1)
		o.waited.Add(int64(after))
		if err := sleep(ctx, after); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s %s was answered 429 for %d times", method, path, mostRepetitions)
}

// send sends a request once. after is the time to wait until a repetition.
func (o *okta) send(
	ctx context.Context, method, path, body string,
) (status int, after time.Duration, answer []byte, _ error) {
	req, err := http.NewRequestWithContext(ctx, method, o.bridge.base+path, strings.NewReader(body))
	if err != nil {
		return 0, 0, nil, err
	}
	req.Header = bridge.header(body != "", "")
	res, err := o.client.Do(req)
	if err != nil {
		return 0, 0, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if answer, err = io.ReadAll(res.Body); err != nil {
		return 0, 0, nil, err
	}
	if res.StatusCode == http.StatusTooManyRequests {
		after, err = retryAfter(res.Header)
	}
	return res.StatusCode, after, answer, err
}

// retryAfter is how long an answer asks to wait.
func retryAfter(h http.Header) (time.Duration, error) {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0, errors.New("429 has no Retry-After in seconds: " + h.Get("Retry-After"))
	}
	return time.Duration(seconds) * time.Second, nil
}

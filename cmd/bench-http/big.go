package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// runBig pushes a huge group, and reads as many users.
func (l *load) runBig(ctx context.Context, out io.Writer) error {
	size := max(int(hugeSize*l.scale), 1)
	if err := l.pushBig(ctx, size, out); err != nil {
		return err
	}
	for _, count := range []int{pageSize, 1000} {
		if err := l.readBig(ctx, size, count, out); err != nil {
			return err
		}
	}
	return nil
}

// pushBig creates a group with all of its members in one push, which is repeated as
// often as the bridge asks for.
func (l *load) pushBig(ctx context.Context, size int, out io.Writer) error {
	w, err := l.newWorld(ctx, bridge, size, l.latency)
	if err != nil {
		return err
	}
	defer w.stop()
	people, err := w.seededUsers(ctx)
	if err != nil {
		return err
	}
	if err := l.startTarget(ctx, w); err != nil {
		return err
	}
	before, err := peakMemory(w.target.cmd.Process.Pid)
	if err != nil {
		return err
	}
	okta := newOkta(w, 1)
	defer okta.transport.CloseIdleConnections()
	body := oktaGroup("Everybody", people)
	c, err := w.costOf(ctx, func() error {
		_, err := okta.push(ctx, http.MethodPost, "/Groups", body, http.StatusCreated)
		return err
	})
	if err != nil {
		return err
	}
	waited := time.Duration(okta.waited.Load())
	_, _ = fmt.Fprintf(out, "POST of a group of %d, Access takes %v for a request: created after %s s, "+
		"%d repetition(s) with %s s of waiting before them, %d requests to Access, CPU %s s, "+
		"peak memory %s MB (before: %s MB)\n", size, l.latency, seconds(c.elapsed), okta.repeated.Load(),
		seconds(waited), c.requests, seconds(c.cpu), megabytes(c.memory), megabytes(before))
	return nil
}

// readBig reads all users, page by page. Access answers at once, because only CPU time
// matters.
func (l *load) readBig(ctx context.Context, size, count int, out io.Writer) error {
	w, err := l.newWorld(ctx, bridge, size, 0)
	if err != nil {
		return err
	}
	defer w.stop()
	if err := l.startTarget(ctx, w); err != nil {
		return err
	}
	okta := newOkta(w, 1)
	defer okta.transport.CloseIdleConnections()
	var read int
	c, err := w.costOf(ctx, func() (err error) {
		read, err = okta.readUsers(ctx, count)
		return err
	})
	if err != nil {
		return err
	}
	if read != size {
		return fmt.Errorf("%d users were read, want %d", read, size)
	}
	_, _ = fmt.Fprintf(out, "%d users by pages of %d: %s s, CPU %s µs a user, %d requests to Access, peak memory %s MB\n",
		read, count, seconds(c.elapsed), microseconds(c.cpu/time.Duration(read)), c.requests, megabytes(c.memory))
	return nil
}

// readUsers reads all users by pages of a size, and returns how many there are.
func (o *okta) readUsers(ctx context.Context, count int) (read int, _ error) {
	for {
		path := fmt.Sprintf("/Users?startIndex=%d&count=%d", read+1, count)
		body, err := o.push(ctx, http.MethodGet, path, "", http.StatusOK)
		if err != nil {
			return read, err
		}
		var page struct {
			Total     int               `json:"totalResults"`
			Resources []json.RawMessage `json:"Resources"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return read, err
		}
		read += len(page.Resources)
		if len(page.Resources) == 0 || read >= page.Total {
			return read, nil
		}
	}
}

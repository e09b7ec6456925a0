package upstream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// maxKnown bounds what is remembered of each kind: about 30 MB at the worst.
	maxKnown = 200_000
	// strangerFor is how long a stranger is remembered: it may become ours, or
	// was created a moment ago through another bridge.
	strangerFor = time.Minute
	// fewUnknown is how many are looked up one by one rather than in the list.
	fewUnknown = 50
	// parallelReads bounds how many records are read at once.
	parallelReads = 8
)

// verdicts remembers of the records of one kind which are ours, and finds out.
// The zero value is ready for use.
type verdicts struct {
	listing keyedLock // one reader of the list at a time

	mu        sync.Mutex // guards the maps
	own       map[string]bool
	strangers map[string]time.Time // since when
}

// note remembers what Access said of a record.
func (v *verdicts) note(id string, ours bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.own == nil {
		v.own, v.strangers = map[string]bool{}, map[string]time.Time{}
	}
	delete(v.own, id)
	delete(v.strangers, id)
	if ours {
		makeRoom(v.own)
		v.own[id] = true
	} else {
		makeRoom(v.strangers)
		v.strangers[id] = time.Now()
	}
}

// makeRoom forgets something where a map is full.
func makeRoom[K comparable, V any](m map[K]V) {
	if len(m) < maxKnown {
		return
	}
	for k := range m {
		delete(m, k)
		return
	}
}

// forget makes records unknown.
func (v *verdicts) forget(ids ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range ids {
		delete(v.own, id)
		delete(v.strangers, id)
	}
}

// forgetStrangers makes unknown those of the records that are not ours.
func (v *verdicts) forgetStrangers(ids []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range ids {
		delete(v.strangers, id)
	}
}

// recall parts ids into those that are ours and those that are not known.
func (v *verdicts) recall(ids []string) (own map[string]bool, unknown []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	own = make(map[string]bool, len(ids))
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		since, isStranger := v.strangers[id]
		switch {
		case v.own[id]:
			own[id] = true
		case !asked[id] && (!isStranger || time.Since(since) >= strangerFor):
			unknown = append(unknown, id)
		}
		asked[id] = true
	}
	return own, unknown
}

// lookUp is how verdicts ask Access. Both functions note what they see.
type lookUp struct {
	// read reads one record. ErrNotFound where it is none of ours.
	read func(ctx context.Context, id string) error
	// list returns the ids of all records of ours.
	list func(ctx context.Context) (ids []string, err error)
}

// judge returns those of the ids that are ours.
func (v *verdicts) judge(ctx context.Context, ids []string, ask lookUp) (map[string]bool, error) {
	own, unknown := v.recall(ids)
	if len(unknown) > fewUnknown {
		listed, left, err := v.judgeByList(ctx, unknown, ask)
		if err != nil {
			return nil, err
		}
		maps.Copy(own, listed)
		unknown = left
	}
	isOurs := make([]bool, len(unknown))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(parallelReads)
	for i, id := range unknown {
		work.Go(func() error {
			err := ask.read(ctx, id)
			isOurs[i] = err == nil
			if errors.Is(err, ErrNotFound) {
				return nil
			}
			return asUnavailable(err)
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	for i, id := range unknown {
		if isOurs[i] {
			own[id] = true
		}
	}
	return own, nil
}

// judgeByList reads the list of what is ours. The few that it leaves over stay
// unknown: one that moves from page to page while a list is read can be missed.
func (v *verdicts) judgeByList(
	ctx context.Context, ids []string, ask lookUp,
) (own map[string]bool, unknown []string, err error) {
	unlock, err := v.listing.lock(ctx, "")
	if err != nil {
		return nil, nil, unavailable("judge records", fmt.Errorf("waiting for a list: %w", err))
	}
	defer unlock()
	if own, unknown = v.recall(ids); len(unknown) <= fewUnknown {
		return own, unknown, nil // found by whoever held the lock
	}
	listed, err := ask.list(ctx)
	if err != nil {
		return nil, nil, asUnavailable(err)
	}
	isOurs := setOf(listed)
	unknown = slices.DeleteFunc(unknown, func(id string) bool {
		own[id] = isOurs[id]
		return isOurs[id]
	})
	found, unknown := v.recall(unknown) // the list tells of strangers too
	maps.Copy(own, found)
	if len(unknown) <= fewUnknown {
		return own, unknown, nil
	}
	for _, id := range unknown {
		v.note(id, false)
	}
	return own, nil, nil
}

// asUnavailable is the failure of a look-up: whatever Access answered, it is no
// judgement on what the caller asked for.
func asUnavailable(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && isRefusal(e) {
		return &Error{Op: e.Op, Kind: ErrUnavailable, Status: e.Status, Err: e.Err}
	}
	return err
}

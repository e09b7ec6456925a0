package upstream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"ws1bridge/upstream/keyed"
)

const (
	// maxKnown bounds what is remembered of each kind: about 30 MB at the worst.
	maxKnown = 200_000
	// strangerFor is how long a stranger is remembered: it may become ours, or
	// was created a moment ago through another bridge. It is longer than Okta takes
	// to come again, so that each repetition gets further than the one before.
	strangerFor = 3 * time.Minute
	// fewUnknown is how many are looked up one by one rather than in the list.
	fewUnknown = 50
	// sampleToShow and sampleToJoin are how many of those that a list lacks are read
	// before it is believed that they are not ours: who is not shown for a moment comes
	// back, who is left out does not.
	sampleToShow, sampleToJoin = 50, 500
	// parallelReads bounds how many records are read at once.
	parallelReads = 8
)

// verdicts remembers of the records of one kind which are ours, and finds out.
// The zero value is ready for use.
type verdicts struct {
	listing keyed.Lock // one reader of the list at a time

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
	if ours && v.own[id] {
		return
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

// isOwn reports whether a record is known to be ours.
func (v *verdicts) isOwn(id string) bool { return v.areOwn([]string{id}) }

// areOwn reports whether all of the records are known to be ours.
func (v *verdicts) areOwn(ids []string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range ids {
		if !v.own[id] {
			return false
		}
	}
	return true
}

// isStranger reports whether the record is known not to be ours.
func (v *verdicts) isStranger(id string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	since, ok := v.strangers[id]
	return ok && time.Since(since) < strangerFor
}

// noteStrangers remembers that records are not ours.
func (v *verdicts) noteStrangers(ids []string) {
	for _, id := range ids {
		v.note(id, false)
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
	// list reads all records of ours.
	list func(ctx context.Context) error
	// sample is how many of those that the list lacks are read by id.
	sample int
}

// judge returns those of the ids that are ours. Many unknown ones are looked up in the
// list. It is not documented that a list by domain finds everybody, and it may lag: so
// some of those that it lacks are read by id, and if one of them is ours, all are.
func (v *verdicts) judge(ctx context.Context, ids []string, ask lookUp) (map[string]bool, error) {
	own, unknown := v.recall(ids)
	isListed := false
	if len(unknown) > fewUnknown {
		var err error
		if isListed, err = v.readList(ctx, ask, func() bool { return v.knowsMost(ids) }); err != nil {
			return nil, err
		}
		own, unknown = v.recall(ids)
	}
	sample := unknown
	if isListed {
		sample = unknown[:min(len(unknown), ask.sample)]
	}
	found, err := ask.readEach(ctx, sample)
	switch {
	case err != nil && isListed:
		return nil, err
	case err != nil: // trouble with one record; the list may tell of it
		if _, listErr := v.readList(ctx, ask, func() bool { return false }); listErr != nil {
			return nil, err
		}
		if own, unknown = v.recall(ids); len(unknown) > 0 {
			return nil, err
		}
		return own, nil
	}
	maps.Copy(own, found)
	if unknown = unknown[len(sample):]; len(found) == 0 {
		v.noteStrangers(unknown)
		return own, nil
	}
	found, err = ask.readEach(ctx, unknown)
	maps.Copy(own, found)
	return own, err
}

// knowsMost reports whether no more of the ids are unknown than are read one by one.
func (v *verdicts) knowsMost(ids []string) bool {
	_, unknown := v.recall(ids)
	return len(unknown) <= fewUnknown
}

// readEach returns those of the ids that are ours, which it reads one by one. What is
// read before a failure is remembered.
func (ask lookUp) readEach(ctx context.Context, ids []string) (map[string]bool, error) {
	isOurs := make([]bool, len(ids))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(parallelReads)
	for i, id := range ids {
		work.Go(func() error {
			if ctx.Err() != nil {
				return asUnavailable(waitedTooLong(ctx, "judge records"))
			}
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
	own := map[string]bool{}
	for i, id := range ids {
		if isOurs[i] {
			own[id] = true
		}
	}
	return own, nil
}

// readList reads the list of what is ours, unless another caller did so while this one
// waited, which isDone tells. Where Access does not let the bridge read it, it is not read.
func (v *verdicts) readList(ctx context.Context, ask lookUp, isDone func() bool) (isRead bool, _ error) {
	unlock, err := v.listing.Lock(ctx, "")
	if err != nil {
		return false, unavailable("judge records", fmt.Errorf("waiting for a list: %w", err))
	}
	defer unlock()
	if isDone() {
		return true, nil
	}
	err = ask.list(ctx)
	if isRefusal(err) || errors.Is(err, ErrNotPermitted) {
		return false, nil
	}
	return err == nil, asUnavailable(err)
}

// asUnavailable is the failure of a look-up: whatever Access answered, it is no
// judgement on what the caller asked for.
func asUnavailable(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && isRefusal(e) {
		return &Error{Op: e.Op, Kind: ErrUnavailable, Status: e.Status, Err: e.Err}
	}
	return err
}

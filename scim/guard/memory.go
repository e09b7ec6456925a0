package guard

import (
	"context"
	"maps"
	"math"
	"sync"
	"time"
)

const maxInt = math.MaxInt

// memory counts in this process. The zero value is ready for use.
type memory struct {
	mu       sync.Mutex // guards what follows
	counted  map[string]map[string]time.Time
	released time.Time
}

// Note is that of Store.
func (m *memory) Note(
	_ context.Context, kind string, keys []string, since time.Time, most int,
) (counted int, ok bool, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counted == nil {
		m.counted = map[string]map[string]time.Time{}
	}
	known := m.counted[kind]
	if known == nil {
		known = map[string]time.Time{}
		m.counted[kind] = known
	}
	maps.DeleteFunc(known, func(_ string, at time.Time) bool { return at.Before(since) })
	fresh := map[string]time.Time{}
	for _, key := range keys {
		if _, is := known[key]; !is {
			fresh[key] = time.Now()
		}
	}
	if len(fresh) > 0 && len(known)+len(fresh) > most {
		return len(known), false, nil
	}
	maps.Copy(known, fresh)
	return len(known), true, nil
}

// Counted is that of Store.
func (m *memory) Counted(_ context.Context, since time.Time) (map[string]int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	counts := map[string]int{}
	for kind, known := range m.counted {
		for _, at := range known {
			if !at.Before(since) {
				counts[kind]++
			}
		}
	}
	return counts, nil
}

// Release is that of Store.
func (m *memory) Release(_ context.Context, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counted, m.released = nil, until
	return nil
}

// Released is that of Store.
func (m *memory) Released(context.Context) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.released, nil
}

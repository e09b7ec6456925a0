package journal

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"ws1bridge/upstream/names"
)

// memoryRecords is how many records are kept where there is no database.
const memoryRecords = 1000

// memory keeps the last records of this process.
type memory struct {
	mu      sync.Mutex // guards records
	records []Record   // the oldest first; more than count are there, so that few are moved
}

func (m *memory) add(r Record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records = append(m.records, r)
	if len(m.records) >= 2*memoryRecords {
		m.records = slices.Delete(m.records, 0, len(m.records)-memoryRecords)
	}
}

func (m *memory) find(_ context.Context, q Query) (found []Record, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range slices.Backward(m.last()) {
		if len(found) == q.limit() {
			break
		}
		if q.matches(r) {
			found = append(found, r)
		}
	}
	return found, nil
}

// last are the records that count. m.mu is held.
func (m *memory) last() []Record { return m.records[max(0, len(m.records)-memoryRecords):] }

func (m *memory) prune(_ context.Context, before time.Time, _ int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records = slices.DeleteFunc(m.records, func(r Record) bool { return r.Time.Before(before) })
	return nil
}

func (m *memory) forget(_ context.Context, name string) (n int, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	theirs := map[string]bool{}
	for _, r := range m.records {
		if r.ID != "" && names.Same(r.Name, name) {
			theirs[r.ID] = true
		}
	}
	before := len(m.records)
	m.records = slices.DeleteFunc(m.records, func(r Record) bool {
		encoded, err := json.Marshal(r)
		return err != nil || theirs[r.ID] || names.Same(r.Name, name) ||
			strings.Contains(strings.ToLower(string(encoded)), inRecord(name))
	})
	return before - len(m.records), nil
}

// inRecord is a name as it stands in the lower-case JSON of records.
func inRecord(name string) string {
	encoded, _ := json.Marshal(name) // a text can be encoded
	return strings.ToLower(string(encoded[1 : len(encoded)-1]))
}

func (*memory) close() error { return nil }

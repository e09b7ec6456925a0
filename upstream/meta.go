package upstream

import (
	"encoding/json"
	"time"
)

// Meta is what Access keeps about a record.
type Meta struct {
	Created      time.Time
	LastModified time.Time
	Version      string // weak entity tag, W/"<epoch ms>"
	// Unsettled says that the last two are not known: Access may be yet to show a write.
	Unsettled bool `json:"-"`
}

// unsettled is the meta of a record that was written since it was read.
func (m Meta) unsettled() Meta { return Meta{Created: m.Created, Unsettled: true} }

// UnmarshalJSON reads meta; a time that is not one counts as unknown.
func (m *Meta) UnmarshalJSON(b []byte) error {
	var raw struct{ Created, LastModified, Version string }
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	m.Created, _ = time.Parse(time.RFC3339Nano, raw.Created)
	m.LastModified, _ = time.Parse(time.RFC3339Nano, raw.LastModified)
	m.Version = raw.Version
	return nil
}

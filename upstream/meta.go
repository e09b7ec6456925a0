package upstream

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
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

// UnmarshalJSONFrom reads meta; a time that is not one counts as unknown.
func (m *Meta) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	return readObject(d, func(name string) error {
		switch {
		case strings.EqualFold(name, "created"):
			return readTime(d, &m.Created)
		case strings.EqualFold(name, "lastModified"):
			return readTime(d, &m.LastModified)
		case strings.EqualFold(name, "version"):
			return readText(d, &m.Version)
		}
		return d.SkipValue()
	})
}

// Package inspect looks at one person or group as an operator does: what Access holds beside
// what Okta sees, and whether a log-in is possible.
package inspect

import (
	"time"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// Inspector looks at records of a tenant.
type Inspector struct {
	Client *upstream.Client
	// Translator says what Okta sees; nil where the configuration makes none.
	Translator *translate.Translator
	// Domains are those of the bridge.
	Domains []string
}

// Reference names a group, or a member of one.
type Reference struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Changed is when a record was changed, nil where that is not known.
func Changed(m upstream.Meta) *time.Time {
	if m.LastModified.IsZero() {
		return nil
	}
	at := m.LastModified.UTC()
	return &at
}

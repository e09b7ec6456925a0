package translate

import (
	"bytes"

	"github.com/google/uuid"

	"ws1bridge/upstream"
)

// inventedMark begins each externalId that the bridge made up.
var inventedMark = []byte("ws1brg")

// InventExternalID makes up an externalId, which Access requires, for a user whom
// Okta sent without one. It is a UUID of version 8 (RFC 9562 section 5.8), because
// UEM takes only a UUID for some users, with a mark by which it is known again
// without a memory: Okta is not shown what it never sent.
func InventExternalID() string {
	id := uuid.New() // random
	copy(id[:], inventedMark)
	id[6] = id[6]&0x0f | 8<<4
	return id.String()
}

// isInvented reports whether the value of a pair is an externalId that was made up.
func (p *pair) isInvented(v upstream.Value) bool {
	s, _ := v.(string)
	if p.access != externalIDPath || len(s) != len(uuid.Nil.String()) {
		return false
	}
	id, err := uuid.Parse(s)
	return err == nil && id.Version() == 8 && bytes.HasPrefix(id[:], inventedMark)
}

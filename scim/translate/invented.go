package translate

import (
	"bytes"

	"github.com/google/uuid"

	"ws1bridge/upstream"
)

// inventedMark begins each externalId that the bridge made up.
var inventedMark = []byte("ws1brg")

// InventExternalID makes up an externalId where Okta sent none: Access requires one of
// users, and a group shows by it that the bridge made it. It is a UUID of version 8 (RFC 9562 section 5.8), because
// UEM takes only a UUID for some users, with a mark by which it is known again
// without a memory: Okta is not shown what it never sent.
func InventExternalID() string {
	id := uuid.New() // random
	copy(id[:], inventedMark)
	id[6] = id[6]&0x0f | 8<<4
	return id.String()
}

// IsInvented reports whether an externalId was made up.
func IsInvented(externalID string) bool {
	if len(externalID) != len(uuid.Nil.String()) {
		return false
	}
	id, err := uuid.Parse(externalID)
	return err == nil && id.Version() == 8 && bytes.HasPrefix(id[:], inventedMark)
}

// isInvented reports whether the value of a pair is an externalId that was made up.
func (p *pair) isInvented(v upstream.Value) bool {
	s, _ := v.(string)
	return p.access == externalIDPath && IsInvented(s)
}

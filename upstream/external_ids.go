package upstream

import (
	"context"
	"errors"
	"hash/maphash"
	"sync"
)

// externalIDs remembers who has which external id.
//
// Okta may rename a person by deactivating the old account and creating a new
// one with the same externalId. Whether Access refuses that second account is
// not documented, and a creation must not cost a search; so what the client
// has seen anyway serves as the hint. It is only ever a hint: the user is read
// before anything is done with it. So external ids are kept as hashes, which take
// a fraction of the memory: two that have the same one cost a look. The zero value
// is ready for use.
type externalIDs struct {
	mu     sync.Mutex // guards the maps
	holder map[externalKey]string
	shared map[externalKey]bool   // that several users were seen with
	keys   map[string]externalKey // by id
}

// externalKey is the hash of an external id, which means something within its domain
// only. 0 stands for none.
type externalKey uint64

// externalSeed is drawn at the start, so that nobody can choose ids of one hash.
var externalSeed = maphash.MakeSeed()

func externalKeyOf(domain, externalID string) externalKey {
	if externalID == "" {
		return 0
	}
	return externalKey(maphash.Comparable(externalSeed, [2]string{domain, externalID}) | 1)
}

// see notes the state of a user that was read.
func (x *externalIDs) see(u User) {
	key := externalKeyOf(u.Domain, u.ExternalID())
	x.mu.Lock()
	defer x.mu.Unlock()
	if before, ok := x.keys[u.ID]; ok && before == key {
		return
	}
	x.drop(u.ID)
	if key == 0 || len(x.keys) >= maxKnown {
		return
	}
	if x.keys == nil {
		x.holder, x.keys, x.shared = map[externalKey]string{}, map[string]externalKey{}, map[externalKey]bool{}
	}
	if _, taken := x.holder[key]; taken {
		x.shared[key] = true
	}
	x.keys[u.ID] = key
	x.holder[key] = u.ID
}

// forget drops a user that is gone.
func (x *externalIDs) forget(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop(id)
}

// drop needs mu.
func (x *externalIDs) drop(id string) {
	key, ok := x.keys[id]
	if !ok {
		return
	}
	delete(x.keys, id)
	if x.holder[key] == id {
		delete(x.holder, key)
	}
}

// id finds who holds an external id in a domain, if that is one user.
func (x *externalIDs) id(domain, externalID string) (string, bool) {
	key := externalKeyOf(domain, externalID)
	x.mu.Lock()
	defer x.mu.Unlock()
	id, ok := x.holder[key]
	return id, ok && !x.shared[key]
}

// RememberedUsers finds users by an external id without a search: those that the
// client remembers to have it, and that have it still. There may be others.
func (c *Client) RememberedUsers(ctx context.Context, externalID string) (found []User, _ error) {
	for _, domain := range c.domains {
		id, ok := c.memory.externalIDs.id(domain, externalID)
		if !ok {
			continue
		}
		u, err := c.getUser(ctx, opFindUsers, id)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		case u.ExternalID() == externalID:
			found = append(found, u)
		}
	}
	return found, nil
}

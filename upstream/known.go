package upstream

import (
	"context"
	"errors"
	"sync"
)

// maxKnown bounds what is remembered: about 30 MB at the worst.
const maxKnown = 200_000

// knownUsers remembers the external ids of the users that passed by.
//
// Okta may rename a person by deactivating the old account and creating a new
// one with the same externalId. Whether Access refuses that second account is
// not documented, and a creation must not cost a search; so what the client
// has seen anyway serves as the hint. It is only ever a hint: the user is read
// before anything is done with it. The zero value is ready for use.
type knownUsers struct {
	mu     sync.Mutex // guards both maps
	holder map[externalKey]string
	keys   map[string]externalKey // by id
}

// externalKey is an external id, which means something within its domain only.
type externalKey struct{ domain, externalID string }

// see notes the state of a user that was read.
func (k *knownUsers) see(u User) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := externalKey{u.Domain, u.ExternalID()}
	if k.keys[u.ID] == key {
		return
	}
	k.drop(u.ID)
	if key.externalID == "" || len(k.keys) >= maxKnown {
		return
	}
	if k.keys == nil {
		k.holder, k.keys = map[externalKey]string{}, map[string]externalKey{}
	}
	k.holder[key], k.keys[u.ID] = u.ID, key
}

// forget drops a user that is gone.
func (k *knownUsers) forget(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.drop(id)
}

// drop needs mu.
func (k *knownUsers) drop(id string) {
	key, ok := k.keys[id]
	if !ok {
		return
	}
	delete(k.keys, id)
	if k.holder[key] == id {
		delete(k.holder, key)
	}
}

// id finds who holds an external id in a domain.
func (k *knownUsers) id(domain, externalID string) (string, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	id, ok := k.holder[externalKey{domain, externalID}]
	return id, ok
}

// knownByExternalID reads the users that are remembered for an external id, and
// forgets them where the memory was out of date.
func (c *Client) knownByExternalID(ctx context.Context, externalID string) (found []User, _ error) {
	for _, domain := range c.domains {
		id, ok := c.known.id(domain, externalID)
		if !ok {
			continue
		}
		u, err := c.readUser(ctx, opFindUsers, id)
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

package upstream

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// maxKnown bounds what is remembered: about 30 MB at the worst.
const maxKnown = 200_000

// knownUsers remembers the users that passed by, with their external ids.
//
// Okta may rename a person by deactivating the old account and creating a new
// one with the same externalId. Whether Access refuses that second account is
// not documented, and a creation must not cost a search; so what the client
// has seen anyway serves as the hint. It is only ever a hint: the user is read
// before anything is done with it. The zero value is ready for use.
type knownUsers struct {
	// complete says that all users of ours were read once. Who is not known then
	// came later, by another way, or is not ours.
	complete atomic.Bool

	mu     sync.Mutex // guards the maps
	holder map[externalKey]string
	keys   map[string]externalKey // by id
	// strangers are ids that were found to be no users of ours, and when: a
	// user may become ours, or was written a moment ago by another bridge.
	strangers map[string]time.Time
}

// strangerFor is how long an id is believed to be no user of ours.
const strangerFor = time.Minute

// seeStranger notes that the id was found to be no user of ours.
func (k *knownUsers) seeStranger(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.strangers == nil || len(k.strangers) >= maxKnown {
		k.strangers = map[string]time.Time{}
	}
	k.strangers[id] = time.Now()
}

// isStranger reports whether the id was no user of ours a short time ago.
func (k *knownUsers) isStranger(id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	seen, ok := k.strangers[id]
	return ok && time.Since(seen) < strangerFor
}

// externalKey is an external id, which means something within its domain only.
type externalKey struct{ domain, externalID string }

// see notes the state of a user that was read.
func (k *knownUsers) see(u User) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.strangers, u.ID)
	key := externalKey{u.Domain, u.ExternalID()}
	if before, ok := k.keys[u.ID]; ok && before == key {
		return
	}
	k.drop(u.ID)
	if len(k.keys) >= maxKnown {
		return
	}
	if k.keys == nil {
		k.holder, k.keys = map[externalKey]string{}, map[string]externalKey{}
	}
	k.keys[u.ID] = key
	if key.externalID != "" {
		k.holder[key] = u.ID
	}
}

// has reports whether the id is that of a user of ours.
func (k *knownUsers) has(id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.keys[id]
	return ok
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

// learn reads all users and groups of ours once, so that what is known is
// complete from the start on, also in a bridge that has just been started.
func (c *Client) learn(ctx context.Context) error {
	if _, err := c.allUsers(ctx); err != nil {
		return err
	}
	c.known.complete.Store(true)
	if _, err := c.selectGroups(ctx, search{op: opListGroups, path: groupsPath}, func(Group) bool { return true }); err != nil {
		return err
	}
	c.knownGroups.complete.Store(true)
	return nil
}

// knownGroups remembers which groups are ours, so that those of a user that are
// not can be left out. The zero value is ready for use.
type knownGroups struct {
	complete atomic.Bool // all groups of ours were read once

	mu  sync.Mutex // guards ids
	ids map[string]bool
}

func (k *knownGroups) see(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ids == nil {
		k.ids = map[string]bool{}
	}
	if len(k.ids) < maxKnown {
		k.ids[id] = true
	}
}

// foreign reports whether the group is known not to be ours.
func (k *knownGroups) foreign(g Reference) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.complete.Load() && !k.ids[g.ID]
}

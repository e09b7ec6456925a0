package accesstest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Emulator is one tenant of Access. It is safe for concurrent use.
type Emulator struct {
	cfg     Config
	tokens  *tokens
	faults  *faults
	history *history

	mu    sync.Mutex // guards store and all that is in it
	store *store
}

// New returns a tenant with the local administrator, the group ALL USERS, a directory for each
// domain, and the seeded users.
func New(cfg Config) (*Emulator, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg.TokenTTL = cmp.Or(cfg.TokenTTL, defaultTokenTTL)
	e := &Emulator{
		cfg:     cfg,
		faults:  newFaults(cfg.Seed),
		history: &history{},
		store:   newStore(cfg.Modes),
	}
	e.tokens = newTokens(cfg, e.Modes)
	if err := e.store.seed(cfg); err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	return e, nil
}

// State is what the tenant holds: users and groups as SCIM serves them, groups with members, and
// directories as they are listed, with their domains. It is a copy.
type State struct {
	Users       []map[string]any `json:"users"`
	Groups      []map[string]any `json:"groups"`
	Directories []map[string]any `json:"directories"`
	Providers   []map[string]any `json:"providers"`
}

// State returns a copy of what the tenant holds. No mode leaves anything out of it.
func (e *Emulator) State() State {
	e.mu.Lock()
	encoded := encode(e.store.state())
	e.mu.Unlock()
	var out State
	if err := json.Unmarshal(encoded, &out); err != nil {
		panic(fmt.Sprintf("accesstest: state does not decode: %v", err))
	}
	return out
}

// SeedUser creates a user as POST /scim/Users would, without faults and history. The resource is
// the body of such a request.
func (e *Emulator) SeedUser(resource map[string]any) (id string, err error) {
	return e.seed(resource, userSchema, func(in *incoming) (string, error) {
		u, err := e.store.createUser(in)
		if err != nil {
			return "", err
		}
		return u.id, nil
	})
}

// SeedGroup creates a group as POST /scim/Groups would, without faults and history. The resource is
// the body of such a request.
func (e *Emulator) SeedGroup(resource map[string]any) (id string, err error) {
	return e.seed(resource, groupSchema, func(in *incoming) (string, error) {
		g, err := e.store.createGroup(in)
		if err != nil {
			return "", err
		}
		return g.id, nil
	})
}

func (e *Emulator) seed(resource map[string]any, s *schema, create func(*incoming) (string, error)) (string, error) {
	encoded, err := json.Marshal(resource)
	if err != nil {
		return "", fmt.Errorf("seed: encode: %w", err)
	}
	in, err := s.read(bytes.NewReader(encoded))
	if err != nil {
		return "", fmt.Errorf("seed: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	id, err := create(in)
	if err != nil {
		return "", fmt.Errorf("seed: %w", err)
	}
	return id, nil
}

// Modes returns the modes in force.
func (e *Emulator) Modes() Modes {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.store.modes
}

// SetModes replaces the modes in force. A synced domain can be added, not changed or removed.
func (e *Emulator) SetModes(m Modes) error {
	return e.changeModes(func(current *Modes) error {
		*current = m
		return nil
	})
}

// changeModes lets change edit a copy of the modes and puts it in force when it is valid.
func (e *Emulator) changeModes(change func(*Modes) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	m := e.store.modes
	if err := change(&m); err != nil {
		return err
	}
	if err := m.validate(); err != nil {
		return err
	}
	if m.SyncedDomain != e.store.modes.SyncedDomain {
		if e.store.modes.SyncedDomain != "" {
			return errors.New("the synced domain cannot be changed")
		}
		if err := e.store.seedSynced(m.SyncedDomain); err != nil {
			return err
		}
	}
	if m.OktaProvider != e.store.modes.OktaProvider {
		e.store.setUpOkta(m.OktaProvider)
	}
	if m.Lag == 0 {
		e.store.shown, e.store.hidden = nil, nil
	}
	e.store.modes = m
	return nil
}

// AddFault makes requests fail from now on, after the faults that were added before, and returns
// the fault's id. A Probability of 0 counts as 1. It panics where POST /faults would refuse the fault.
func (e *Emulator) AddFault(f Fault) (id string) {
	f.Probability = cmp.Or(f.Probability, 1)
	if err := f.validate(); err != nil {
		panic(fmt.Sprintf("accesstest: %v", err))
	}
	return e.faults.add(f)
}

// ClearFaults removes all faults. Requests that are being held stay held.
func (e *Emulator) ClearFaults() { e.faults.clear() }

// Faults returns the faults that can still strike, in the order in which they are tried.
func (e *Emulator) Faults() []Fault { return e.faults.all() }

// Requests returns the history of the tenant address, newest last, at most the last 100,000.
func (e *Emulator) Requests() []Request {
	requests, _ := e.history.snapshot()
	return requests
}

// RequestTotal returns the number of requests since the history was last emptied, including those
// too old to be in it.
func (e *Emulator) RequestTotal() int {
	_, total := e.history.snapshot()
	return total
}

// ClearRequests empties the history.
func (e *Emulator) ClearRequests() { e.history.clear() }

// RevokeTokens makes every token given out so far be refused.
func (e *Emulator) RevokeTokens() { e.tokens.revoke() }

// RotateSecret gives the OAuth client another secret, as its console does ("Regenerate Secret").
func (e *Emulator) RotateSecret(secret string) { e.tokens.rotate(secret) }

// Handler returns the tenant address: /SAAS/… and its forms on premises.
func (e *Emulator) Handler() http.Handler { return e.exchange(e.tenant()) }

// readObject reads one JSON object and nothing after it, whatever the type of the content is called:
// Access takes */* (Access OpenAPI). Numbers keep their text.
func readObject(body io.Reader) (object, error) {
	decoder := json.NewDecoder(body)
	decoder.UseNumber()
	var out object
	if err := decoder.Decode(&out); err != nil || out == nil {
		return nil, refuse(http.StatusBadRequest, "invalid.json", "The supplied JSON is incorrect")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, refuse(http.StatusBadRequest, "invalid.json", "The supplied JSON is incorrect: text after the end")
	}
	return out, nil
}

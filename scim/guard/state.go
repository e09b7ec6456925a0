package guard

import (
	"context"
	"strings"
	"time"
)

// State is how a guard stands.
type State struct {
	Window   time.Duration `json:"window_ns"`
	Released time.Time     `json:"released,omitzero"`
	Kinds    []KindState   `json:"kinds"`
}

// Span is the window without zeros at its end, such as 1h.
func (s State) Span() string {
	span := s.Window.String()
	for _, end := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(span, end) {
			span = span[:len(span)-2]
		}
	}
	return span
}

// KindState is how it stands with changes of a kind.
type KindState struct {
	Kind    Kind   `json:"kind"`
	Limit   string `json:"limit"` // "" for none
	Counted int    `json:"counted"`
	// HoldsBack says that changes were refused in the last window.
	HoldsBack bool `json:"holds_back"`
}

// Show is how the guard stands. Where it fails, what copies share is away, and the state is that of
// this process.
func (g *Guard) Show(ctx context.Context) (s State, err error) {
	limits := g.Limits()
	since := time.Now().Add(-limits.Window)
	s.Window = limits.Window
	counted, _ := g.own.Counted(ctx, since) // never fails
	if g.Shared != nil {
		var shared map[string]int
		if s.Released, err = g.Shared.Released(ctx); err == nil {
			g.heard(ctx, s.Released)
			shared, err = g.Shared.Counted(ctx, since)
		}
		if err == nil {
			counted = shared
		}
	}
	s.Released, _ = g.own.Released(ctx)
	for _, kind := range Kinds {
		s.Kinds = append(s.Kinds, KindState{kind, limits.Most[kind].String(), counted[string(kind)],
			g.holdsBack(kind, time.Now())})
	}
	return s, err
}

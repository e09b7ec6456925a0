package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/console"
	"ws1bridge/cmd/ws1bridge/history"
	"ws1bridge/scim/guard"
	"ws1bridge/scim/journal"
	"ws1bridge/upstream"
)

// newGuard is a guard by the configuration in use, and the client that goes with it. It counts in
// the journal where that is a database.
func newGuard(
	inUse func() (config.Guard, *upstream.Client), j *journal.Journal, log *zap.Logger, metrics prometheus.Registerer,
) *guard.Guard {
	cfg := guard.Config{
		Limits: func() guard.Limits { settings, _ := inUse(); return settings.Limits() },
		Managed: func(ctx context.Context, kind guard.Kind) (int, error) {
			_, client := inUse()
			return countManaged(ctx, client, kind == guard.Deletions)
		},
		OnTrip: func(kind guard.Kind, counted, most int) {
			log.Error("the guard holds changes back: look in Okta at what it is about to do; if it is right, "+
				"ws1bridge guard release", zap.String("kind", string(kind)), zap.Int("counted", counted), zap.Int("most", most))
		},
		Registerer: metrics,
	}
	if damage := j.Damage(); damage != nil {
		cfg.Shared = damage
	}
	return guard.New(cfg)
}

// guardInUse is what the guard of the bridge goes by.
func (b *bridge) guardInUse() (config.Guard, *upstream.Client) {
	c := b.current.Load()
	return c.Guard, c.client
}

// countManaged counts the users, or the groups, that the bridge manages.
func countManaged(ctx context.Context, client *upstream.Client, groups bool) (int, error) {
	if groups {
		page, err := client.Groups(ctx, 1, 1, false)
		return page.Total, err
	}
	page, err := client.Users(ctx, 1, 1)
	return page.Total, err
}

// guardNotices are what the console says of changes that are held back.
func (b *bridge) guardNotices(ctx context.Context) (list []console.Notice) {
	state, _ := b.guard.Show(ctx) // trouble with the journal has a place of its own
	for _, k := range state.Kinds {
		if k.HoldsBack {
			list = append(list, console.Notice{IsGuard: true, Text: fmt.Sprintf(
				"The guard holds back %s: %d were made in the last %s, and the limit is %s.", k.Kind.Words(), k.Counted,
				state.Span(), k.Limit),
				Fix: "look in Okta at what it is about to do; if it is right, let it pass, else correct it there"})
		}
	}
	if time.Now().Before(state.Released) {
		list = append(list, console.Notice{Text: "The guard lets everything pass until " +
			state.Released.UTC().Format("15:04 UTC") + ".", Fix: "nothing: it counts again by itself"})
	}
	return list
}

// release lets changes pass.
func (b *bridge) release(ctx context.Context, until time.Time) error {
	if err := b.guard.Release(ctx, until); err != nil {
		return fmt.Errorf("this bridge lets changes pass, and others could not be told: %w", err)
	}
	return nil
}

// errNotHere is what others than those on the machine are told.
const errNotHere = "ops_listen can be reached from other machines, or the console is made for them: let changes pass " +
	"in the console, or set journal.url, so that ws1bridge guard tells the database"

// onMachine keeps others than those on the machine away.
func (b *bridge) onMachine(answer http.HandlerFunc) http.Handler {
	return history.OnMachine(b.isForTheMachine, errNotHere, answer)
}

func (b *bridge) showGuard(w http.ResponseWriter, r *http.Request) {
	state, _ := b.guard.Show(r.Context()) // while the database is away, it is that of this bridge
	writeJSON(w, http.StatusOK, state)
}

func (b *bridge) releaseGuard(w http.ResponseWriter, r *http.Request) {
	until, err := time.Parse(time.RFC3339, r.URL.Query().Get("until"))
	if err != nil || time.Until(until) > maxRelease {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "until is a time such as 2026-03-02T08:00:14Z, " +
			"within a week"})
		return
	}
	if err := b.release(r.Context(), until); err != nil {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"error": err.Error()})
		return
	}
	b.showGuard(w, r)
}

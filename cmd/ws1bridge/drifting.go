package main

import (
	"context"
	"fmt"

	"ws1bridge/cmd/ws1bridge/console"
	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/schedule"
	"ws1bridge/cmd/ws1bridge/status"
	"ws1bridge/scim"
)

// newDrift is the schedule by which Okta is compared with Access; nil where none is made.
func (b *bridge) newDrift() *schedule.Schedule {
	settings := b.current.Load().Drift
	if settings.Every == 0 {
		return nil
	}
	return schedule.New(schedule.Config{
		Every: settings.Every,
		// A dry run has nothing written.
		Repair: func() bool { return b.current.Load().Drift.Repair && !b.dry.held() },
		Comparison: func() (*drift.Comparison, func(), error) {
			c := b.current.Load()
			from, err := newOrg(c.Okta)
			if err != nil {
				return nil, nil, err
			}
			return &drift.Comparison{Source: from, Client: c.client, Translator: c.translator},
				from.HTTPClient.CloseIdleConnections, nil
		},
		Push:      func(ctx context.Context, p scim.Push) scim.Outcome { return b.current.Load().endpoint.Push(ctx, p) },
		OnOutcome: func() { b.status.Look() },
		Log:       b.log.Named("drift"), Registerer: b.metrics,
	})
}

// runDrift compares until ctx ends, where anything is to be compared.
func (b *bridge) runDrift(ctx context.Context) error {
	if b.drift == nil {
		return nil
	}
	return b.drift.Run(ctx)
}

// driftComponents are what the bridge depends on to compare.
func (b *bridge) driftComponents() []status.Component {
	if b.drift == nil {
		return nil
	}
	return []status.Component{{Name: "drift", Check: b.drift.Ready, Explain: explainDrift}}
}

// explainDrift tells why nothing could be compared.
func explainDrift(err error) (verdict status.Verdict, detail, fix string) {
	return status.Failed, "Okta and Access could not be compared: " + err.Error(),
		"see the guide on drift; pushes go on without comparisons"
}

// driftNotices are what the console says of differences.
func (b *bridge) driftNotices() []console.Notice {
	if b.drift == nil {
		return nil
	}
	n := b.drift.State().Total()
	if n == 0 {
		return nil
	}
	return []console.Notice{{Text: fmt.Sprintf("Okta and Access differ (%d).", n),
		Fix: "see the page Drift; ws1bridge drift --repair repairs most of it"}}
}

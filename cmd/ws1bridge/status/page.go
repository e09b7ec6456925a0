package status

import (
	"context"
	"encoding/json"
	"net/http"
)

// page is the answer of /status.
type page struct {
	Status     string             `json:"status"` // "ok" or "failed"
	Components map[string]Finding `json:"components"`
}

// Findings are those of all components. What was found a moment ago counts.
func (b *Board) Findings(ctx context.Context) []Named {
	// A finding is for all who ask, so one who leaves early must not spoil it.
	findings := b.look(context.WithoutCancel(ctx))
	all := make([]Named, len(findings))
	for i, c := range b.components {
		all[i] = Named{c.Name, findings[i]}
	}
	return all
}

// ServeHTTP shows all components: 200 when none has failed, 503 otherwise. What was
// found a moment ago is shown as it was.
func (b *Board) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, all := http.StatusOK, page{Status: string(OK), Components: map[string]Finding{}}
	for _, c := range b.Findings(r.Context()) {
		all.Components[c.Name] = c.Finding
		if c.Status == Failed {
			status, all.Status = http.StatusServiceUnavailable, string(Failed)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(all)
}

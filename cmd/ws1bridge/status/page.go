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

// ServeHTTP shows all components: 200 when none has failed, 503 otherwise. What was
// found a moment ago is shown as it was.
func (b *Board) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// A finding is for all who ask, so one who leaves early must not spoil it.
	findings := b.look(context.WithoutCancel(r.Context()))
	status, all := http.StatusOK, page{Status: string(OK), Components: map[string]Finding{}}
	for i, c := range b.components {
		all.Components[c.Name] = findings[i]
		if findings[i].Status == Failed {
			status, all.Status = http.StatusServiceUnavailable, string(Failed)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(all)
}

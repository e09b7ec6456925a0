package scim

import (
	"net/http"
	"strings"
	"time"

	"ws1bridge/upstream"
)

// baseURL is the endpoint's URL as the caller knows it. Links are always built
// from it; what Access says about its own location never reaches a caller.
func (h *Handler) baseURL(r *http.Request) string {
	if h.PublicURL != "" {
		return h.PublicURL
	}
	scheme := "http"
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		scheme = "https"
	}
	return scheme + "://" + r.Host + BasePath
}

// meta is the meta attribute of a resource (RFC 7643 section 3.1).
func meta(kind, location string, m upstream.Meta) map[string]any {
	out := map[string]any{"resourceType": kind, "location": location}
	if !m.Created.IsZero() {
		out["created"] = m.Created.UTC().Format(time.RFC3339Nano)
	}
	if !m.LastModified.IsZero() {
		out["lastModified"] = m.LastModified.UTC().Format(time.RFC3339Nano)
	}
	if m.Version != "" {
		out["version"] = m.Version
	}
	return out
}

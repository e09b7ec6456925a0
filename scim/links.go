package scim

import (
	"net/http"
	"time"

	"ws1bridge/scim/provision"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// baseURL is the endpoint's URL as the caller knows it. Links are always built
// from it; what Access says about its own location never reaches a caller.
func (h *Handler) baseURL(r *http.Request) string {
	if h.PublicURL != "" {
		return h.PublicURL
	}
	return h.TrustedProxies.scheme(r) + "://" + r.Host + BasePath
}

// linked is the record as a SCIM 2.0 resource, with its links, and its location.
func (t *resourceType) linked(record provision.Record, base string) (r schema.Resource, location string) {
	r, location = record.Resource, base+t.Endpoint+"/"+record.ID
	t.links(r, base)
	r["id"] = record.ID
	r["meta"] = meta(t.Name, location, record.Meta)
	return r, location
}

// link points each value of a list to the resource that its value is the id of.
func link(list any, to string) {
	for _, item := range schema.List(list) {
		if element, ok := item.(map[string]any); ok {
			id, _ := element["value"].(string)
			element["$ref"] = to + id
		}
	}
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

package scim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	elimity "github.com/elimity-com/scim"
	"github.com/elimity-com/scim/schema"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/translate"
)

// The schemas of the discovery resources (RFC 7643 sections 5 to 7).
const (
	providerConfigSchema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	resourceTypeSchema   = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	schemaSchema         = "urn:ietf:params:scim:schemas:core:2.0:Schema"
)

// serviceProviderConfig says what of SCIM the endpoint can do (RFC 7643 section 5).
func (h *Handler) serviceProviderConfig(r *http.Request) (answer, error) {
	if err := refuseFilter(r); err != nil {
		return answer{}, err
	}
	supported := func(yes bool) map[string]any { return map[string]any{"supported": yes} }
	return answer{status: http.StatusOK, body: map[string]any{
		"schemas":        []string{providerConfigSchema},
		"patch":          supported(true),
		"bulk":           map[string]any{"supported": true, "maxOperations": maxBulkOperations, "maxPayloadSize": maxBody},
		"filter":         map[string]any{"supported": true, "maxResults": maxCount},
		"changePassword": supported(false),
		"sort":           supported(true),
		"etag":           supported(true),
		"authenticationSchemes": []any{map[string]any{
			"type": "oauthbearertoken", "name": "OAuth Bearer Token",
			"description": "A token that the operator of the bridge gives out.",
			"specUri":     "https://www.rfc-editor.org/info/rfc6750", "primary": true,
		}},
		"meta": discoveryMeta("ServiceProviderConfig", h.baseURL(r)+"/ServiceProviderConfig"),
	}}, nil
}

func (h *Handler) listResourceTypes(r *http.Request) (answer, error) {
	all := make([]translate.Resource, len(h.types))
	for i, t := range h.types {
		all[i] = h.presentType(r, t)
	}
	return discoveryList(r, all)
}

func (h *Handler) readResourceType(r *http.Request) (answer, error) {
	if err := refuseFilter(r); err != nil {
		return answer{}, err
	}
	for _, t := range h.types {
		if t.Name == resourceID(r) {
			return answer{status: http.StatusOK, body: h.presentType(r, t)}, nil
		}
	}
	return answer{}, notFound(resourceID(r))
}

func (h *Handler) presentType(r *http.Request, t elimity.ResourceType) map[string]any {
	body := map[string]any{
		"schemas": []string{resourceTypeSchema},
		"id":      t.ID.Value(), "name": t.Name, "description": t.Description.Value(),
		"endpoint": t.Endpoint, "schema": t.Schema.ID,
		"meta": discoveryMeta("ResourceType", h.baseURL(r)+"/ResourceTypes/"+t.Name),
	}
	if len(t.SchemaExtensions) > 0 {
		extensions := make([]any, len(t.SchemaExtensions))
		for i, e := range t.SchemaExtensions {
			extensions[i] = map[string]any{"schema": e.Schema.ID, "required": e.Required}
		}
		body["schemaExtensions"] = extensions
	}
	return body
}

func (h *Handler) listSchemas(r *http.Request) (answer, error) {
	schemas := h.schemas()
	all := make([]translate.Resource, len(schemas))
	for i, s := range schemas {
		all[i] = h.presentSchema(r, s)
	}
	return discoveryList(r, all)
}

func (h *Handler) readSchema(r *http.Request) (answer, error) {
	if err := refuseFilter(r); err != nil {
		return answer{}, err
	}
	for _, s := range h.schemas() {
		if strings.EqualFold(s.ID, resourceID(r)) {
			return answer{status: http.StatusOK, body: h.presentSchema(r, s)}, nil
		}
	}
	return answer{}, notFound(resourceID(r))
}

func (h *Handler) schemas() []schema.Schema {
	var all []schema.Schema
	for _, t := range h.types {
		all = append(all, t.Schema)
		for _, e := range t.SchemaExtensions {
			all = append(all, e.Schema)
		}
	}
	return all
}

func (h *Handler) presentSchema(r *http.Request, s schema.Schema) map[string]any {
	body := s.ToMap()
	if attributes, ok := body["attributes"].([]map[string]any); ok && s.ID != GroupSchema {
		h.announceMapped(s, attributes)
	}
	body["schemas"] = []string{schemaSchema}
	body["meta"] = discoveryMeta("Schema", h.baseURL(r)+"/Schemas/"+s.ID)
	return body
}

// announceMapped leaves out the sub-attributes that have no home in Access, and
// says what Access creates no user without.
func (h *Handler) announceMapped(s schema.Schema, attributes []map[string]any) {
	urn := s.ID
	if urn == translate.UserSchema {
		urn = ""
	}
	mapped, required := h.Translator.SchemaAttributes(), h.Translator.Required()
	for _, a := range attributes {
		name, _ := a["name"].(string)
		if slices.Contains(required, (filter.Attribute{URN: urn, Name: name}).String()) {
			a["required"] = true
		}
		m, _ := find(mapped, urn, name)
		subs, ok := a["subAttributes"].([]map[string]any)
		if !ok || len(m.Sub) == 0 {
			continue
		}
		subs = slices.DeleteFunc(subs, func(sub map[string]any) bool {
			return !slices.ContainsFunc(m.Sub, func(n string) bool { return n == sub["name"] })
		})
		for _, sub := range subs {
			if path := (filter.Attribute{URN: urn, Name: name, Sub: fmt.Sprint(sub["name"])}).String(); slices.Contains(required, path) {
				a["required"], sub["required"] = true, true
			}
		}
		a["subAttributes"] = subs
	}
}

// discoveryList is always whole.
func discoveryList(r *http.Request, all []translate.Resource) (answer, error) {
	if err := refuseFilter(r); err != nil {
		return answer{}, err
	}
	return list(all, len(all), search{startIndex: 1}), nil
}

// refuseFilter refuses a filter, as RFC 7644 section 4 demands. Everything else
// that a query may ask for is ignored there.
func refuseFilter(r *http.Request) error {
	for name := range r.URL.Query() {
		if strings.EqualFold(name, "filter") {
			e := invalidFilter("Discovery takes no filter.")
			e.Status = http.StatusForbidden
			return e
		}
	}
	return nil
}

func discoveryMeta(kind, location string) map[string]any {
	return map[string]any{"resourceType": kind, "location": location}
}

package scim

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/query"
	"ws1bridge/scim/schema"
)

// The schemas of the discovery resources (RFC 7643 sections 5 to 7).
const (
	providerConfigSchema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	resourceTypeSchema   = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	schemaSchema         = "urn:ietf:params:scim:schemas:core:2.0:Schema"
)

// serviceProviderConfig says what of SCIM the endpoint can do (RFC 7643 section 5).
func serviceProviderConfig(_ context.Context, c *call) (answer, error) {
	supported := func(yes bool) map[string]any { return map[string]any{"supported": yes} }
	return answer{status: http.StatusOK, body: map[string]any{
		"schemas":        []string{providerConfigSchema},
		"patch":          supported(true),
		"bulk":           map[string]any{"supported": true, "maxOperations": maxBulkOperations, "maxPayloadSize": maxBody},
		"filter":         map[string]any{"supported": true, "maxResults": query.MaxCount},
		"changePassword": supported(false),
		"sort":           supported(true),
		"etag":           supported(true),
		"authenticationSchemes": []any{map[string]any{
			"type": "oauthbearertoken", "name": "OAuth Bearer Token",
			"description": "A token that the operator of the bridge gives out.",
			"specUri":     "https://www.rfc-editor.org/info/rfc6750", "primary": true,
		}},
		"meta": c.discoveryMeta("ServiceProviderConfig", "/ServiceProviderConfig"),
	}}, nil
}

func (h *Handler) listResourceTypes(_ context.Context, c *call) (answer, error) {
	return whole(h.resourceTypes(c)...), nil
}

func (h *Handler) readResourceType(_ context.Context, c *call) (answer, error) {
	return c.pick(h.resourceTypes(c), func(id string) bool { return id == c.id })
}

func (h *Handler) resourceTypes(c *call) (all []schema.Resource) {
	for _, t := range h.types {
		all = append(all, c.presentType(t))
	}
	return all
}

func (c *call) presentType(t *resourceType) schema.Resource {
	body := schema.Resource{
		"schemas": []string{resourceTypeSchema},
		"id":      t.ID.Value(), "name": t.Name, "description": t.Description.Value(),
		"endpoint": t.Endpoint, "schema": t.Schema.ID,
		"meta": c.discoveryMeta("ResourceType", "/ResourceTypes/"+t.Name),
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

func (h *Handler) listSchemas(_ context.Context, c *call) (answer, error) {
	return whole(h.schemas(c)...), nil
}

func (h *Handler) readSchema(_ context.Context, c *call) (answer, error) {
	return c.pick(h.schemas(c), func(id string) bool { return strings.EqualFold(id, c.id) })
}

// pick answers with the resource that has such an id.
func (c *call) pick(all []schema.Resource, is func(id string) bool) (answer, error) {
	for _, r := range all {
		if id, _ := r["id"].(string); is(id) {
			return answer{status: http.StatusOK, body: r}, nil
		}
	}
	return answer{}, problem.NotFound(problem.Clip(c.id))
}

func (h *Handler) schemas(c *call) (all []schema.Resource) {
	for _, t := range h.types {
		for _, s := range t.Schemas() {
			body := t.Describe(s)
			body["schemas"] = []string{schemaSchema}
			body["meta"] = c.discoveryMeta("Schema", "/Schemas/"+s.ID)
			all = append(all, body)
		}
	}
	return all
}

// whole is a list that has one page.
func whole(all ...schema.Resource) answer {
	return listOf(query.Page{Resources: all, Total: len(all), StartIndex: 1})
}

// refuseFilter refuses a filter, as RFC 7644 section 4 demands. Everything else
// that a query may ask for is ignored there.
func refuseFilter(_ *call, raw string) error {
	values, _ := url.ParseQuery(raw) // as much as can be read
	for name, given := range values {
		if strings.EqualFold(name, "filter") && !slices.Equal(given, []string{""}) {
			return problem.DiscoveryFilter()
		}
	}
	return nil
}

// discoveryMeta is the meta attribute of a discovery resource at that path.
func (c *call) discoveryMeta(kind, path string) map[string]any {
	return map[string]any{"resourceType": kind, "location": c.base + path}
}

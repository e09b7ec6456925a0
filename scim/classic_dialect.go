package scim

import (
	"context"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"ws1bridge/scim/classic"
	"ws1bridge/scim/patch"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/query"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream/jsonvalue"
)

// The paths of SCIM 1.1. Okta's own app "VMware Workspace ONE" calls the first, which is
// that of Access, by itself.
const (
	ClassicPath      = "/SAAS/jersey/manager/api/scim"
	classicShortPath = "/scim/v1"
)

// old is SCIM 1.1, for Okta's own app.
var old = &dialect{
	version: "1.1",
	bases:   []string{ClassicPath, classicShortPath},
	resource: func(h *Handler, c *call, raw map[string]any) map[string]any {
		raw = classic.FromResource(raw)
		h.correctDomain(c, raw)
		return raw
	},
	patch:   (*Handler).readClassicPatch,
	search:  classicSearch,
	present: classicBody,
	refusal: func(p *problem.Error, detail string) any {
		return map[string]any{"Errors": []any{map[string]any{"description": detail, "code": strconv.Itoa(p.Status)}}}
	},
	contentType: func(string) string { return jsonType + "; charset=utf-8" },
}

// classicEndpoints are those of SCIM 1.1 that there are: the operations are the same.
func (h *Handler) classicEndpoints() map[string]methods {
	all := map[string]methods{
		"/Schemas":                discovery(h.classicSchemas),
		"/ServiceProviderConfigs": discovery(classicProviderConfig),
		"/ServiceProviderConfig":  discovery(classicProviderConfig),
	}
	for _, t := range h.types {
		maps.Copy(all, h.endpointsOf(t))
	}
	return withPaths(all)
}

// correctDomain puts right the domain of a user that an app names which cannot be told
// another. The log names each value once.
func (h *Handler) correctDomain(c *call, user schema.Resource) {
	if c.one().hasMembers {
		return
	}
	from := h.Translator.CorrectDomain(user)
	if from == "" || !h.corrected.first(from) {
		return
	}
	c.log.note(zap.String("corrected_domain", loggableDomain(from)))
}

// loggableDomain is what an app named as a domain, as it may be in the log: anything that
// cannot be one may be a person's address.
func loggableDomain(s string) string {
	const known = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._ "
	if len(s) > 253 || strings.Trim(s, known) != "" {
		return "[not a domain]"
	}
	return s
}

// readClassicPatch reads a partial resource (SCIM 1.1 protocol, section 3.3.2).
func (h *Handler) readClassicPatch(c *call, body []byte) error {
	raw, err := readObject(body)
	if err != nil {
		return err
	}
	h.noteAttributes(c.log, raw)
	h.correctDomain(c, raw)
	var request patch.Request
	for _, change := range classic.ReadChanges(raw, c.one().Index) {
		request.Add(change.Op, change.Path, change.Value)
	}
	if len(request.Operations) == 0 {
		return nil // nothing is to change: the answer is the resource as it is
	}
	changes, unknown, err := request.Read(c.one().Index, c.id)
	h.noteDropped(c.log, unknown)
	c.changes = changes
	return err
}

// classicSearch gives the names in a query those of SCIM 2.0.
func classicSearch(asked *query.Request) {
	for i, name := range asked.Attributes {
		asked.Attributes[i] = classic.Path(name)
	}
	for i, name := range asked.ExcludedAttributes {
		asked.ExcludedAttributes[i] = classic.Path(name)
	}
	asked.SortBy = classic.Path(asked.SortBy)
	if asked.Filter != nil {
		filter := classic.Filter(*asked.Filter)
		asked.Filter = &filter
	}
}

// classicBody is the body of an answer as SCIM 1.1 has it.
func classicBody(body any) any {
	switch body := body.(type) {
	case schema.Resource:
		return classic.ToResource(body)
	case listResponse:
		for i, r := range body.Resources {
			body.Resources[i] = classic.ToResource(r)
		}
		return classicList(body)
	}
	return body
}

// classicList is a page of resources (SCIM 1.1 protocol, section 3.2.2).
type classicList listResponse

// AppendJSON writes counts as JSON integers.
func (l classicList) AppendJSON(b []byte) ([]byte, error) {
	b = append(b, `{"schemas":["`+classic.Core+`"],"totalResults":`...)
	b = append(strconv.AppendInt(b, int64(l.Total), 10), `,"startIndex":`...)
	b = append(strconv.AppendInt(b, int64(l.StartIndex), 10), `,"itemsPerPage":`...)
	b = append(strconv.AppendInt(b, int64(len(l.Resources)), 10), `,"Resources":`...)
	b, err := jsonvalue.Append(b, l.Resources)
	return append(b, '}'), err
}

// classicProviderConfig says what can be done (SCIM 1.1 core schema, section 9).
func classicProviderConfig(context.Context, *call) (answer, error) {
	supported := func(yes bool) map[string]any { return map[string]any{"supported": yes} }
	return answer{status: http.StatusOK, body: map[string]any{
		"schemas": []string{classic.Core}, "patch": supported(true), "bulk": supported(false),
		"filter":         map[string]any{"supported": true, "maxResults": query.MaxCount},
		"changePassword": supported(false), "sort": supported(true), "etag": supported(true),
		"xmlDataFormat": supported(false),
		"authenticationSchemes": []any{map[string]any{
			"type": "oauthbearertoken", "name": "OAuth Bearer Token",
			"description": "A token that the operator of the bridge gives out.",
		}},
	}}, nil
}

// classicSchemas lists the schemas (SCIM 1.1 core schema, section 10): one for each type,
// with the attributes of extensions among its own.
func (h *Handler) classicSchemas(context.Context, *call) (answer, error) {
	var all []schema.Resource
	for _, t := range h.types {
		var attributes []any
		for _, s := range t.Schemas() {
			described, _ := t.Describe(s)["attributes"].([]map[string]any)
			attributes = append(attributes, classic.Attributes(described, s.ID)...)
		}
		all = append(all, schema.Resource{
			"id": classic.Core + ":" + t.Name, "name": t.Name, "description": t.Description.Value(),
			"schema": classic.Core, "endpoint": t.Endpoint, "attributes": attributes,
		})
	}
	return whole(all...), nil
}

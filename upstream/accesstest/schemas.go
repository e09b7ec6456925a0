package accesstest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// listSchemas needs a filter by name with eq (Access OpenAPI). The shape is that of SCIM 1.1 §10.
func listSchemas(r *http.Request) (answer, error) {
	c, err := parseComparison(r.URL.Query().Get("filter"))
	if err != nil {
		return answer{}, err
	}
	if !strings.EqualFold(c.name, "name") || c.op != "eq" {
		return answer{}, refuse(http.StatusBadRequest, "invalid.filter", "Only filters by name with 'eq' are supported")
	}
	resources := []any{}
	for _, s := range []*schema{userSchema, groupSchema} {
		if strings.EqualFold(s.name, c.want) {
			resources = append(resources, s.describe())
		}
	}
	return listAnswer(resources, 1, len(resources), coreURN)
}

func (s *schema) describe() object {
	list := describeAll(coreURN, s.core)
	for _, urn := range slices.Sorted(maps.Keys(s.ext)) {
		list = append(list, describeAll(urn, s.ext[urn])...)
	}
	return object{
		"id": coreURN + ":" + s.name, "name": s.name, "schema": coreURN, "endpoint": "/" + s.endpoint, "attributes": list,
	}
}

func describeAll(urn string, defs attributes) []any {
	list := []any{}
	for _, key := range slices.Sorted(maps.Keys(defs)) {
		def := defs[key]
		kinds := map[kind]string{text: "string", boolean: "boolean", complexValue: "complex", multiValued: "complex"}
		described := object{
			"name": def.name, "type": kinds[def.kind], "multiValued": def.kind == multiValued, "schema": urn,
			"readOnly": def.readOnly || def.fixed, "required": def.name == "userName", "caseExact": def.exact,
		}
		if len(def.subs) > 0 {
			described["subAttributes"] = describeAll(urn, def.subs)
		}
		list = append(list, described)
	}
	return list
}

// Package classic converts between SCIM 1.1, which Okta's own app "VMware Workspace ONE"
// speaks, and SCIM 2.0, which the rest of the bridge is made of: resources, changes and
// names of attributes, both ways. It does nothing else, and knows nothing of Access.
//
// Sources are the SCIM 1.1 core schema and protocol (2012), and what is known of Okta as a
// client of them. What the app really sends was never published, so every plausible form is
// taken: names of SCIM 2.0 too.
package classic

import (
	"slices"
	"strings"

	"ws1bridge/scim/schema"
)

// The schemas of SCIM 1.1.
const (
	Core       = "urn:scim:schemas:core:1.0"
	Enterprise = "urn:scim:schemas:extension:enterprise:1.0"
)

const (
	managerName   = "manager"
	managerID11   = "managerId" // SCIM 1.1 core schema, section 7
	managerID20   = "value"     // RFC 7643 section 4.3
	metaName      = "meta"
	schemasName   = "schemas"
	reference     = "$ref"
	resourceType  = "resourceType"
	operationName = "operation"
	removal       = "delete"
)

// FromResource is a resource of SCIM 1.1 with the names of SCIM 2.0, which it takes over.
func FromResource(raw map[string]any) map[string]any {
	for name, value := range raw {
		switch {
		case strings.EqualFold(name, Enterprise):
			delete(raw, name)
			raw[schema.Enterprise] = withManager(value, managerID11, managerID20)
		case strings.EqualFold(name, schemasName):
			raw[name] = renamed(value, toURN20)
		case strings.EqualFold(name, Core):
			// Everything of the core schema stands at the top; what some put below its URN
			// belongs there too.
			delete(raw, name)
			object, _ := value.(map[string]any)
			for inner, v := range object {
				if _, taken := raw[inner]; !taken {
					raw[inner] = v
				}
			}
		}
	}
	return raw
}

// ToResource is a resource of SCIM 2.0 as SCIM 1.1 has it, which it takes over. kind is the
// schema that it has there.
func ToResource(r schema.Resource) map[string]any {
	r[schemasName] = renamed(r[schemasName], toURN11)
	if extension, ok := r[schema.Enterprise]; ok {
		delete(r, schema.Enterprise)
		r[Enterprise] = withManager(extension, managerID20, managerID11)
	}
	if meta, ok := r[metaName].(map[string]any); ok {
		delete(meta, resourceType)
	}
	for _, item := range schema.List(r["groups"]) {
		if group, ok := item.(map[string]any); ok {
			delete(group, reference)
		}
	}
	if members, ok := r["members"].(schema.Members); ok {
		members.Users = ""
		r["members"] = members
	}
	return r
}

// withManager is an extension in which the id of a manager has another name.
func withManager(extension any, from, to string) any {
	object, ok := extension.(map[string]any)
	if !ok {
		return extension
	}
	for name, value := range object {
		manager, isObject := value.(map[string]any)
		if !isObject || !strings.EqualFold(name, managerName) {
			continue
		}
		for inner, v := range manager {
			if strings.EqualFold(inner, from) {
				delete(manager, inner)
				manager[to] = v
			}
		}
		delete(manager, reference)
	}
	return object
}

// renamed is a list of URNs with other names, each once.
func renamed(list any, to func(string) string) any {
	out := []any{}
	for _, item := range schema.List(list) {
		urn, ok := item.(string)
		if !ok {
			continue
		}
		if urn = to(urn); !slices.Contains(out, any(urn)) {
			out = append(out, urn)
		}
	}
	return out
}

func toURN20(urn string) string {
	switch {
	case strings.EqualFold(urn, Enterprise):
		return schema.Enterprise
	case strings.EqualFold(urn, Core):
		return schema.User
	}
	return urn
}

func toURN11(urn string) string {
	switch urn {
	case schema.User, schema.Group:
		return Core
	case schema.Enterprise:
		return Enterprise
	}
	return urn
}

// Path is the path of an attribute in SCIM 2.0, such as manager.value of the enterprise
// extension for manager.managerId.
func Path(path string) string {
	path = strings.TrimSpace(path)
	if rest, ok := cutURN(path, Core); ok {
		return rest
	}
	rest, ok := cutURN(path, Enterprise)
	if !ok {
		return path
	}
	name, sub, _ := strings.Cut(rest, ".")
	if strings.EqualFold(name, managerName) && strings.EqualFold(sub, managerID11) {
		rest = name + "." + managerID20
	}
	return schema.Enterprise + ":" + rest
}

// cutURN cuts a URN off a path; the URN alone leaves nothing.
func cutURN(path, urn string) (rest string, ok bool) {
	if len(path) < len(urn) || !strings.EqualFold(path[:len(urn)], urn) {
		return "", false
	}
	rest = path[len(urn):]
	if rest == "" {
		return "", true
	}
	return strings.CutPrefix(rest, ":")
}

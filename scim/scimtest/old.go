package scimtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"strings"

	"ws1bridge/scim/schema"
)

// OldPath is where SCIM 1.1 is spoken.
const OldPath = "/SAAS/jersey/manager/api/scim"

const (
	oldCore       = "urn:scim:schemas:core:1.0"
	oldEnterprise = "urn:scim:schemas:extension:enterprise:1.0"
)

// SendOld says in SCIM 1.1 what a request of SCIM 2.0 says, as Okta's own app does, and
// returns the answer as SCIM 2.0 has it: by hand, and not by the code that is tested.
func (w *World) SendOld(method, path string, body any) Response {
	w.T.Helper()
	var said map[string]any
	if body != nil {
		said = InOld(w.object(body))
	}
	r := w.SendAnyhow(method, strings.Replace(path, "/scim/v2", OldPath, 1), said)
	if errors, isError := r.Body["Errors"].([]any); isError && len(errors) == 1 {
		one, _ := errors[0].(map[string]any)
		r.Body = map[string]any{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": one["code"],
			"detail": one["description"]}
	}
	if r.Status == http.StatusOK && strings.Contains(string(r.Raw), "urn:ietf") {
		w.T.Errorf("%s %s was answered in SCIM 2.0: %s", method, path, r.Raw)
	}
	return r
}

// object is a body as JSON has it.
func (w *World) object(body any) (object map[string]any) {
	w.T.Helper()
	b, err := json.Marshal(body)
	Must(w.T, err)
	Must(w.T, json.Unmarshal(b, &object))
	return object
}

// InOld writes a body of SCIM 2.0, which it takes over, as SCIM 1.1 has it.
func InOld(modern map[string]any) map[string]any {
	if operations, isPatch := modern["Operations"].([]any); isPatch {
		return oldPatch(operations)
	}
	modern["schemas"] = []any{oldCore, oldEnterprise, schema.Workspace}
	if extension, ok := modern[schema.Enterprise].(map[string]any); ok {
		delete(modern, schema.Enterprise)
		if manager, ok := extension["manager"].(map[string]any); ok {
			extension["manager"] = map[string]any{"managerId": manager["value"], "displayName": manager["displayName"]}
		}
		modern[oldEnterprise] = extension
	}
	return modern
}

var oneMember = regexp.MustCompile(`^members\[value eq "(.*)"\]$`)

// oldPatch is a partial resource that makes the changes of operations. It knows those that
// Okta sends.
func oldPatch(operations []any) map[string]any {
	partial := map[string]any{"schemas": []any{oldCore}}
	members, cleared := []any{}, []any{}
	for _, item := range operations {
		o, _ := item.(map[string]any)
		op, _ := o["op"].(string)
		path, _ := o["path"].(string)
		leaving := oneMember.FindStringSubmatch(path)
		switch {
		case leaving != nil:
			members = append(members, map[string]any{"value": leaving[1], "operation": "delete"})
		case path == "members" && !strings.EqualFold(op, "remove"):
			list, _ := o["value"].([]any)
			members = append(members, list...)
			if strings.EqualFold(op, "replace") {
				cleared = append(cleared, path)
			}
		case strings.EqualFold(op, "remove"):
			cleared = append(cleared, path)
		case path == "":
			object, _ := o["value"].(map[string]any)
			maps.Copy(partial, object)
		default:
			partial[path] = o["value"]
		}
	}
	if len(members) > 0 {
		partial["members"] = members
	}
	if len(cleared) > 0 {
		partial["meta"] = map[string]any{"attributes": cleared}
	}
	return partial
}

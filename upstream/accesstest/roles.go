package accesstest

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

func roleView(role object) object {
	return object{
		"schemas": []string{coreURN, workspaceURN}, "id": role["id"], "displayName": role["displayName"],
		"meta": object{"location": "https://" + canonicalHost + apiPath + "/scim/Roles/" + role["id"].(string)},
	}
}

// listRoles is read-only and takes no filter; members are not served.
func (e *Emulator) listRoles(*http.Request) (answer, error) {
	resources := []any{}
	for _, role := range e.store.roles {
		resources = append(resources, roleView(role))
	}
	return answer{status: http.StatusOK, body: object{
		"totalResults": len(resources), "itemsPerPage": len(resources), "startIndex": 1,
		"schemas": []string{coreURN, workspaceURN}, "Resources": resources,
	}}, nil
}

func (e *Emulator) getRole(r *http.Request) (answer, error) {
	for _, role := range e.store.roles {
		if role["id"] == chi.URLParam(r, "id") {
			return answer{status: http.StatusOK, body: roleView(role)}, nil
		}
	}
	return answer{}, refuse(http.StatusNotFound, "role.not.found", "The specified role does not exist.")
}

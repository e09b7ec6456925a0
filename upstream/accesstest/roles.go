package accesstest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"
)

// The roles that the OAuth client may have.
const (
	roleSuper     = "super"
	roleUsers     = "users"
	roleAuditor   = "auditor"
	roleProviders = "providers"
	roleRead      = "read"
	roleNone      = "none"
)

var roles = []string{roleSuper, roleUsers, roleAuditor, roleProviders, roleRead, roleNone}

// loginPaths are what [roleProviders] may read and write beside SCIM.
var loginPaths = []string{directoriesPath, providersPath, networksPath, methodsPath}

// permits reports whether the role of the OAuth client allows a request. Which
// role allows what is chosen: Access documents only that a role too small is
// refused, and that "to be able to execute all APIs" it takes the Super Admin
// (Access documentation of OAuth clients).
func (m Mistakes) permits(r *http.Request) bool {
	users := strings.HasPrefix(r.URL.Path, apiPath+"/scim/")
	switch m.Role {
	case roleUsers:
		return users
	case roleAuditor:
		return users || r.Method == http.MethodGet
	case roleProviders:
		return users || slices.ContainsFunc(loginPaths, func(path string) bool {
			return r.URL.Path == path || strings.HasPrefix(r.URL.Path, path+"/")
		})
	case roleRead:
		return users && r.Method == http.MethodGet
	case roleNone:
		return false
	}
	return true
}

func roleView(role object) object {
	return object{
		"schemas": []string{coreURN, workspaceURN}, "id": role["id"], "displayName": role["displayName"],
		"meta": object{"location": "https://" + canonicalHost + apiPath + "/scim/Roles/" + role["id"].(string)},
	}
}

// listRoles is read-only and takes no filter; members are not served.
func (s *store) listRoles(*http.Request) (answer, error) {
	resources := []any{}
	for _, role := range s.roles {
		resources = append(resources, roleView(role))
	}
	return listAnswer(resources, 1, len(resources), coreURN, workspaceURN)
}

func (s *store) getRole(r *http.Request) (answer, error) {
	for _, role := range s.roles {
		if role["id"] == chi.URLParam(r, "id") {
			return okay(roleView(role))
		}
	}
	return answer{}, refuse(http.StatusNotFound, "role.not.found", "The specified role does not exist.")
}

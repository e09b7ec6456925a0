package upstream

import "strings"

// readOnly are the core attributes that are not among Attributes: they are
// read elsewhere or belong to Access. Keys are lower case.
var readOnly = []string{"schemas", "id", "meta", "groups", "roles", "password", "errors"}

// workspaceReadOnly are those of the workspace extension (Omnissa Access
// OpenAPI, WorkspaceSchemaUserAttributes).
var workspaceReadOnly = []string{
	"domain", "internalUserType", "userStatus", "userStoreUuid", "directoryUuid", "directoryName", "directoryType",
	"softDeleted", "isSoftDeleted", "firstLoginUrl", "otaLink", "userGroups",
	"isPasswordChangeFeatureEnabled", "isUserInPreHireGroup",
}

// field is what answers say under a name.
type field struct {
	path       Path
	subs       map[string]Path // those that are known
	isReadOnly bool
}

// fields are those of a schema by their names, those of the core schema in lower case
// too: Access reads names without regard to case, so nothing promises how it writes them.
type fields map[string]field

var coreFields, extensionFields = func() (core fields, extensions map[string]fields) {
	core, extensions = fields{}, map[string]fields{}
	for urn, attributes := range writable {
		known := core
		if urn != "" {
			known = fields{}
			extensions[urn] = known
		}
		for name, subs := range attributes {
			f := field{path: PathOf(urn, name, ""), subs: map[string]Path{}}
			for _, sub := range subs {
				f.subs[sub] = PathOf(urn, name, sub)
			}
			known[name] = f
		}
	}
	for _, name := range readOnly {
		core[name] = field{path: CorePath(name), isReadOnly: true}
	}
	core["members"] = field{path: membersPath}
	for name, f := range core {
		core[strings.ToLower(name)] = f
	}
	for _, name := range workspaceReadOnly {
		extensions[WorkspaceSchema][name] = field{path: PathOf(WorkspaceSchema, name, ""), isReadOnly: true}
	}
	return core, extensions
}()

// find finds the field that answers call by a name in the schema.
func (known fields) find(schema, name string) field {
	f, ok := known[name]
	if !ok && schema == "" {
		f, ok = known[strings.ToLower(name)]
	}
	if !ok {
		f.path = PathOf(schema, name, "")
	}
	return f
}

// sub is the path of a sub-attribute.
func (f field) sub(name string) Path {
	if p, ok := f.subs[name]; ok {
		return p
	}
	return PathOf(f.path.Schema(), f.path.Name(), name)
}

// coreName is a name of the core schema in its own spelling.
func coreName(name string) string { return coreFields.find("", name).path.Name() }

package translate

import "ws1bridge/scim/schema"

// Resource is what it is in package schema, where callers are to take it from.
type Resource = schema.Resource

// SchemaAttribute is Mapped of package schema, where callers are to take it from.
type SchemaAttribute = schema.Mapped

// The schemas of a user, as in package schema, where callers are to take them from.
const (
	UserSchema       = schema.User
	EnterpriseSchema = schema.Enterprise
	WorkspaceSchema  = schema.Workspace
)

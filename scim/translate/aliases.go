package translate

import "ws1bridge/scim/schema"

// What moved to package schema, for callers that still take it from here.
type (
	Resource        = schema.Resource
	SchemaAttribute = schema.Mapped
)

// The schemas of a user.
const (
	UserSchema       = schema.User
	EnterpriseSchema = schema.Enterprise
	WorkspaceSchema  = schema.Workspace
)

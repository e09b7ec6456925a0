package drift

import (
	"context"
	"errors"
)

// Source says what should be in Access: Okta's management API, or an export.
type Source interface {
	// Properties are the variables of the app's profile, by name.
	Properties(ctx context.Context) (map[string]Property, error)
	// EachUser gives everybody who is assigned to use.
	EachUser(ctx context.Context, use func(AppUser) error) error
	// User is somebody who is assigned, as Okta has them now. ErrNotAssigned where nobody of the
	// id is.
	User(ctx context.Context, id string) (AppUser, error)
	// Mappings are the groups that are pushed.
	Mappings(ctx context.Context) ([]Mapping, error)
	// GroupName is the name of a group. ErrNoGroup where there is none of the id.
	GroupName(ctx context.Context, id string) (string, error)
	// Members are the ids, in Okta, of those who are in a group.
	Members(ctx context.Context, id string) ([]string, error)
}

var (
	// ErrNotAssigned says that Okta has assigned nobody of an id to the app.
	ErrNotAssigned = errors.New("okta has not assigned the person to the app")
	// ErrNoGroup says that Okta has no group of an id.
	ErrNoGroup = errors.New("okta has no such group")
)

// AppUser is somebody who is assigned to the app (Okta management API, Application Users). Any
// field may be missing.
type AppUser struct {
	ID string `json:"id"` // in Okta
	// ExternalID is the link: the id in Access, "" where Okta has none.
	ExternalID  string `json:"externalId"`
	Status      string `json:"status"`
	SyncState   string `json:"syncState"`
	Credentials struct {
		UserName string `json:"userName"`
	} `json:"credentials"`
	// Profile has the values of the app's variables, nil where it is not known.
	Profile map[string]any `json:"profile"`
}

// Mapping is a group that is pushed.
type Mapping struct {
	SourceGroupID string `json:"sourceGroupId"` // in Okta
	TargetGroupID string `json:"targetGroupId"` // in Access, "" where it is not known
	Status        string `json:"status"`
	ErrorSummary  string `json:"errorSummary"`
}

// Property is a variable of the app's profile: which attribute of SCIM it becomes.
type Property struct {
	ExternalName      string `json:"externalName"`
	ExternalNamespace string `json:"externalNamespace"`
}

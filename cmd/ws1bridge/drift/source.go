package drift

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"ws1bridge/upstream/names"
)

// Source says what should be in Access: Okta's management API, or an export.
type Source interface {
	// App is the app that pushes.
	App(ctx context.Context) (App, error)
	// EachUser gives everybody who is assigned to use.
	EachUser(ctx context.Context, use func(AppUser) error) error
	// User is somebody who is assigned, as Okta has them now, by their key. ErrNotAssigned where
	// nobody of the key is.
	User(ctx context.Context, key string) (AppUser, error)
	// Mappings are the groups that are pushed.
	Mappings(ctx context.Context) ([]Mapping, error)
	// GroupName is the name of a group. ErrNoGroup where there is none of the id.
	GroupName(ctx context.Context, id string) (string, error)
	// Members are the keys of those who are in a group.
	Members(ctx context.Context, id string) ([]string, error)
}

var (
	// ErrNotAssigned says that Okta has assigned nobody of an id to the app.
	ErrNotAssigned = errors.New("okta has not assigned the person to the app")
	// ErrNoGroup says that Okta has no group of an id.
	ErrNoGroup = errors.New("okta has no such group")
)

// App is the app that pushes (Okta management API, Applications).
type App struct {
	// Status is ACTIVE or INACTIVE, "" where it is not known.
	Status string `json:"status"`
	// Features are what it pushes, nil where that is not known.
	Features []string `json:"features"`
	// Properties are the variables of its profile, by name.
	Properties map[string]Property `json:"-"`
	// TellsAll says that a variable without a value has none, though nobody has one.
	TellsAll bool `json:"-"`
}

// The features that matter.
const (
	pushesNewUsers      = "PUSH_NEW_USERS"
	pushesProfiles      = "PUSH_PROFILE_UPDATES"
	pushesDeactivations = "PUSH_USER_DEACTIVATION"
	pushesGroups        = "GROUP_PUSH"
)

// pushes reports whether the app has a feature, as far as that is known.
func (a App) pushes(feature string) bool {
	return len(a.Features) == 0 || slices.Contains(a.Features, feature)
}

// notPushed is what is not compared, because the app does not push it.
func (a App) notPushed() (words []string) {
	for _, one := range []struct{ feature, words string }{
		{pushesDeactivations, "who is active (Deactivate Users is off)"},
		{pushesProfiles, "attributes (Update User Attributes is off)"},
	} {
		if !a.pushes(one.feature) {
			words = append(words, one.words)
		}
	}
	return words
}

// AppUser is somebody who is assigned to the app (Okta management API, Application Users). Any
// field may be missing.
type AppUser struct {
	ID string `json:"id"` // in Okta, "" where the source does not know it
	// ExternalID is the link: the id in Access, "" where Okta has none.
	ExternalID string `json:"externalId"`
	// LinkUnknown says that the source tells nothing of links, so that none is missed.
	LinkUnknown bool `json:"-"`
	// IsPartial says that the source lacks attributes that nobody is created without, so that
	// nothing can be said of a creation.
	IsPartial   bool   `json:"-"`
	Status      string `json:"status"`
	SyncState   string `json:"syncState"`
	Credentials struct {
		UserName string `json:"userName"`
	} `json:"credentials"`
	// Profile has the values of the app's variables, nil where it is not known.
	Profile map[string]any `json:"profile"`
}

// Key is what a source calls the person by: the id in Okta, or one of the userName where the
// source does not know the id.
func (u AppUser) Key() string {
	return cmp.Or(u.ID, "userName:"+names.Fold(u.Credentials.UserName))
}

// Mapping is a group that is pushed.
type Mapping struct {
	SourceGroupID string `json:"sourceGroupId"` // in Okta
	TargetGroupID string `json:"targetGroupId"` // in Access, "" where it is not known
	Status        string `json:"status"`
	ErrorSummary  string `json:"errorSummary"`
	// NameOnly says that the source knows no ids of groups, and has the name for one.
	NameOnly bool `json:"-"`
}

// Property is a variable of the app's profile: which attribute of SCIM it becomes.
type Property struct {
	ExternalName      string `json:"externalName"`
	ExternalNamespace string `json:"externalNamespace"`
}

package drift

// Kind is what differs.
type Kind string

// The kinds of differences.
const (
	// Missing says that Okta assigned somebody who has no account.
	Missing Kind = "missing"
	// LinkGone says that Okta is linked to an account that is not there.
	LinkGone Kind = "link gone"
	// NotLinked says that there is an account, and Okta is not linked to it, or to another one.
	NotLinked Kind = "not linked"
	// ActiveHere and InactiveHere say that the account is active, or not, and should not be so.
	ActiveHere   Kind = "active here"
	InactiveHere Kind = "inactive here"
	// Attributes says that values differ.
	Attributes Kind = "attributes"
	// Unassigned says that there is an active account of ours that Okta assigned to nobody.
	Unassigned Kind = "unassigned"
	// Twice says that somebody has two accounts of ours.
	Twice Kind = "twice"
	// Contested says that several people of Okta lay claim to one account, or that two groups are
	// pushed to one.
	Contested Kind = "contested"
	// NameTaken says that somebody has no account, or a group is not there, and another one has the
	// name.
	NameTaken Kind = "name taken"
	// StatusUnknown says that Okta has a status that is not known here.
	StatusUnknown Kind = "status unknown"
	// NotPushable says that what Okta holds would be refused.
	NotPushable Kind = "not pushable"
	// OktaFailed says that Okta itself shows that a push failed.
	OktaFailed Kind = "failed in Okta"
	// GroupMissing, GroupNotLinked, GroupRenamed, MembersMissing and MembersExtra are about groups
	// that are pushed.
	GroupMissing   Kind = "group missing"
	GroupNotLinked Kind = "group not linked"
	GroupRenamed   Kind = "group renamed"
	MembersMissing Kind = "members missing"
	MembersExtra   Kind = "members too many"
)

// Kinds are all of them.
var Kinds = []Kind{Missing, LinkGone, NotLinked, ActiveHere, InactiveHere, Attributes, Unassigned, Twice, Contested,
	NameTaken, StatusUnknown, NotPushable, OktaFailed, GroupMissing, GroupNotLinked, GroupRenamed, MembersMissing,
	MembersExtra}

// fixes are what to do where a difference is not repaired.
var fixes = map[Kind]string{
	Missing:        "press Provision User in the app's Assignments",
	LinkGone:       "remove the assignment and assign again",
	NotLinked:      "press Provision User: the bridge finds the account",
	ActiveHere:     "push the person again, or correct the assignment",
	InactiveHere:   "push the person again, or correct the assignment",
	Attributes:     "Force Sync in the app's Provisioning, or correct whatever changes Access",
	Unassigned:     "deactivate it in Access if the person has left",
	Twice:          "delete the one that Okta is not linked to",
	Contested:      "see which of them is right, and unassign the other one",
	NameTaken:      "see whose it is: delete it, or give one of them another name",
	StatusUnknown:  "see the person in the app's Assignments",
	NotPushable:    "correct the profile in Okta",
	OktaFailed:     "see its text; Retry under Dashboard > Tasks",
	GroupMissing:   "push the group again",
	GroupNotLinked: "unlink the group without deleting it, and push it again",
	GroupRenamed:   "push the group again",
	MembersMissing: "Push now at the group",
	MembersExtra:   "Push now at the group",
}

// Fix is what to do about differences of the kind.
func (k Kind) Fix() string { return fixes[k] }

// Difference is one of them.
type Difference struct {
	Kind Kind `json:"kind"`
	// Name is the userName or the name of the group, as Okta has it where it has one.
	Name string `json:"name"`
	// ID is that in Access, and OktaID that in Okta, both "" where there is none.
	ID     string `json:"id,omitempty"`
	OktaID string `json:"okta_id,omitempty"`
	// Detail says more in words, without values of attributes.
	Detail string `json:"detail,omitempty"`
	// Attributes are those that differ, as Access names them.
	Attributes []string `json:"attributes,omitempty"`
	// Values are what Access holds of them and what it should hold, where values are asked for.
	Values map[string][2]any `json:"values,omitempty"`
}

// Columns name the columns of a list of differences.
var Columns = []string{"name", "what", "detail", "id", "okta id"}

// Row is the difference in such a list.
func (d Difference) Row() []any { return []any{d.Name, string(d.Kind), d.Detail, d.ID, d.OktaID} }

package problem

import (
	"net/http"

	scimerrors "github.com/elimity-com/scim/errors"
)

// What is wrong with a PATCH.
var (
	NoOperations = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text: "A PATCH needs at least one of Operations (schema %s)."})
	TooManyOperations = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeTooMany,
		Text: "A PATCH may have %d operations: send the rest in another.", Fix: "split the change"})
	UnknownOp = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text: "The op of an operation is add, replace or remove."})
	NoValue = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "An operation that adds or replaces needs a value: null or [] clears."})
	BadValue = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text: "The value of an operation cannot be decoded."})
	RemoveNeedsPath = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeNoTarget,
		Text: "A remove operation needs a path."})
	NoPathNeedsObject = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "An operation without a path needs an object as its value."})
	OtherID = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeMutability,
		Text: "The id in the value is not the id in the path, and an id cannot be changed."})
	PathSyntax = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidPath,
		Text: `The path of an operation cannot be read: %s. ` +
			`A path looks like name.givenName or emails[type eq "work"].value.`})
	ReadOnly = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeMutability,
		Text:  "The attribute %s is read-only.",
		Cause: "A change of an attribute that only the bridge sets, such as id or meta",
		Fix:   "delete the mapping of this attribute"})
	Required = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeMutability,
		Text:  "The attribute %s is required: it can be replaced, not removed.",
		Cause: "The value of a required attribute was removed",
		Fix:   "give the person a value; correct the mapping or the person in Okta, then retry the task"})
	NeedsObject = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text:  "The value of %s must be an object.",
		Cause: "An extension came as something else than an object",
		Fix:   "check external name and namespace of its attributes in the Profile Editor"})
	FilterNeedsObject = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "A path that ends in a filter selects whole values of %s: the value must be an object."})
	NotMultiValued = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidPath,
		Text: "The attribute %s is not multi-valued: its path takes no filter."})
	NoMatch = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeNoTarget,
		Text: "No value of %s matches the filter in the path.",
		Fix:  "read the resource again, then change what is there"})
	NoMatchToAdd = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeNoTarget,
		Text: "No value of %s matches the filter in the path, and the filter does not describe one.",
		Fix:  "read the resource again, then change what is there"})
	MemberFixed = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeMutability,
		Text: "A member cannot be changed: remove it, and add another.", Fix: "remove the member and add the other one"})
	TooManyComparisons = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeTooMany,
		Text: "The filters in the paths of this PATCH would have to be compared too often: send fewer operations, " +
			"or select members by value eq.",
		Fix: "select members by their ids"})
)

// What is wrong with a bulk request.
var (
	NoBulkOperations = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text: "A bulk request needs at least one of Operations (schema %s)."})
	TooManyBulkOperations = one(Entry{Status: http.StatusRequestEntityTooLarge, Type: scimerrors.ScimTypeTooMany,
		Text: "A bulk request may have %d operations: send the rest in another.", Fix: "split the request"})
	NotInBulk = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "An operation of a bulk request is a POST to /Users or /Groups, " +
			"or a PUT, PATCH or DELETE of one resource there."})
	NoBulkID = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "Each POST of a bulk request needs a bulkId."})
	BulkIDTwice = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "Two operations of the bulk request have the same bulkId."})
	NoBulkData = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "The operation needs data."})
	UnknownBulkID = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "The operation refers to a bulkId that no operation has."})
	BulkFailed = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "The operation refers to another one that failed.", Fix: "look at the other operation's answer and fix that"})
	BulkLater = none(Entry{Status: http.StatusTooManyRequests,
		Text: "The operation refers to another one that could not be done now.", Fix: "send it again"})
	BulkCircle = none(Entry{Status: http.StatusConflict,
		Text: "The operation and another refer to one another: create one of them first, " +
			"and change it by a third operation."})
)

// What is there already.
var (
	UserNameTaken = three(Entry{Status: http.StatusConflict, Type: scimerrors.ScimTypeUniqueness,
		Text:  "The userName is taken by the user with id %s (userName %v, active %t).",
		Cause: "A user with this name is there already, pushed from another Okta account or app",
		Fix:   "rename one of the two in Okta, or delete the user in Access that nobody needs"})
	ExternalIDTaken = two(Entry{Status: http.StatusConflict, Type: scimerrors.ScimTypeUniqueness,
		Text:  "The externalId belongs to the active user with id %s (userName %v).",
		Cause: "The same Okta person was pushed under another name and is still active",
		Fix:   "rename the person in the app instead of assigning again, or deactivate the old account first"})
	UserTakenElsewhere = none(Entry{Status: http.StatusConflict, Type: scimerrors.ScimTypeUniqueness,
		Text: "Workspace ONE Access already has this userName or externalId outside of the users that the bridge " +
			"manages: rename or delete that user there.",
		Cause: "A local or synchronized user, or one of another domain, has the name",
		Fix:   "`ws1bridge user get NAME` shows it; rename or delete it in Access"})
	NewUserNameTaken = none(Entry{Status: http.StatusConflict, Type: scimerrors.ScimTypeUniqueness,
		Text:  "Workspace ONE Access already has another user with this userName in the domain.",
		Cause: "The new name of the person is taken",
		Fix:   "choose another name in Okta, or delete the other user in Access"})
	GroupTaken = one(Entry{Status: http.StatusConflict, Type: scimerrors.ScimTypeUniqueness,
		Text:  "The displayName is taken by the group with id %s. Link to that group in Okta, or rename one of them.",
		Cause: "The bridge's domain has a group of this name already",
		Fix:   "link to the existing group under Push Groups, or rename one of them"})
	NewGroupNameTaken = none(Entry{Status: http.StatusConflict, Type: scimerrors.ScimTypeUniqueness,
		Text:  "Workspace ONE Access already has another group with this displayName.",
		Cause: "The new name of the group is taken", Fix: "choose another name in Okta, or rename the other group"})
	GroupTakenElsewhere = none(Entry{Status: http.StatusConflict, Type: scimerrors.ScimTypeUniqueness,
		Text: "Workspace ONE Access already has a group with this displayName that the bridge does not manage " +
			"(group names are unique in the whole tenant): rename one of them.",
		Cause: "A synchronized group, a group of Access or of another domain has the name",
		Fix:   "`ws1bridge group get NAME` shows it; rename one of the two"})
	Taken = none(Entry{Status: http.StatusConflict, Type: scimerrors.ScimTypeUniqueness,
		Text:  "Workspace ONE Access already has another user or group with this name.",
		Cause: "The name is taken", Fix: "choose another name, or delete the other record in Access"})
)

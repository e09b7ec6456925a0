package problem

import (
	"net/http"

	scimerrors "github.com/elimity-com/scim/errors"
)

// What is wrong with a PATCH.
var (
	NoOperations      = one[string](syntax("A PATCH needs at least one of Operations (schema %s)."))
	TooManyOperations = one[int](tooMany("A PATCH may have %d operations: send the rest in another.").fixedBy(
		"split the change"))
	UnknownOp         = none(syntax("The op of an operation is add, replace or remove."))
	NoValue           = none(invalid("An operation that adds or replaces needs a value."))
	BadValue          = none(syntax("The value of an operation cannot be decoded."))
	RemoveNeedsPath   = none(noTarget("A remove operation needs a path."))
	NoPathNeedsObject = none(invalid("An operation without a path needs an object as its value."))
	OtherID           = none(fixed("The id in the value is not the id in the path, and an id cannot be changed."))
	PathSyntax        = one[string](inPath(`The path of an operation cannot be read: %s. ` +
		`A path looks like name.givenName or emails[type eq "work"].value.`))
	ReadOnly = one[string](fixed("The attribute %s is read-only.").because(
		"A change of an attribute that only the bridge sets, such as id or meta", "delete the mapping of the attribute"))
	Required = one[string](fixed("The attribute %s can be replaced, not removed.").because(
		"The value of a required attribute was removed",
		"give the person a value; correct the mapping or the person in Okta, then retry the task"))
	Fixed = one[string](fixed("The attribute %s was set when the user was created, and never changes.").because(
		"A PATCH changes `externalId`, or another attribute that is set on creation only",
		"leave the attribute out; to change it, delete the user in Access and push the person again"))
	NeedsObject = one[string](invalid("The value of %s must be an object.").because(
		"An extension came in another form than an object",
		"check the external names and namespaces of its attributes in the Profile Editor"))
	FilterNeedsObject = one[string](invalid("A path that ends in a filter selects whole values of %s: " +
		"the value must be an object."))
	NotMultiValued = one[string](inPath("The attribute %s is not multi-valued: its path takes no filter."))
	NoMatch        = one[string](noTarget("No value of %s matches the filter in the path.").fixedBy(
		"read the resource again, then change what is there"))
	NoMatchToAdd = one[string](noTarget("No value of %s matches the filter in the path, " +
		"and the filter does not describe one.").fixedBy(
		"read the resource again, then change what is there"))
	MemberFixed = none(fixed("A member cannot be changed: remove it, and add another.").fixedBy(
		"remove the member and add the other one"))
	TooManyComparisons = none(tooMany("The filters in the paths of this PATCH would have to be compared too often: " +
		"send fewer operations, or select members by value eq.").fixedBy(
		"select members by their ids"))
)

// What is wrong with a bulk request.
var (
	NoBulkOperations      = one[string](syntax("A bulk request needs at least one of Operations (schema %s)."))
	TooManyBulkOperations = one[int](refusedAs(http.StatusRequestEntityTooLarge, scimerrors.ScimTypeTooMany, "A bulk "+
		"request may have %d operations: send the rest in another.").fixedBy(
		"split the request"))
	NotInBulk = none(invalid("An operation of a bulk request is a POST to /Users or /Groups, or a PUT, PATCH or " +
		"DELETE of one resource there."))
	NoBulkID      = none(invalid("Each POST of a bulk request needs a bulkId."))
	BulkIDTwice   = none(invalid("Two operations of the bulk request have the same bulkId."))
	NoBulkData    = none(invalid("The operation needs data."))
	UnknownBulkID = none(invalid("The operation refers to a bulkId that no operation has."))
	BulkFailed    = none(invalid("The operation refers to another one that failed.").fixedBy(
		"look at the other operation's answer and fix that"))
	BulkLater  = none(later("The operation refers to another one that could not be done now.").fixedBy("send it again"))
	BulkCircle = none(Entry{Status: http.StatusConflict, Class: "operations refer to each other",
		Text: "The operation and another one refer to each other: create one of them first, and change it by a " +
			"third operation."})
)

// What is there already.
var (
	UserNameTaken = three[string, any, bool](conflict("userName taken",
		"The userName is taken by the user with id %s (userName %v, active %t).").because(
		"A user with this name exists already, pushed from another Okta account or app",
		"rename one of the two in Okta, or delete the one that is not needed in Access"))
	ExternalIDTaken = two[string, any](conflict("externalId taken",
		"The externalId belongs to the active user with id %s (userName %v).").because(
		"The same person was pushed under another name and is still active",
		"rename the person in the app instead of assigning again, or deactivate the old account first"))
	UserTakenElsewhere = none(conflict("userName or externalId taken, not ours",
		"Workspace ONE Access already has this userName or externalId outside of the users that the bridge "+
			"manages: rename or delete that user there.").because(
		"A local or synchronized user, or one of another domain, has the name",
		"`ws1bridge user get NAME` shows it; rename or delete it in Access"))
	NewUserNameTaken = none(conflict("userName taken",
		"Workspace ONE Access already has another user with this userName in the domain.").because(
		"The new name of the person is taken", "choose another name in Okta, or delete the other user in Access"))
	GroupTaken = one[string](conflict("displayName taken",
		"The displayName is taken by the group with id %s. Link to that group in Okta, or rename one of them.").because(
		"The bridge's domain has a group of this name already",
		"link to the existing group under Push Groups, or rename one of them"))
	NewGroupNameTaken = none(conflict("displayName taken",
		"Workspace ONE Access already has another group with this displayName.").because(
		"The new name of the group is taken", "choose another name in Okta, or rename the other group"))
	GroupTakenElsewhere = none(conflict("displayName taken, not ours",
		"Workspace ONE Access already has a group with this displayName that the bridge does not manage "+
			"(group names are unique in the whole tenant): rename one of them.").because(
		"A group of Access, of Active Directory or of another domain has the name",
		"`ws1bridge group get NAME` shows it; rename one of the two"))
	Taken = none(conflict("name taken",
		"Workspace ONE Access already has another user or group with this name.").because(
		"The name is taken", "choose another name, or delete the other record in Access"))
)

package problem

import (
	"net/http"

	scimerrors "github.com/elimity-com/scim/errors"
)

// What is wrong with a query string.
var (
	QueryString = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text: "The query string cannot be parsed: percent-encode reserved characters such as %% and ;."})
	ParameterTwice = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "The query parameter %s is given more than once."})
	ParameterInteger = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "The query parameter %s must be an integer."})
	AttributesOrExcluded = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "The parameters attributes and excludedAttributes exclude each other: send one."})
	DiscoveryFilter = none(Entry{Status: http.StatusForbidden, Type: scimerrors.ScimTypeInvalidFilter,
		Text: "Discovery takes no filter."})
)

// What is wrong with a filter, also with one in the path of a PATCH.
var (
	FilterSyntax = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidFilter,
		Text: `The filter cannot be read: %s. A filter looks like: userName eq "jane@example.com".`})
	UnknownAttribute = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidFilter,
		Text: "No schema here has the attribute %s (see /Schemas).", Fix: "name an attribute of /Schemas"})
	NoSubAttributes = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidFilter,
		Text: "The attribute %s has no sub-attributes, so it takes no brackets."})
	NeedsSubAttribute = two(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidFilter,
		Text: "The attribute %s can only be compared by its sub-attributes, such as %s."})
	NotComparable = three(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidFilter,
		Text: "The attribute %s can be compared by %s with %s only."})
	BooleanOperators = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidFilter,
		Text: "The attribute %s is true or false: only eq, ne and pr apply."})
	BinaryOperators = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidFilter,
		Text: "The attribute %s is binary: only eq, ne and pr apply."})
	NullOperators = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidFilter,
		Text: "Only eq and ne compare with null."})
)

// What is wrong with the order that a query asks for.
var (
	SortBy = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "The parameter sortBy must be the name of an attribute, such as name.familyName."})
	SortByUnknown = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "No schema here has the attribute that sortBy names (see /Schemas).", Fix: "name an attribute of /Schemas"})
	SortByComplex = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "The parameter sortBy names a complex attribute: name one of its sub-attributes, such as %s."})
	SortOrder = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text: "The parameter sortOrder must be ascending or descending."})
)

// What a query would cost too much.
var (
	TooManyToScan = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeTooMany,
		Text: "The bridge would have to look through more than %d resources (scim.max_scan): add a condition that " +
			"Workspace ONE Access can search for, such as userName eq or displayName eq.",
		Fix: "search by userName or displayName"})
	TooManyScans = none(Entry{Status: http.StatusTooManyRequests,
		Text:  "The bridge is looking through all resources for other callers.",
		Cause: "Several callers search by what Access cannot search for",
		Fix:   "nothing: it passes; let them search by `userName` or `displayName`"})
)

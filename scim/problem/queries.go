package problem

import (
	"net/http"

	scimerrors "github.com/elimity-com/scim/errors"
)

// What is wrong with a query string.
var (
	QueryString = none(syntax("The query string cannot be parsed: " +
		"percent-encode reserved characters such as %% and ;."))
	ParameterTwice       = one[string](invalid("The query parameter %s is given more than once."))
	ParameterInteger     = one[string](invalid("The query parameter %s must be an integer."))
	AttributesOrExcluded = none(invalid("The parameters attributes and excludedAttributes exclude each other: " +
		"send one."))
	DiscoveryFilter = none(refusedAs(http.StatusForbidden, scimerrors.ScimTypeInvalidFilter,
		"Discovery takes no filter."))
)

// What is wrong with a filter, also with one in the path of a PATCH.
var (
	FilterSyntax = one[string](inFilter("The filter cannot be read: %s. " +
		`A filter looks like: userName eq "jane".`))
	UnknownAttribute = one[string](inFilter("No schema has the attribute %s (see /Schemas).").fixedBy(
		"name an attribute of /Schemas"))
	NoSubAttributes   = one[string](inFilter("The attribute %s has no sub-attributes, so it takes no brackets."))
	NeedsSubAttribute = two[string, string](inFilter("The attribute %s can only be compared by its sub-attributes, " +
		"such as %s."))
	NotComparable    = three[string, string, string](inFilter("The attribute %s can be compared by %s with %s only."))
	BooleanOperators = one[string](inFilter("The attribute %s is true or false: only eq, ne and pr apply."))
	BinaryOperators  = one[string](inFilter("The attribute %s is binary: only eq, ne and pr apply."))
	NullOperators    = none(inFilter("Only eq and ne compare with null."))
)

// What is wrong with the order that a query asks for.
var (
	SortBy        = none(invalid("The parameter sortBy must be the name of an attribute, such as name.familyName."))
	SortByUnknown = none(invalid("No schema has the attribute that sortBy names (see /Schemas).").fixedBy(
		"name an attribute of /Schemas"))
	SortByComplex = one[string](invalid("The parameter sortBy names a complex attribute: " +
		"name one of its sub-attributes, such as %s."))
	SortOrder = none(invalid("The parameter sortOrder must be ascending or descending."))
)

// What a query would cost too much.
var (
	TooManyToScan = one[int](tooMany("The bridge would have to look through more than %d resources (scim.max_scan): add " +
		"a condition that Workspace ONE Access can search for, such as userName eq or displayName eq.").fixedBy(
		"search by userName or displayName"))
	TooManyScans = none(later("The bridge is looking through all resources for other callers.").because(
		"Several callers search by attributes that Access cannot search for",
		"nothing: Okta repeats by itself; other callers can search by `userName` or `displayName`"))
)

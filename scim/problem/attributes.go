package problem

// What is wrong with an attribute of a user or group, so that Access cannot have
// it. The first fact is the attribute, or several with commas between.
var (
	Missing = one[string](attribute("is missing: Workspace ONE Access creates no user without it",
		"The person has no first name, last name, user name or e-mail address in the app's profile",
		"enter it in Okta or map it (`ws1bridge okta-settings` lists what is required), then retry the task"))
	NotText = one[string](attribute("must be a string",
		"A list, an object or a boolean is mapped to a text", "map a text to this attribute, then retry the task"))
	BrokenText = one[string](attribute("contains a character that is none, such as half of an emoji",
		"A value in Okta's profile was cut off within a character",
		"type the value again in Okta, then retry the task"))
	ZeroByte = one[string](attribute("contains a zero byte",
		"A value in Okta's profile contains an invalid character",
		"type the value again in Okta, then retry the task"))
	BrokenName = one[string](attribute("contains a line end or another control character",
		"A name or an address was copied with a line end or a tab in it",
		"type the value again in Okta, then retry the task"))
	HiddenInDomain = one[string](attribute("contains white space or an invisible character in its domain",
		"A name, an address or a domain was copied with a character in it that nobody sees",
		"type the value again in Okta, then retry the task"))
	NotBoolean = one[string](attribute("must be true or false",
		"A text other than true or false is mapped to a boolean", "map a boolean, then retry the task"))
	NotList = one[string](attribute("must be a list of objects with a value",
		"A list, such as e-mail addresses, is mapped in another form",
		"delete the attribute from the app's profile and add it from Okta's template"))
	NotInObject = one[string](attribute("must be in an object",
		"Part of a name, a manager or an extension came without the object around it",
		"check the external name and namespace of the attribute in the Profile Editor"))
	TooManyValues = two[string, int](attribute("has more than %d values",
		"The attribute came with more values than any person has", "correct the mapping of the attribute"))

	NoDirectory = two[string, string](attribute("has no domain whose directory the bridge manages: there are %s",
		"The domain in the attribute, or what a rule makes of it, has no directory",
		"correct the mapping, or add the directory to Access and its domain to `domains.managed`"))
	DomainsDiffer = two[string, string](attribute("names another domain than %s does",
		"Two attributes name different domains", "map the domain to only one attribute"))
	DomainFixed = three[string, string, string](attribute("names the domain %s, but the user is in %s: "+
		"Workspace ONE Access does not move users. "+
		"Delete the user there and push again, or correct the mapping",
		"The person was created in the directory of another domain", "do what the message says"))

	NotComputed = two[string, string](attribute("cannot be computed by %s: a value in it is missing or of another type "+
		"(write ?. before what may be missing, and ?? for another value)",
		"An expression of the configuration does not work for this person",
		"correct the expression; `ws1bridge map` shows its result"))
	ComputedTooLong = three[string, string, int](attribute("cannot be computed by %s: the result is longer than %d bytes",
		"The result of an expression of the configuration is too long", "correct the expression"))
	ComputedNoValue = two[string, string](attribute("cannot be computed by %s: "+
		"the result is neither text nor number nor true nor false",
		"The result of an expression of the configuration is a list or an object", "correct the expression"))
	TooLongToCompute = two[string, int](attribute("is longer than the %d bytes that computed attributes take",
		"A value is too long for expressions to work on", "correct the mapping of the attribute"))
)

// attribute is an entry about an attribute.
func attribute(reason, cause, fix string) Entry {
	return invalid("The attribute %s "+reason+".").loggable().because(cause, fix)
}

// What is wrong with a group.
var (
	GroupNameMissing = none(invalid("The attribute displayName is missing or empty: a group needs a name.").because(
		"The pushed group has no name", "name the group in Okta and push it again"))
	MemberForm = none(invalid("Each of members must be an object whose value is the id of a user."))
)

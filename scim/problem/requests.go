package problem

import (
	"net/http"

	scimerrors "github.com/elimity-com/scim/errors"
)

// What is wrong with a request before anybody looks at what it is about.
var (
	NoEndpoint = one(Entry{Status: http.StatusNotFound,
		Text:  "There is no such endpoint. The SCIM base URL of the bridge ends in %s.",
		Cause: "The base URL in Okta is wrong", Fix: "enter the base URL that `ws1bridge okta-settings` prints"})
	NoMe = none(Entry{Status: http.StatusNotImplemented,
		Text: "There is no /Me: a token of the bridge stands for Okta, not for a user."})
	MethodNotAllowed = two(Entry{Status: http.StatusMethodNotAllowed,
		Text: "The method %s is not supported here (supported: %s)."})
	NotFound = one(Entry{Status: http.StatusNotFound,
		Text:  "Resource %s not found.",
		Cause: "The user or group was deleted in Access, or is not in the domain of the bridge",
		Fix: "`ws1bridge user get` or `ws1bridge group get` shows what there is. People: remove and assign them again. " +
			"Groups: unlink in Okta (leave the group in the app) and push again"})

	Restarting = none(Entry{Status: http.StatusTooManyRequests,
		Text: "The bridge is being restarted.", Cause: "The bridge is being stopped", Fix: nothingToDo})
	TooManyBodies = none(Entry{Status: http.StatusTooManyRequests,
		Text:  "The bridge has too many large requests under way.",
		Cause: "Several large groups are pushed at once", Fix: nothingToDo})
	NotInTime = none(Entry{Status: http.StatusTooManyRequests,
		Text:  "The bridge could not finish the request in time.",
		Cause: "Access is slow, or the group is very large", Fix: nothingToDo})
	Broken = none(Entry{Status: http.StatusInternalServerError,
		Text:  "The bridge failed on this request, which is an error in the bridge itself: see its log.",
		Cause: "A bug of the bridge", Fix: "find the request id of the message in the log, and report it"})
)

const nothingToDo = "nothing: Okta repeats by itself"

// What is wrong with the token that Okta presents.
var (
	NoToken = none(Entry{Status: http.StatusUnauthorized, Loggable: true,
		Text:  "The request carries no token: enter a token of the bridge as the API token in Okta.",
		Cause: "The token is missing in Okta, or a proxy before the bridge drops the header Authorization",
		Fix:   "enter a token of `okta.tokens`; `ws1bridge doctor` shows whether the header arrives"})
	DoubleBearer = none(Entry{Status: http.StatusUnauthorized, Loggable: true,
		Text: "The word Bearer was pasted together with the token: enter the token alone in Okta, " +
			"which adds Bearer by itself.",
		Cause: "In a custom app Okta adds the word Bearer by itself", Fix: "enter the token alone"})
	NotBearer = none(Entry{Status: http.StatusUnauthorized, Loggable: true,
		Text: "The bridge expects a bearer token: choose HTTP Header as the authentication mode in Okta " +
			"and enter the token alone, without spaces.",
		Cause: "The app authenticates in another way, such as Basic",
		Fix:   "choose HTTP Header (custom app), or the test app with Header Auth or OAuth Bearer Token"})
	WrongToken = none(Entry{Status: http.StatusUnauthorized, Loggable: true,
		Text:  "The token is not one that the bridge accepts: enter a token of the bridge as the API token in Okta.",
		Cause: "The token was mistyped, or taken out of `okta.tokens`",
		Fix:   "enter a token of `okta.tokens`; restart the bridge after a change of its configuration"})
	HeaderTooLong = none(Entry{Status: http.StatusUnauthorized, Loggable: true,
		Text:  "The Authorization header is longer than 8 KiB: enter a token of the bridge as the API token in Okta.",
		Cause: "Something else than the token was pasted", Fix: "enter the token alone"})
)

// What is wrong with a body.
var (
	BodyTooLarge = one(Entry{Status: http.StatusRequestEntityTooLarge,
		Text:  "The body is larger than %d MiB.",
		Cause: "A group with far more than 100,000 members was pushed in one piece", Fix: "push several smaller groups"})
	TooManyValuesInBody = none(Entry{Status: http.StatusRequestEntityTooLarge,
		Text:  "The body holds too many values: send them in several requests.",
		Cause: "A group with a very large number of members was pushed in one piece", Fix: "push several smaller groups"})
	BodyTooSlow = none(Entry{Status: http.StatusRequestTimeout,
		Text:  "The body did not come in time.",
		Cause: "The request came in more slowly than the bridge waits",
		Fix:   "look at the proxy before the bridge; send fewer members at once"})
	BodyBroken = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text:  "The body could not be read to its end.",
		Cause: "The connection broke off while the request was sent",
		Fix:   "retry the task; if it happens again, look at the proxy before the bridge"})
	BodyEmpty = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text:  "The body must be one JSON object: it is empty.",
		Cause: "Something between Okta and the bridge drops the body of requests",
		Fix:   "let the proxy before the bridge pass bodies on"})
	BodyCut = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text:  "The body must be one JSON object: it ends too early at byte %d.",
		Cause: "The request was cut on its way", Fix: "look for a limit of size or time in the proxy before the bridge"})
	ZeroByte = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidValue,
		Text:  "The body holds a zero byte in a text.",
		Cause: "A value in Okta's profile holds a character that no text has",
		Fix:   "type the value again in Okta, then retry the task"})
	Compressed = none(Entry{Status: http.StatusUnsupportedMediaType,
		Text:  "The body must not be compressed.",
		Cause: "A proxy before the bridge compresses requests", Fix: "switch that off"})

	MediaType = two(Entry{Status: http.StatusUnsupportedMediaType, Text: "The Content-Type must be %s or %s."})
	Charset   = none(Entry{Status: http.StatusUnsupportedMediaType, Text: "The charset of the body must be utf-8."})
	NotUTF8   = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text: "The body is not valid UTF-8."})
	BodySyntax = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text: "The body must be one JSON object: syntax error at byte %d."})
	NameTwice = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text: "The body must be one JSON object: a name stands twice in one object at byte %d."})
	NoObject = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text: "The body must be a JSON object."})
	MoreThanObject = none(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text: "The body must be one JSON object, with nothing behind it."})
	TooDeep = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text: "Objects and lists stand more than %d deep in one another."})
	BodyForm = one(Entry{Status: http.StatusBadRequest, Type: scimerrors.ScimTypeInvalidSyntax,
		Text: "The body must be one JSON object of the form that SCIM describes: %s."})
)

// What is wrong with the versions that a request asks for.
var (
	NotThatVersion = none(Entry{Status: http.StatusPreconditionFailed,
		Text: "The resource is not in the version that If-Match names: read it again."})
	ExcludedVersion = none(Entry{Status: http.StatusPreconditionFailed,
		Text: "The resource is in a version that If-None-Match excludes.", Fix: "read it again"})
)

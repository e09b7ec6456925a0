package problem

import (
	"net/http"
)

// What is wrong with a request before anybody looks at what it is about.
var (
	NoEndpoint = one[string](status(http.StatusNotFound, "There is no such endpoint. "+
		"The SCIM base URL of the bridge ends in %s.").because(
		"The base URL in Okta is wrong", "enter the base URL that `ws1bridge okta-settings` prints"))
	NoMe = none(status(http.StatusNotImplemented, "There is no /Me: a token of the bridge stands for Okta, not for "+
		"a user."))
	MethodNotAllowed = two[string, string](status(http.StatusMethodNotAllowed, "The method %s is not "+
		"supported here (supported: %s)."))
	NotFound = one[string](status(http.StatusNotFound, "Resource %s not found.").because(
		"The user or group was deleted in Access, or is not in the domain of the bridge",
		"`ws1bridge user get NAME` or `group get NAME` shows what is there. People: unassign and assign them again. "+
			"Groups: unlink in Okta (leave the group in the app) and push again"))

	Restarting    = none(later("The bridge is being restarted.").because("The bridge is being stopped", nothingToDo))
	TooManyBodies = none(later("The bridge has too many large requests under way.").because(
		"Several large groups are pushed at once", nothingToDo))
	NotInTime = none(later("The bridge could not finish the request in time.").because(
		"Access is slow, or the group is very large", nothingToDo))
	Broken = none(status(http.StatusInternalServerError, "The bridge failed on this request, which is an error in "+
		"the bridge itself: see its log.").because(
		"A bug in the bridge", "find the request id of the message in the log, and report it"))
)

const nothingToDo = "nothing: Okta repeats by itself"

// HeldBack says that the guard against mass damage holds a change back.
var HeldBack = one[string](stuck("The guard of the bridge holds back %s: too many were asked for. Whoever runs the "+
	"bridge decides whether they are right.").because(
	"Okta deactivates or removes more than `guard.*` allows: often a wrong rule or assignment",
	"look in Okta at what it is about to do; if it is right, `ws1bridge guard release`, else correct it there"))

// TooManyRequests says that the bridge does enough at the same time.
var TooManyRequests = passing("The bridge has too many requests under way.",
	"More requests arrive at once than Okta sends, such as by a test under load", nothingToDo)

// What is wrong with the token that Okta presents.
var (
	NoToken = none(status(http.StatusUnauthorized, "The request carries no token: enter a token of the bridge as "+
		"the API token in Okta.").loggable().because(
		"The token is missing in Okta, or a proxy in front of the bridge drops the header Authorization",
		"enter a token of `okta.tokens`; `ws1bridge doctor` shows whether the header arrives"))
	DoubleBearer = none(status(http.StatusUnauthorized, "The word Bearer was pasted together with the token: enter "+
		"only the token in Okta, which adds Bearer by itself.").loggable().because(
		"In a custom app, Okta adds the word Bearer by itself", "enter only the token"))
	NotBearer = none(status(http.StatusUnauthorized, "The bridge expects a bearer token: choose HTTP Header as the "+
		"authentication mode in Okta and enter only the token, without spaces.").loggable().because(
		"The app authenticates in another way, such as Basic",
		"choose HTTP Header (custom app), or the test app with Header Auth or OAuth Bearer Token"))
	WrongToken = none(status(http.StatusUnauthorized, "The token is not one that the bridge accepts: enter a token "+
		"of the bridge as the API token in Okta.").loggable().because(
		"The token was mistyped, or removed from `okta.tokens`",
		"enter a token of `okta.tokens`; the log says whether the bridge took a change of its configuration"))
	DamagedToken = none(status(http.StatusUnauthorized, "The token was mistyped or cut off: its checksum is wrong. Enter "+
		"it again, whole.").loggable().because(
		"The token was made by `ws1bridge token new`, and is not complete", "copy it whole, and enter it again"))
	ExpiredToken = none(status(http.StatusUnauthorized, "The token has expired: enter another token of the bridge as "+
		"the API token in Okta.").loggable().because(
		"Its time in `okta.tokens` (`expires`) is over",
		"make another one (`ws1bridge token new`), add it to `okta.tokens`, and enter it in Okta"))
	EarlyToken = none(status(http.StatusUnauthorized, "The token is not valid yet.").loggable().because(
		"Its time in `okta.tokens` (`not_before`) has yet to come, or the clock of the bridge is wrong",
		"wait, or correct `not_before`"))
	TooManyWrongTokens = none(later("Too many requests with a wrong token came from this address: the bridge answers "+
		"them later.").loggable().because(
		"Somebody tries tokens, or Okta has a wrong one and sends many requests",
		"correct the token in Okta; find out whose address it is, and block it before the bridge if it is nobody's you know"))
	HeaderTooLong = none(status(http.StatusUnauthorized, "The Authorization header is longer than 8 KiB: enter a "+
		"token of the bridge as the API token in Okta.").loggable().because(
		"Something other than the token was pasted", "enter only the token"))
)

// What is wrong with a body.
var (
	BodyTooLarge = one[int](status(http.StatusRequestEntityTooLarge, "The body is larger than %d MiB.").because(
		"A group with far more than 100,000 members was pushed in one piece", "push several smaller groups"))
	TooManyValuesInBody = none(status(http.StatusRequestEntityTooLarge, "The body contains too many values: send them "+
		"in several requests.").because(
		"A group with a very large number of members was pushed in one piece", "push several smaller groups"))
	// Okta does not repeat what is answered 408.
	BodyTooSlow = none(later("The body did not arrive in time.").because(
		"The request arrived too slowly",
		"check the proxy in front of the bridge; send fewer members at once"))
	BodyBroken = none(syntax("The body could not be read completely.").because(
		"The connection broke while the request was sent",
		"retry the task; if it happens again, check the proxy in front of the bridge"))
	BodyEmpty = none(syntax("The body must be one JSON object: it is empty.").because(
		"Something between Okta and the bridge drops the body of requests",
		"let the proxy in front of the bridge pass bodies on"))
	BodyCut = one[int64](syntax("The body must be one JSON object: it ends too early at byte %d.").because(
		"The request was cut off on its way",
		"look for a limit of size or time in the proxy in front of the bridge"))
	Compressed = none(status(http.StatusUnsupportedMediaType, "The body must not be compressed.").because(
		"A proxy in front of the bridge compresses requests", "switch that off"))

	MediaType      = two[string, string](status(http.StatusUnsupportedMediaType, "The Content-Type must be %s or %s."))
	Charset        = none(status(http.StatusUnsupportedMediaType, "The charset of the body must be utf-8."))
	BodySyntax     = one[int64](syntax("The body must be one JSON object: syntax error at byte %d."))
	NameTwice      = one[int64](syntax("The body must be one JSON object: a name is used twice in one object at byte %d."))
	NoObject       = none(syntax("The body must be a JSON object."))
	MoreThanObject = none(syntax("The body must be one JSON object, with nothing after it."))
	TooDeep        = one[int](syntax("Objects and lists are nested more than %d deep."))
	BodyForm       = one[string](syntax("The body must be one JSON object of the form that SCIM describes: %s."))
)

// What is wrong with the versions that a request asks for.
var (
	NotThatVersion = none(status(http.StatusPreconditionFailed, "The resource is not in the version that If-Match "+
		"names: read it again."))
	ExcludedVersion = none(status(http.StatusPreconditionFailed, "The resource is in a version "+
		"that If-None-Match excludes.").fixedBy(
		"read it again"))
)

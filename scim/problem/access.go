package problem

// What Access refuses for good.
var (
	Refused = one[string](invalid("Workspace ONE Access refused the data: %s").because(
		"Access does not accept this data, and says why. An administrator may have marked more attributes as "+
			"required (User Attributes in Access)",
		"do what it says; map every attribute that Access requires"))
	RefusedSilently = one[int](invalid("Workspace ONE Access refused the data (%d) without saying why.").because(
		"Access does not accept this data",
		"compare the person with one that was pushed; look for required attributes (User Attributes in Access)"))
	NameKept = none(invalid("Workspace ONE Access kept the old userName: it does not allow this user to be "+
		"renamed. The other changes of the request are applied.").because(
		"The user name changed in Okta, and the tenant does not rename provisioned users",
		"restore the Application username, or delete the user in Access and push again"))
	UnmanagedDomain = none(invalid("The domain is not one that the bridge manages.").because(
		"A user or group would go to a domain that is not in the bridge's configuration",
		"correct the domain, or add it to `domains.managed`"))
)

// What keeps Access from answering, or from answering well.
var (
	Unreachable = passing("Workspace ONE Access cannot be reached.",
		"Network, firewall, DNS or TLS between the bridge and Access", doctorTells)
	ProxyRefused = one[int](stuck("A proxy between the bridge and Workspace ONE Access refuses the connection (%d): "+
		"check HTTPS_PROXY of the bridge.").because(
		"The proxy asks for a user and a password (407), or does not let the bridge reach the host of Access",
		"set `HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT`, or allow the tenant's host in the proxy"))
	AccessTooSlow = passing("Workspace ONE Access did not answer in time.", "Access is slow or down", nothingToDo)
	SlowDown      = passing("Workspace ONE Access asks the bridge to slow down.", "Access limits the requests",
		nothingToDo+"; `access.rate_limit` makes the bridge send fewer")
	AccessFailed = one[int](later("Workspace ONE Access has an error of its own (%d).").because(
		"Access has trouble or is being updated", nothingToDo+"; if it lasts, ask the owner of the tenant"))
	CircuitOpen = passing("Workspace ONE Access failed several times in a row, so the bridge waits before it asks again.",
		"Access is down", nothingToDo)
	TooBusy = passing("The bridge has too many requests to Workspace ONE Access under way.",
		"More requests arrive at once than Access can take", nothingToDo)
	NotUnderstood = passing("Workspace ONE Access gave an answer that the bridge does not understand.",
		"A web page instead of data, often from a proxy or during maintenance",
		"`ws1bridge doctor` shows what answers; check `access.url`")
	Redirected = none(stuck("Workspace ONE Access redirects to another address: check the bridge's access.url.").because(
		"The tenant has moved to another host, or `access.url` is not a tenant", setRedirected))
	RedirectedTo = one[string](stuck("Workspace ONE Access redirects to %s: check the bridge's access.url.").because(
		"The tenant has moved to another host, or something in between wants a log-in", setRedirected))
	OtherAnswered = one[int](stuck("Something other than Workspace ONE Access answered (%d), such as a firewall or a "+
		"proxy: check the bridge's access.url, and let that pass the bridge's requests on.").because(
		"A proxy, a firewall or another server", "set `access.url` to the tenant, or let the proxy pass requests on"))
	NoSuchPath = one[int](stuck("Workspace ONE Access has no users and groups at the bridge's access.url (%d): "+
		"check it, and any proxy that changes paths.").because(
		"`access.url` is another server of Workspace ONE, or a proxy changes paths", setAccessURL))
	NotShownYet = passing("Workspace ONE Access does not show an earlier change yet.",
		"Access shows a change some seconds after it was made", nothingToDo)
	OtherWrite = passing("Another copy of the bridge is changing this record.",
		"Several changes of one user or group arrive at several copies at the same moment", nothingToDo)
	TokensRefused = none(stuck("Workspace ONE Access refuses every token of the bridge (401): "+
		"check that the bridge's OAuth client is still valid.").because(
		"The OAuth client was deleted or changed", "run `ws1bridge doctor`; create a new client if it is gone"))
	NotPermitted = one[int](stuck("Workspace ONE Access does not let the bridge do this (%d): give the bridge's OAuth "+
		"client an admin role that may manage users and groups.").because(
		"The role of the OAuth client is too small, or the user is synchronized",
		"give the client a larger role; `ws1bridge user get NAME` shows the type of the user"))
)

const doctorTells = "`ws1bridge doctor` shows which; Okta repeats by itself"

func passing(text, cause, fix string) func() *Error { return none(later(text).because(cause, fix)) }

// What keeps the bridge from having a token for Access.
var (
	ClientRefused = one[int](stuck("Workspace ONE Access refuses the bridge's OAuth client (%d): check access.client_id "+
		"and access.client_secret of the bridge.").because(
		"The id or the secret is wrong", "correct them; `ws1bridge doctor` checks them"))
	ClientRefusedOrWrongType = one[int](stuck("Workspace ONE Access refuses the bridge's OAuth client (%d): check "+
		"access.client_id and access.client_secret of the bridge, "+
		"and that the client is a Service Client Token.").because(
		"The id, the secret or the access type of the client is wrong",
		"create a client of this type, see [access.md](access.md)"))
	TokenUnreachable = passing("The token endpoint of Workspace ONE Access does not answer; "+
		"if this lasts, check access.url and the network of the bridge.",
		"Network, firewall, DNS or TLS between the bridge and Access", doctorTells)
	TokenTooSlow = passing("The token endpoint of Workspace ONE Access does not answer in time; "+
		"the bridge tries again by itself.", "Access is slow or down", nothingToDo)
	TokenSlowDown = passing("The token endpoint of Workspace ONE Access asks the bridge to slow down; "+
		"the bridge tries again by itself.", "Access limits token requests", nothingToDo)
	TokenUnusable = passing("The token endpoint of Workspace ONE Access gave no usable token: "+
		"check access.url of the bridge.", "Something other than Access answers, such as a log-in page", setAccessURL)
	TokenRedirected = one[int](stuck("The token endpoint of Workspace ONE Access redirects to another address (%d): "+
		"check access.url of the bridge.").because(
		"The tenant has moved, or `access.url` is not a tenant", setRedirected))
	TokenRedirectedTo = one[string](stuck("The token endpoint of Workspace ONE Access redirects to %s: "+
		"check access.url of the bridge.").because(
		"The tenant has moved, or something in between wants a log-in", setRedirected))
	TokenNotTaken = one[int](stuck("The token endpoint of Workspace ONE Access does not take the request (%d): check "+
		"access.url of the bridge.").because(
		"`access.url` is not a tenant, or something in between answers", setAccessURL))
	TokenFailed = one[int](later("The token endpoint of Workspace ONE Access has an error of its own (%d); the bridge "+
		"tries again by itself.").because(
		"Access has trouble or is being updated", nothingToDo))
)

const setRedirected = "set `access.url` to the host that `ws1bridge doctor` names"

const setAccessURL = "set `access.url` to the tenant; `ws1bridge doctor` checks it"

// What keeps Access from taking users of a domain, until an administrator acts.
var (
	NoDirectoryYet = two[string, string](notSetUp("no directory has the domain %s: create one of type "+
		"Other (domains that exist: %s)",
		"The directory was never created, or was deleted", "run `ws1bridge directory create`"))
	DomainSpelling = two[string, string](notSetUp("no directory has the domain %s, but one has %s: "+
		"the configuration must spell it like that",
		"Access spells the domain in another way, such as in capitals",
		"spell the domain in the configuration exactly as in Access"))
	DirectoryType = three[string, string, string](notSetUp("the domain %s belongs to a directory of type %s: "+
		"provisioned users need one of type %s",
		"The domain is that of a synchronized or local directory",
		"use a separate domain for Okta's users, see [access.md](access.md)"))
	DirectoryLeaving = one[string](notSetUp("the directory of the domain %s is being deleted: "+
		"create it again when that is done",
		"Someone is deleting the directory",
		"wait until `ws1bridge directory list` no longer shows it, then `ws1bridge directory create`"))
	SeveralDirectories = one[string](notSetUp("several directories have the domain %s: "+
		"Access cannot know where its users belong",
		"Two directories have the same domain", "remove the domain from one of them"))
)

func notSetUp(what, cause, fix string) Entry {
	return stuck("The bridge or Workspace ONE Access is not set up for this: "+what+".").because(cause, fix)
}

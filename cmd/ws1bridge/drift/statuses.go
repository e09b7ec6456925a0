package drift

// standing is what a status of an app user means for a push.
type standing struct {
	isKnown bool
	// isActive says that the person is to be able to log in, and has been pushed, or should have
	// been.
	isActive bool
	// isPushed says that Okta pushes whether the person is active.
	isPushed bool
	// isToCome says that Okta has yet to push the person.
	isToCome bool
}

var (
	in      = standing{isKnown: true, isActive: true, isPushed: true}
	out     = standing{isKnown: true, isPushed: true}
	toCome  = standing{isKnown: true, isToCome: true}
	unclear = standing{isKnown: true}
)

// standings are the statuses of app users (Okta management API, Application Users). One that is not
// here says nothing, and changes nothing.
var standings = map[string]standing{
	"ACTIVE": in, "PROVISIONED": in, "PASSWORD_EXPIRED": in, "LOCKED_OUT": in, "RECOVERY": in,
	"DEPROVISIONED": out, "INACTIVE": out, "REVOKED": out, "UNASSIGNED": out,
	"STAGED": toCome, "PENDING": toCome, "IMPORTED": toCome, "MATCHED": toCome, "APPROVED": toCome,
	// Okta pushes nothing of somebody who is suspended, whatever Access holds.
	"SUSPENDED": unclear,
	"":          unclear, // which is left out
}

func (u AppUser) standing() standing { return standings[u.Status] }

// isWanted reports whether the person is to have an account.
func (u AppUser) isWanted() bool { return u.standing().isActive }

// says is the status in words.
func (u AppUser) says() string {
	if u.Status == "" {
		return "Okta does not say the status"
	}
	return "Okta says " + u.Status
}

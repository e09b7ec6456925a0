package provision

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/names"
)

// creation is a user that a caller wants to be there.
type creation struct {
	translate.Creation
	// recognizedBy is the externalId by which the person is recognized: the one that
	// the caller sent, or that was made up for an earlier attempt. "" where nobody
	// can know it.
	recognizedBy string
	// answered says that the earlier attempt was answered with an account.
	answered bool
	// elsewhere is the id of the account that a creation with this externalId led to, maybe
	// by another copy; "" where none is known.
	elsewhere string
}

// Create makes sure that the user is there. It is created first and searched for
// only where Access says that it is there already, so that a new user costs one
// request.
func (u *Users) Create(ctx context.Context, r schema.Resource) (made Record, _ error) {
	wanted, err := u.translator.NewUser(r)
	if err != nil {
		return Record{}, err
	}
	keys := []string{userKind + " called " + creationName(wanted.Domain, wanted.UserName())}
	if !wanted.NoExternalID {
		keys = append(keys, externalIDKind+" "+externalIDOf(wanted))
	}
	err = alone(ctx, u.order, func(ctx context.Context) (err error) {
		made, err = u.record(u.create(ctx, wanted))
		return err
	}, keys...)
	return made, err
}

func (u *Users) create(ctx context.Context, wanted translate.Creation) (upstream.User, error) {
	c := u.begin(ctx, wanted)
	var user upstream.User
	err := u.checkSpellings(ctx, c.Domain, c.UserName())
	if err == nil {
		user, err = u.createUnlessKnown(ctx, c)
	}
	if errors.Is(err, upstream.ErrConflict) {
		user, err = u.resolveConflict(ctx, c)
	}
	switch {
	case err != nil:
	case c.NoExternalID:
		u.creations.Made(ctx, userKind, creationName(c.Domain, c.UserName()), user.ID)
		if ctx.Err() == nil {
			// The caller is still there and will hear the id. Okta's own suite creates such
			// a user twice, and wants the second one refused.
			u.creations.Used(ctx, user.ID)
		}
	case u.order.IsShared():
		u.creations.Made(ctx, externalIDKind, externalIDOf(c.Creation), user.ID)
	}
	return user, err
}

// begin notes a creation, so that it is recognized when it is made again.
func (u *Users) begin(ctx context.Context, wanted translate.Creation) creation {
	c := creation{Creation: wanted, recognizedBy: wanted.ExternalID()}
	switch {
	case wanted.NoExternalID:
		// Access requires an externalId. A random one makes no claim to know the
		// person, so a second push of the same user stays a conflict, unless it
		// repeats one that the caller knows no outcome of.
		invented := translate.InventExternalID()
		counts, answered := u.creations.Begin(ctx, userKind, creationName(c.Domain, c.UserName()), invented)
		if counts != invented {
			c.recognizedBy = counts
		}
		c.answered = answered != ""
		c.SetExternalID(counts)
	case u.order.IsShared():
		// Another copy may have created the account a moment ago.
		_, c.elsewhere = u.creations.Begin(ctx, externalIDKind, externalIDOf(wanted), wanted.ExternalID())
	}
	return c
}

// What creations of users are: of a name, and of an externalId.
const (
	userKind       = "user"
	externalIDKind = "externalId"
)

// externalIDOf is the externalId of a creation in its domain.
func externalIDOf(c translate.Creation) string { return c.Domain + "\x1f" + c.ExternalID() }

// creationName is the name of a creation: what Access has once in a domain.
func creationName(domain, name string) string { return domain + "\x1f" + names.Fold(name) }

// createUnlessKnown creates the user, unless an account is known to be the person's
// already: the one that the same push made before, or one that is inactive.
// Whether a person may have several active accounts is for Access to say.
func (u *Users) createUnlessKnown(ctx context.Context, c creation) (upstream.User, error) {
	if c.recognizedBy == "" {
		return u.createOrRecover(ctx, c)
	}
	holders, err := u.holders(ctx, c)
	if err != nil {
		return upstream.User{}, err
	}
	for _, one := range holders {
		if one.Domain == c.Domain && (!one.Active() || names.Same(one.UserName(), c.UserName())) {
			return u.pushOnto(ctx, one.ID, c)
		}
	}
	return u.createOrRecover(ctx, c)
}

// holders are the accounts that are known to have the externalId of a creation without a
// search.
func (u *Users) holders(ctx context.Context, c creation) ([]upstream.User, error) {
	holders, err := u.directory.RememberedUsers(ctx, c.recognizedBy)
	isHim := func(one upstream.User) bool { return one.ID == c.elsewhere }
	if err != nil || c.elsewhere == "" || slices.ContainsFunc(holders, isHim) {
		return holders, err
	}
	one, err := u.directory.User(ctx, c.elsewhere)
	switch {
	case errors.Is(err, upstream.ErrNotFound): // it was deleted since
		return holders, nil
	case err != nil:
		return nil, err
	}
	return append(holders, one), nil
}

// checkSpellings is upstream.ErrConflict where somebody of the domain has the name
// in one of its normal forms: whether Access takes these for one name is not
// documented, and one person could get two accounts. Most names have one form,
// which costs no request.
func (u *Users) checkSpellings(ctx context.Context, domain, name string) error {
	if len(names.Spellings(name)) == 1 {
		return nil
	}
	found, err := u.directory.FindUsers(ctx, upstream.ByUserName, name)
	if slices.ContainsFunc(found, func(one upstream.User) bool { return one.Domain == domain }) {
		return upstream.ErrConflict
	}
	return err
}

// resolveConflict decides by looking whether a creation that Access refused as a
// duplicate is about the user that is there.
func (u *Users) resolveConflict(ctx context.Context, c creation) (upstream.User, error) {
	existing, err := u.sameUser(ctx, c)
	switch {
	case err != nil:
		return upstream.User{}, err
	case existing != "":
		return u.pushOnto(ctx, existing, c)
	}
	// Whoever held the name is gone by now, or is out of the bridge's sight.
	user, err := u.createOrRecover(ctx, c)
	if !errors.Is(err, upstream.ErrConflict) {
		return user, err
	}
	return upstream.User{}, u.takenElsewhere(ctx, c)
}

// takenElsewhere is the problem where a name or an externalId is taken and no user of the
// bridge's is shown to have it.
func (u *Users) takenElsewhere(ctx context.Context, c creation) error {
	stranger, err := u.directory.StrangerHasUserName(ctx, c.UserName())
	return u.unshown.takenBy(stranger, err, c.Key(), problem.UserTakenElsewhere())
}

// pushOnto makes an existing user what a creation asks for.
func (u *Users) pushOnto(ctx context.Context, id string, c creation) (upstream.User, error) {
	user, err := u.write(ctx, id, upstream.UserChange{
		Make: func(current upstream.User) (upstream.Attributes, error) {
			if c.answered && !c.isAs(current) {
				return nil, problem.UserNameTaken(id, u.shownName(current), current.Active()).HeldBy(id)
			}
			return u.translator.UserChange(current, c.Resource)
		},
	})
	return user, unlessFound(err)
}

// isAs reports whether an account is as the creation asks for: then it may be the one
// that the same push was answered with.
func (c creation) isAs(current upstream.User) bool {
	for path, v := range c.Attributes {
		if held, ok := current.Attributes[path]; !ok || !reflect.DeepEqual(held, v) {
			return false
		}
	}
	return true
}

// createOrRecover creates a user, and resolves a creation whose answer was lost by
// looking: where an account is there with the very externalId that was sent, it
// is the one, and it is made what the push asks for, because it may have been
// there before. Otherwise the failure stands, and Okta's repetition decides.
func (u *Users) createOrRecover(ctx context.Context, c creation) (upstream.User, error) {
	created, failure := u.directory.CreateUser(ctx, c.Domain, c.Attributes)
	if !upstream.InDoubt(failure) {
		return created, failure
	}
	found, err := u.directory.FindUsers(ctx, upstream.ByUserName, c.UserName())
	if err != nil {
		return upstream.User{}, failure
	}
	for _, one := range found {
		if one.Domain == c.Domain && one.ExternalID() == c.ExternalID() {
			return u.pushOnto(ctx, one.ID, c)
		}
	}
	return upstream.User{}, failure
}

// sameUser decides what a conflict on creation means, by looking. It returns the
// id of the account that the push is about: the one with the same userName and
// externalId: it is the same push again; or an inactive one with the same
// externalId: the person comes back, perhaps under another name.
// Any other holder of the name or the externalId is a conflict. It returns ""
// where nothing was found.
func (u *Users) sameUser(ctx context.Context, c creation) (id string, _ error) {
	holders, err := u.directory.FindUsers(ctx, upstream.ByUserName, c.UserName())
	if err != nil {
		return "", err
	}
	for _, one := range holders {
		switch {
		case one.Domain != c.Domain:
		case c.recognizedBy != "" && one.ExternalID() == c.recognizedBy:
			return one.ID, nil
		default:
			return "", problem.UserNameTaken(one.ID, u.shownName(one), one.Active()).HeldBy(one.ID)
		}
	}
	if c.recognizedBy == "" {
		return "", nil
	}
	return u.sameExternalID(ctx, c)
}

func (u *Users) sameExternalID(ctx context.Context, c creation) (id string, _ error) {
	holders, err := u.directory.FindUsers(ctx, upstream.ByExternalID, c.recognizedBy)
	if err != nil {
		return "", err
	}
	for _, one := range holders {
		if one.Domain != c.Domain {
			continue
		}
		if one.Active() && !names.Same(one.UserName(), c.UserName()) {
			return "", problem.ExternalIDTaken(one.ID, u.shownName(one)).HeldBy(one.ID)
		}
		id = one.ID
	}
	return id, nil
}

// shownName is the userName that Okta knows the user by.
func (u *Users) shownName(user upstream.User) any { return u.translator.UserToSCIM(user)["userName"] }

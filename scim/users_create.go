package scim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// createUser is a POST. The user is created first and searched for only where
// Access says that it is there already, so that a new user costs one request.
func (h *Handler) createUser(r *http.Request) (answer, error) {
	p, err := readProjection(r, h.userNames)
	if err != nil {
		return answer{}, err
	}
	resource, err := h.readResource(r, h.userNames)
	if err != nil {
		return answer{}, err
	}
	u, err := h.newUser(r.Context(), resource)
	if err != nil {
		return answer{}, err
	}
	note(r, zap.String("user_id", u.ID))
	return found(r, http.StatusCreated, h.presentUser(r, u), p)
}

func (h *Handler) newUser(ctx context.Context, resource translate.Resource) (upstream.User, error) {
	created, err := h.Translator.NewUser(resource)
	if err != nil {
		return upstream.User{}, err
	}
	domain, attributes := created.Domain, created.Attributes
	sent := upstream.User{Attributes: attributes}.ExternalID()
	name := unnamedUser{domain, strings.ToLower(upstream.User{Attributes: attributes}.UserName())}
	if sent == "" {
		// Access requires one. A random id makes no claim to know the person,
		// so a second push of the same user stays a conflict, unless it repeats
		// one whose outcome was not known.
		sent, _ = h.doubtful.unnamed.get(name)
		attributes[upstream.Path{Name: "externalId"}] = cmp.Or(sent, uuid.NewString())
	}
	u, err := h.createOrFind(ctx, domain, attributes, resource)
	if errors.Is(err, upstream.ErrConflict) {
		u, err = h.resolveConflict(ctx, domain, attributes, resource, sent)
	}
	switch {
	case err == nil:
		h.doubtful.unnamed.remove(name)
	case inDoubt(err):
		h.doubtful.unnamed.add(name, upstream.User{Attributes: attributes}.ExternalID())
	}
	return u, err
}

// resolveConflict decides by looking whether a creation that Access refused as
// a duplicate is about the user that is there.
func (h *Handler) resolveConflict(ctx context.Context, domain string, a upstream.Attributes, resource translate.Resource, externalID string) (upstream.User, error) {
	existing, err := h.sameUser(ctx, domain, a, externalID)
	switch {
	case err != nil:
		return upstream.User{}, err
	case existing != "":
		return h.pushOnto(ctx, existing, resource)
	}
	// Whoever held the name is gone by now, or is out of the bridge's sight.
	u, err := h.createOrFind(ctx, domain, a, resource)
	if errors.Is(err, upstream.ErrConflict) {
		return upstream.User{}, conflict("Workspace ONE Access already has this userName or externalId outside of the users that the bridge manages: rename or delete that user there.")
	}
	return u, err
}

// pushOnto makes an existing user what a creation asks for.
func (h *Handler) pushOnto(ctx context.Context, id string, resource translate.Resource) (upstream.User, error) {
	return h.Users.UpdateUser(ctx, id, func(current upstream.User) (upstream.Attributes, error) {
		return h.Translator.UserChange(current, resource)
	})
}

// createOrFind creates a user, and resolves a creation whose answer was lost by
// looking: where an account is there with the very externalId that was sent,
// it is the one, and it is made what the push asks for, because it may have
// been there before. Otherwise the failure stands, and Okta's repetition
// decides.
func (h *Handler) createOrFind(ctx context.Context, domain string, a upstream.Attributes, resource translate.Resource) (upstream.User, error) {
	wanted := upstream.User{Attributes: a}
	created, failure := h.Users.CreateUser(ctx, domain, a)
	if !inDoubt(failure) {
		return created, failure
	}
	found, err := h.Users.FindUsers(ctx, upstream.ByUserName, wanted.UserName())
	if err != nil {
		return upstream.User{}, failure
	}
	for _, u := range found {
		if u.Domain == domain && u.ExternalID() == wanted.ExternalID() {
			return h.pushOnto(ctx, u.ID, resource)
		}
	}
	return upstream.User{}, failure
}

// sameUser decides what a conflict on creation means, by looking. It returns
// the id of the account that the push is about: the one with the same userName
// and externalId, for then it is the same push again; or an inactive one with
// the same externalId, for then the person comes back, perhaps under another
// name. Any other holder of the name or the externalId is a conflict. It
// returns "" where nothing was found.
func (h *Handler) sameUser(ctx context.Context, domain string, a upstream.Attributes, externalID string) (id string, _ error) {
	userName := upstream.User{Attributes: a}.UserName()
	holders, err := h.Users.FindUsers(ctx, upstream.ByUserName, userName)
	if err != nil {
		return "", err
	}
	for _, u := range holders {
		switch {
		case u.Domain != domain:
		case externalID != "" && u.ExternalID() == externalID:
			return u.ID, nil
		default:
			return "", conflict(fmt.Sprintf("The userName is taken by the user with id %s (userName %v, active %t).", u.ID, h.Translator.UserToSCIM(u)["userName"], u.Active()))
		}
	}
	if externalID == "" {
		return "", nil
	}
	return h.sameExternalID(ctx, domain, externalID)
}

func (h *Handler) sameExternalID(ctx context.Context, domain, externalID string) (id string, _ error) {
	holders, err := h.Users.FindUsers(ctx, upstream.ByExternalID, externalID)
	if err != nil {
		return "", err
	}
	for _, u := range holders {
		if u.Domain != domain {
			continue
		}
		if u.Active() {
			return "", conflict(fmt.Sprintf("The externalId belongs to the active user with id %s (userName %v).", u.ID, h.Translator.UserToSCIM(u)["userName"]))
		}
		id = u.ID
	}
	return id, nil
}

package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// createUser is a POST. The user is created first and searched for only where
// Access says that it is there already, so that a new user costs one request.
func (h *Handler) createUser(r *http.Request) (answer, error) {
	resource, err := h.readResource(r, h.userNames)
	if err != nil {
		return answer{}, err
	}
	u, err := h.newUser(r.Context(), resource)
	if err != nil {
		return answer{}, err
	}
	note(r, zap.String("user_id", u.ID))
	body := h.presentUser(r, u)
	a := answer{status: http.StatusCreated, body: body}
	a.header("Location", h.baseURL(r)+"/Users/"+u.ID)
	return a, nil
}

func (h *Handler) newUser(ctx context.Context, resource translate.Resource) (upstream.User, error) {
	domain, attributes, err := h.Translator.NewUser(resource)
	if err != nil {
		return upstream.User{}, err
	}
	sent := upstream.User{Attributes: attributes}.ExternalID()
	if sent == "" {
		// Access requires one. A random id makes no claim to know the person,
		// so a second push of the same user stays a conflict.
		attributes[upstream.Path{Name: "externalId"}] = uuid.NewString()
	}
	u, err := h.Users.CreateUser(ctx, domain, attributes)
	switch {
	case inDoubt(err):
		return h.lookForUser(ctx, domain, attributes, err)
	case !errors.Is(err, upstream.ErrConflict):
		return u, err
	}
	existing, err := h.sameUser(ctx, domain, attributes, sent)
	switch {
	case err != nil:
		return upstream.User{}, err
	case existing != "":
		return h.Users.UpdateUser(ctx, existing, func(upstream.User) (upstream.Attributes, error) {
			return h.Translator.UserChange(resource)
		})
	}
	// Whoever held the name is gone by now, or is out of the bridge's sight.
	u, err = h.Users.CreateUser(ctx, domain, attributes)
	if errors.Is(err, upstream.ErrConflict) {
		return upstream.User{}, conflict("Workspace ONE Access already has this userName or externalId outside of the users that the bridge manages: rename or delete that user there.")
	}
	return u, err
}

// inDoubt reports whether err leaves open whether a write was applied.
func inDoubt(err error) bool {
	failed, ok := errors.AsType[*upstream.Error](err)
	return ok && failed.InDoubt
}

// lookForUser resolves a creation whose answer was lost by looking: where the
// account is there with the very externalId that was sent, the creation went
// well. Otherwise the failure stands, and Okta's repetition decides.
func (h *Handler) lookForUser(ctx context.Context, domain string, a upstream.Attributes, failure error) (upstream.User, error) {
	wanted := upstream.User{Attributes: a}
	found, err := h.Users.FindUsers(ctx, upstream.ByUserName, wanted.UserName())
	if err != nil {
		return upstream.User{}, failure
	}
	for _, u := range found {
		if u.Domain == domain && u.ExternalID() == wanted.ExternalID() {
			return u, nil
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
			return "", conflict(fmt.Sprintf("The userName is taken by the user with id %s (userName %s, active %t).", u.ID, u.UserName(), u.Active()))
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
			return "", conflict(fmt.Sprintf("The externalId belongs to the active user with id %s (userName %s).", u.ID, u.UserName()))
		}
		id = u.ID
	}
	return id, nil
}

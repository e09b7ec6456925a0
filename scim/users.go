package scim

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"go.uber.org/zap"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

func (h *Handler) listUsers(r *http.Request) (answer, error) {
	q, err := readQuery(r, h.userNames)
	if err != nil {
		return answer{}, err
	}
	present := func(u upstream.User) any { return q.projection.apply(h.presentUser(r, u)) }
	if q.filter == nil {
		page, err := h.Users.Users(r.Context(), q.startIndex, q.count)
		if err != nil {
			return answer{}, err
		}
		return list(page.Resources, page.Total, q.startIndex, present), nil
	}
	found, err := h.findUsers(r, *q.filter)
	if err != nil {
		return answer{}, err
	}
	return list(pageOf(found, q), len(found), q.startIndex, present), nil
}

func (h *Handler) findUsers(r *http.Request, c comparison) ([]upstream.User, error) {
	switch c.attribute {
	case "userName":
		return h.usersByName(r.Context(), c.value)
	case "externalId":
		found, err := h.Users.FindUsers(r.Context(), upstream.ByExternalID, c.value)
		return h.shownAs(found, func(shown translate.Resource) bool { return shown["externalId"] == c.value }), err
	case "id":
		u, err := h.Users.User(r.Context(), c.value)
		if errors.Is(err, upstream.ErrNotFound) {
			return nil, nil
		}
		return []upstream.User{u}, err
	}
	return nil, unsupportedFilter()
}

// usersByName finds the users that Okta knows by a userName. Access may hold
// another for it; a hit counts only where Okta would be shown the very name that
// it asked for.
func (h *Handler) usersByName(ctx context.Context, userName string) ([]upstream.User, error) {
	var found []upstream.User
	for _, name := range h.Translator.UserNames(userName) {
		users, err := h.Users.FindUsers(ctx, upstream.ByUserName, name)
		if err != nil {
			return nil, err
		}
		found = append(found, users...)
	}
	return h.shownAs(found, func(shown translate.Resource) bool {
		name, _ := shown["userName"].(string)
		return translate.SameUserName(name, userName)
	}), nil
}

// shownAs keeps the users that look as wanted to Okta.
func (h *Handler) shownAs(users []upstream.User, wanted func(translate.Resource) bool) []upstream.User {
	return slices.DeleteFunc(users, func(u upstream.User) bool { return !wanted(h.Translator.UserToSCIM(u)) })
}

func (h *Handler) readUser(r *http.Request) (answer, error) {
	q, err := readQuery(r, h.userNames)
	if err != nil {
		return answer{}, err
	}
	u, err := h.Users.User(r.Context(), resourceID(r))
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, body: q.projection.apply(h.presentUser(r, u))}, nil
}

// replaceUser is a PUT. Okta's is the user as it read it with some attributes
// changed, so what is read-only in it is ignored, and what is absent is cleared
// only where it could have been read.
func (h *Handler) replaceUser(r *http.Request) (answer, error) {
	resource, err := h.readResource(r, h.userNames)
	if err != nil {
		return answer{}, err
	}
	return h.updateUser(r, func(translate.Resource) (translate.Resource, error) { return resource, nil })
}

func (h *Handler) patchUser(r *http.Request) (answer, error) {
	operations, err := h.readPatch(r, h.userNames)
	if err != nil {
		return answer{}, err
	}
	return h.updateUser(r, func(current translate.Resource) (translate.Resource, error) {
		next, err := applyPatch(r.Context(), current, operations)
		if err == nil {
			markRemoved(current, next)
		}
		return next, err
	})
}

// updateUser is the one way to change a user: the request is applied to what
// Access holds.
func (h *Handler) updateUser(r *http.Request, apply func(translate.Resource) (translate.Resource, error)) (answer, error) {
	id := resourceID(r)
	note(r, zap.String("user_id", loggable(id)))
	u, err := h.Users.UpdateUser(r.Context(), id, func(current upstream.User) (upstream.Attributes, error) {
		next, err := apply(h.Translator.UserToSCIM(current))
		if err != nil {
			return nil, err
		}
		return h.Translator.UserChange(current, next)
	})
	if errors.Is(err, upstream.ErrConflict) {
		return answer{}, conflict("Workspace ONE Access already has another user with this userName in the domain.")
	}
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, body: h.presentUser(r, u)}, nil
}

func (h *Handler) deleteUser(r *http.Request) (answer, error) {
	id := resourceID(r)
	note(r, zap.String("user_id", loggable(id)))
	return answer{status: http.StatusNoContent}, h.deleted(id, h.Users.DeleteUser(r.Context(), id))
}

// presentUser is the user as a SCIM 2.0 resource.
func (h *Handler) presentUser(r *http.Request, u upstream.User) translate.Resource {
	resource := h.Translator.UserToSCIM(u)
	base := h.baseURL(r)
	groups := make([]any, len(u.Groups))
	for i, g := range u.Groups {
		groups[i] = map[string]any{"value": g.ID, "display": g.Display, "type": g.Type, "$ref": base + "/Groups/" + g.ID}
	}
	resource["groups"] = groups
	resource["id"] = u.ID
	resource["meta"] = meta("User", base+"/Users/"+u.ID, u.Meta)
	return resource
}

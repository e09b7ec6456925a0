package scim

import (
	"errors"
	"net/http"

	scimerrors "github.com/elimity-com/scim/errors"
	"go.uber.org/zap"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

func (h *Handler) listUsers(r *http.Request) (answer, error) { return h.query(r, h.users()) }

// users is the collection of the bridge's users.
func (h *Handler) users() collection {
	return collection{
		names: h.userNames,
		list: func(r *http.Request, start, count int, _ search) ([]translate.Resource, int, error) {
			page, err := h.Users.Users(r.Context(), start, count)
			return h.presentUsers(r, page.Resources), page.Total, err
		},
		find: h.findUsers,
	}
}

// findUsers asks Access for the users that satisfy a comparison.
func (h *Handler) findUsers(r *http.Request, c filter.Comparison, _ search) (_ []translate.Resource, ok bool, _ error) {
	value, isText := c.Value.(string)
	if !isText {
		return nil, false, nil
	}
	key := h.userNames.key(c)
	if key == "id eq" {
		u, err := h.Users.User(r.Context(), value)
		if errors.Is(err, upstream.ErrNotFound) {
			return nil, true, nil
		}
		return h.presentUsers(r, []upstream.User{u}), true, err
	}
	by, names, ok := h.inAccess(key, value)
	if !ok {
		return nil, false, nil
	}
	var found []upstream.User
	for _, name := range names {
		users, err := h.Users.FindUsers(r.Context(), by, name)
		if err != nil {
			return nil, true, err
		}
		found = append(found, users...)
	}
	return h.presentUsers(r, found), true, nil
}

// inAccess is what to ask Access for where Okta asks for a value: rules may have
// given it another. It is not ok where Access can't be asked.
func (h *Handler) inAccess(key, value string) (by upstream.Key, values []string, ok bool) {
	by, ok = userKeys()[key]
	switch by {
	case upstream.ByUserName:
		return by, h.Translator.UserNames(value), true
	case upstream.ByExternalID:
		ok = h.Translator.KeepsExternalID()
	case upstream.UserNameContains, upstream.UserNameStarts:
		ok = h.Translator.KeepsInUserName(value, by == upstream.UserNameStarts)
	}
	return by, []string{value}, ok
}

// userKeys are the comparisons of users that Access can answer.
func userKeys() map[string]upstream.Key {
	return map[string]upstream.Key{
		"username eq":   upstream.ByUserName,
		"username co":   upstream.UserNameContains,
		"username sw":   upstream.UserNameStarts,
		"externalid eq": upstream.ByExternalID,
	}
}

func (h *Handler) readUser(r *http.Request) (answer, error) {
	p, err := readProjection(r, h.userNames)
	if err != nil {
		return answer{}, err
	}
	u, err := h.Users.User(r.Context(), resourceID(r))
	if err != nil {
		return answer{}, err
	}
	return found(r, http.StatusOK, h.presentUser(r, u), p)
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
		if err != nil {
			return nil, err
		}
		markRemoved(current, next)
		return next, h.keepsRequired(current, next)
	})
}

// keepsRequired refuses a PATCH that takes away what a user can't be without
// (RFC 7644 section 3.5.2.2). A PUT that leaves it out means no harm: Okta's
// hold what it read.
func (h *Handler) keepsRequired(before, after translate.Resource) error {
	for _, o := range h.required {
		if o.present(before) && !o.present(after) {
			return badRequest(scimerrors.ScimTypeMutability, "The attribute "+o.path+" is required: it can be replaced, not removed.")
		}
	}
	return nil
}

// requiredAttribute is an attribute that every user has.
type requiredAttribute struct {
	path string
	operand
}

// requiredAttributes are those that Access creates no user without, as far as
// the attributes of a resource show them.
func requiredAttributes(t *translate.Translator, names nameTable) (required []requiredAttribute) {
	for _, path := range t.Required() {
		parsed, err := filter.ParsePath(path)
		if err != nil || parsed.Filter != nil {
			continue
		}
		if o, err := names.operand(parsed.Attribute); err == nil {
			required = append(required, requiredAttribute{path, o})
		}
	}
	return required
}

// updateUser is the one way to change a user: the request is applied to what
// Access holds.
func (h *Handler) updateUser(r *http.Request, apply func(translate.Resource) (translate.Resource, error)) (answer, error) {
	p, err := readProjection(r, h.userNames)
	if err != nil {
		return answer{}, err
	}
	id := resourceID(r)
	note(r, zap.String("user_id", loggable(id)))
	u, err := h.Users.UpdateUser(r.Context(), id, func(current upstream.User) (upstream.Attributes, error) {
		if err := checkVersion(r, current.Meta); err != nil {
			return nil, err
		}
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
	return found(r, http.StatusOK, h.presentUser(r, u), p)
}

func (h *Handler) deleteUser(r *http.Request) (answer, error) {
	id := resourceID(r)
	note(r, zap.String("user_id", loggable(id)))
	err := h.Users.DeleteUser(r.Context(), id, func(current upstream.User) error { return checkVersion(r, current.Meta) })
	return answer{status: http.StatusNoContent}, h.deleted(id, err)
}

func (h *Handler) presentUsers(r *http.Request, users []upstream.User) []translate.Resource {
	out := make([]translate.Resource, len(users))
	for i, u := range users {
		out[i] = h.presentUser(r, u)
	}
	return out
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

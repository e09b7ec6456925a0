package accesstest

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

func (e *Emulator) postUser(r *http.Request) (answer, error) {
	keep, err := userSchema.projection(names(r.URL.Query()), nil)
	if err != nil {
		return answer{}, err
	}
	body, err := readObject(r)
	if err != nil {
		return answer{}, err
	}
	in, err := userSchema.parse(body)
	if err != nil {
		return answer{}, err
	}
	u, err := e.store.createUser(in)
	if err != nil {
		return answer{}, err
	}
	return answer{
		status: http.StatusCreated, etag: u.version(), location: u.location(userSchema),
		body: keep(e.store.userView(u)),
	}, nil
}

func (e *Emulator) listUsers(r *http.Request) (answer, error) {
	q, err := queryFromURL(r)
	if err != nil {
		return answer{}, err
	}
	return list(e.store.users, q, userSchema, e.store.modes, e.store.userView)
}

func (e *Emulator) searchUsers(r *http.Request) (answer, error) {
	q, err := queryFromBody(r)
	if err != nil {
		return answer{}, err
	}
	return list(e.store.users, q, userSchema, e.store.modes, e.store.userView)
}

func (e *Emulator) getUser(r *http.Request) (answer, error) {
	u, err := e.store.user(chi.URLParam(r, "id"))
	if err != nil {
		return answer{}, err
	}
	keep, err := userSchema.projection(names(r.URL.Query()), nil)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, etag: u.version(), body: keep(e.store.userView(u))}, nil
}

// getMe answers with the administrator. Chosen: what a service client sees is not documented.
func (e *Emulator) getMe(*http.Request) (answer, error) {
	u := e.store.users[0]
	return answer{status: http.StatusOK, etag: u.version(), body: e.store.userView(u)}, nil
}

func (e *Emulator) patchUser(r *http.Request) (answer, error) {
	u, err := e.store.user(chi.URLParam(r, "id"))
	if err != nil {
		return answer{}, err
	}
	wanted := names(r.URL.Query())
	keep, err := userSchema.projection(wanted, nil)
	if err != nil {
		return answer{}, err
	}
	body, err := readObject(r)
	if err != nil {
		return answer{}, err
	}
	in, err := userSchema.parse(body)
	if err != nil {
		return answer{}, err
	}
	if err := e.store.updateUser(u, in); err != nil {
		return answer{}, err
	}
	return patched(u.version(), wanted, func() object { return keep(e.store.userView(u)) }), nil
}

// patched answers 204, or 200 with a body when attributes are asked for; both with an ETag
// (UnboundID SCIM 1.1 SDK; public clients count 204 as modified).
func patched(etag string, wanted []string, view func() object) answer {
	if len(wanted) == 0 {
		return answer{status: http.StatusNoContent, etag: etag}
	}
	return answer{status: http.StatusOK, etag: etag, body: view()}
}

func (e *Emulator) deleteUser(r *http.Request) (answer, error) {
	u, err := e.store.user(chi.URLParam(r, "id"))
	if err != nil {
		return answer{}, err
	}
	if u.dir.synced() {
		return answer{}, refuseSynced()
	}
	e.store.removeUser(u)
	return e.deleted(), nil
}

// deleted answers a DELETE: SCIM 1.1 §3.4 says 200 with an empty body, 204 is as common; the Access
// OpenAPI lists neither.
func (e *Emulator) deleted() answer {
	if e.store.modes.DeleteOK {
		return answer{status: http.StatusOK}
	}
	return answer{status: http.StatusNoContent}
}

package accesstest

import (
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"
)

// served is a user or a group.
type served interface {
	entry
	version() string
	location(s *schema) string
}

// collection is how the records of one kind are served over SCIM.
type collection[T served] struct {
	schema *schema
	store  *store
	all    func() []T
	named  func(folded string) []T // those of all with a userName or displayName
	byID   func(id string) (T, error)
	create func(*incoming) (T, error)
	update func(T, *incoming) error
	remove func(T) error
	view   func(T, projection) object
	item   func(T, projection) object // view in a list
}

func (s *store) userCollection() collection[*user] {
	return collection[*user]{
		schema: userSchema, store: s, all: func() []*user { return s.users }, named: s.usersNamed,
		byID: s.user, create: s.createUser, update: s.updateUser, remove: s.deleteUser,
		view: s.userView, item: s.userView,
	}
}

func (s *store) groupCollection() collection[*group] {
	return collection[*group]{
		schema: groupSchema, store: s, all: func() []*group { return s.groups }, named: s.groupsNamed,
		byID: s.group, create: s.createGroup, update: s.updateGroup, remove: s.deleteGroup,
		view: s.groupAnswer, item: s.groupItem,
	}
}

// route serves the records of a kind at a path. Writes act on what the tenant holds, and reads show
// what is seen of it.
func route[T served](e *Emulator, r chi.Router, path string, of func(*store) collection[T]) {
	held := of(e.store)
	r.Post(path, e.locked(e.store.lagging(held.post)))
	r.Patch(path+"/{id}", e.locked(e.store.lagging(one(held.byID, held.patch))))
	r.Delete(path+"/{id}", e.locked(e.store.lagging(one(held.byID, held.delete))))

	read := func(kind string, run func(collection[T], *http.Request) (answer, error)) http.HandlerFunc {
		return e.locked(func(r *http.Request) (answer, error) { return run(of(e.store.seen(kind)), r) })
	}
	r.Get(path, read(readsOfLists, func(c collection[T], r *http.Request) (answer, error) {
		return c.list(queryFromURL(r))
	}))
	r.Post(path+"/.search", read(readsOfLists, func(c collection[T], r *http.Request) (answer, error) {
		return c.list(queryFromBody(r))
	}))
	r.Get(path+"/{id}", read(readsByID, func(c collection[T], r *http.Request) (answer, error) {
		return one(c.byID, c.get)(r)
	}))
}

func attributesOf(r *http.Request) []string { return names(r.URL.Query()["attributes"]) }

// projection shows the attributes that are asked for, as far as the modes let it.
func (c collection[T]) projection(asked, excluded []string) (projection, error) {
	p, err := c.schema.projection(asked, excluded)
	if c.store.modes.AttributesOmitExtensions {
		p.keep = slices.DeleteFunc(p.keep, func(named path) bool { return named.urn != "" })
	}
	return p, err
}

// read reads a request that writes: which attributes to answer with, and its body.
func (c collection[T]) read(asked []string, r *http.Request) (shown projection, in *incoming, err error) {
	if shown, err = c.projection(asked, nil); err != nil {
		return shown, nil, err
	}
	in, err = c.schema.read(r.Body)
	return shown, in, err
}

func (c collection[T]) post(r *http.Request) (answer, error) {
	shown, in, err := c.read(attributesOf(r), r)
	if err != nil {
		return answer{}, err
	}
	t, err := c.create(in)
	if err != nil {
		return answer{}, err
	}
	return answer{
		status: http.StatusCreated, etag: t.version(), location: t.location(c.schema), body: c.view(t, shown),
	}, nil
}

// get shows the attributes that are asked for (Access OpenAPI), unless the modes say otherwise. The text
// of the refusal is that for attributes that do not exist.
func (c collection[T]) get(t T, r *http.Request) (answer, error) {
	asked := attributesOf(r)
	if len(asked) > 0 && c.store.modes.RefuseAttributes {
		return answer{}, refuse(http.StatusBadRequest, "invalid.attributes", "The specified attributes are invalid")
	}
	if c.store.modes.IgnoreAttributes {
		asked = nil
	}
	shown, err := c.projection(asked, nil)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, etag: t.version(), body: c.view(t, shown)}, nil
}

// patch answers 204, or 200 with a body when attributes are asked for; both with an ETag (UnboundID
// SCIM 1.1 SDK; public clients count 204 as modified).
func (c collection[T]) patch(t T, r *http.Request) (answer, error) {
	asked := attributesOf(r)
	if c.store.modes.PatchIgnoresAttributes {
		asked = nil
	}
	shown, in, err := c.read(asked, r)
	if err != nil {
		return answer{}, err
	}
	if err := c.update(t, in); err != nil {
		return answer{}, err
	}
	if len(asked) == 0 {
		return answer{status: http.StatusNoContent, etag: t.version()}, nil
	}
	return answer{status: http.StatusOK, etag: t.version(), body: c.view(t, shown)}, nil
}

// delete answers as the modes say: SCIM 1.1 §3.4 says 200 with an empty body, 204 is as common; the
// Access OpenAPI lists neither.
func (c collection[T]) delete(t T, _ *http.Request) (answer, error) {
	if err := c.remove(t); err != nil {
		return answer{}, err
	}
	if c.store.modes.DeleteOK {
		return answer{status: http.StatusOK}, nil
	}
	return answer{status: http.StatusNoContent}, nil
}

// getMe answers with the administrator. Chosen: what a service client sees is not documented.
func (s *store) getMe(*http.Request) (answer, error) {
	u := s.users[0]
	return answer{status: http.StatusOK, etag: u.version(), body: s.userView(u, projection{})}, nil
}

package accesstest

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

func (e *Emulator) postGroup(r *http.Request) (answer, error) {
	keep, err := groupSchema.projection(names(r.URL.Query()), nil)
	if err != nil {
		return answer{}, err
	}
	body, err := readObject(r)
	if err != nil {
		return answer{}, err
	}
	in, err := groupSchema.parse(body)
	if err != nil {
		return answer{}, err
	}
	g, err := e.store.createGroup(in)
	if err != nil {
		return answer{}, err
	}
	return answer{
		status: http.StatusCreated, etag: g.version(), location: g.location(groupSchema),
		body: keep(e.groupAnswer(g)),
	}, nil
}

func (e *Emulator) listGroups(r *http.Request) (answer, error) {
	q, err := queryFromURL(r)
	if err != nil {
		return answer{}, err
	}
	return list(e.store.groups, q, groupSchema, e.store.modes, e.groupItem)
}

func (e *Emulator) searchGroups(r *http.Request) (answer, error) {
	q, err := queryFromBody(r)
	if err != nil {
		return answer{}, err
	}
	return list(e.store.groups, q, groupSchema, e.store.modes, e.groupItem)
}

// groupAnswer is a group as the modes let it be served.
func (e *Emulator) groupAnswer(g *group) object {
	out := e.store.groupView(g)
	if !e.store.modes.GroupOmitsExtension {
		return out
	}
	block := object{}
	for name, value := range g.ext[workspaceURN] {
		if name != "domain" && name != "internalGroupType" {
			block[name] = value
		}
	}
	out[workspaceURN] = block
	return out
}

// groupItem is a group in a list.
func (e *Emulator) groupItem(g *group) object {
	out := e.groupAnswer(g)
	if e.store.modes.ListOmitsMembers {
		delete(out, "members")
	}
	return out
}

func (e *Emulator) getGroup(r *http.Request) (answer, error) {
	g, err := e.store.group(chi.URLParam(r, "id"))
	if err != nil {
		return answer{}, err
	}
	keep, err := groupSchema.projection(names(r.URL.Query()), nil)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, etag: g.version(), body: keep(e.groupAnswer(g))}, nil
}

func (e *Emulator) patchGroup(r *http.Request) (answer, error) {
	g, err := e.store.group(chi.URLParam(r, "id"))
	if err != nil {
		return answer{}, err
	}
	wanted := names(r.URL.Query())
	keep, err := groupSchema.projection(wanted, nil)
	if err != nil {
		return answer{}, err
	}
	body, err := readObject(r)
	if err != nil {
		return answer{}, err
	}
	in, err := groupSchema.parse(body)
	if err != nil {
		return answer{}, err
	}
	if err := e.store.updateGroup(g, in); err != nil {
		return answer{}, err
	}
	return patched(g.version(), wanted, func() object { return keep(e.groupAnswer(g)) }), nil
}

func (e *Emulator) deleteGroup(r *http.Request) (answer, error) {
	g, err := e.store.group(chi.URLParam(r, "id"))
	if err != nil {
		return answer{}, err
	}
	if !g.writable() {
		return answer{}, refuseGroup()
	}
	e.store.removeGroup(g)
	return e.deleted(), nil
}

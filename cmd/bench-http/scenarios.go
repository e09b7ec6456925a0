package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// scenario is one kind of push, as Okta sends it to the bridge, and what does the same
// in Access, for the proxy.
type scenario struct {
	name        string
	connections int // 0: as many as asked for
	cast        func(connections int) cast
	okta        work
	access      work
}

// work is what the connection with that number does, in turn: an operation is one
// request or several.
type work func(ctx context.Context, s *stage, i int) (operations [][]request, err error)

// request is a request of a scenario. In the body, a mark stands for a number that is
// never the same.
type request struct {
	method, path, body string
	want               []int
	holds              string // a part of the answer to the first one
}

// URNs of Access.
const (
	accessCore = "urn:scim:schemas:core:1.0"
	workspace  = "urn:scim:schemas:extension:workspace:1.0"
)

// The sizes of groups.
const (
	commonSize = 500
	hugeSize   = 50_000
	pageSize   = 100
)

func oneUserEach(connections int) cast { return cast{users: connections} }

func groupsOf(size int) func(int) cast {
	return func(connections int) cast { return cast{groups: connections, size: size} }
}

// The scenarios that are compared with each other.
const (
	smallForTwo = "PATCH: one member, groups of 500, 2 connections"
	hugeForTwo  = "PATCH: one member, groups of 50,000, 2 connections"
)

// scenarios are all that there are, in the order in which they run.
func scenarios() []scenario {
	onePage := func(int) cast { return cast{users: 2 * pageSize} }
	return []scenario{
		{"GET: filter by userName", 0, oneUserEach, filterUser, filterUser},
		{"GET: one user", 0, oneUserEach, getUser, getUser},
		{"POST: a user", 0, oneUserEach, create(oktaUser), create(accessUser)},
		{"PUT: a user, nothing new", 0, oneUserEach, putSame, getUser},
		{"GET and PUT: a user, a new title", 0, oneUserEach, putTitle, patchTitle},
		{"PATCH: active", 0, oneUserEach, oktaActive, accessActive},
		{"PATCH: one member, groups of 500", 0, groupsOf(commonSize), oktaMember, accessMember},
		{"GET: a group of 500", 0, groupsOf(commonSize), getGroup, getGroup},
		{"GET: a page of 100 users", 0, onePage, getPage, getPage},
		{smallForTwo, 2, groupsOf(commonSize), oktaMember, accessMember},
		{hugeForTwo, 2, groupsOf(hugeSize), oktaMember, accessMember},
	}
}

// get is an operation that reads.
func get(path, holds string) [][]request {
	return [][]request{{{method: http.MethodGet, path: path, want: []int{http.StatusOK}, holds: holds}}}
}

func filterUser(_ context.Context, s *stage, i int) ([][]request, error) {
	return get(filtered(s.users[i].UserName), s.users[i].ID), nil
}

// filtered is the path of Okta's search for one user.
func filtered(userName string) string {
	return "/Users?filter=" + url.QueryEscape(`userName eq "`+userName+`"`) + "&startIndex=1&count=100"
}

func getUser(_ context.Context, s *stage, i int) ([][]request, error) {
	return get("/Users/"+s.users[i].ID, s.users[i].UserName), nil
}

func getGroup(_ context.Context, s *stage, i int) ([][]request, error) {
	return get("/Groups/"+s.groups[i].id, s.groups[i].name), nil
}

func getPage(context.Context, *stage, int) ([][]request, error) {
	return get("/Users?startIndex=1&count=100", `"itemsPerPage":100`), nil
}

func create(body string) work {
	return func(context.Context, *stage, int) ([][]request, error) {
		return [][]request{{{http.MethodPost, "/Users", body, []int{http.StatusCreated}, `"id":"`}}}, nil
	}
}

// put writes a user back as the bridge shows it, after the requests that come before.
func put(ctx context.Context, s *stage, i int, change func(object), before ...request) ([][]request, error) {
	path := "/Users/" + s.users[i].ID
	body, err := s.askTarget(ctx, path)
	if err != nil {
		return nil, err
	}
	var resource object
	if err := json.Unmarshal(body, &resource); err != nil {
		return nil, err
	}
	change(resource)
	r := request{http.MethodPut, path, encode(resource), []int{http.StatusOK}, s.users[i].UserName}
	return [][]request{append(before, r)}, nil
}

func putSame(ctx context.Context, s *stage, i int) ([][]request, error) {
	return put(ctx, s, i, func(object) {})
}

func putTitle(ctx context.Context, s *stage, i int) ([][]request, error) {
	read := get("/Users/"+s.users[i].ID, s.users[i].UserName)[0]
	return put(ctx, s, i, func(u object) { u["title"] = "Title " + mark }, read...)
}

// accessPatch is an operation that changes something in Access.
func accessPatch(path string, change object) []request {
	change["schemas"] = []string{accessCore}
	return []request{{method: http.MethodPatch, path: path, body: encode(change), want: []int{http.StatusNoContent}}}
}

func patchTitle(_ context.Context, s *stage, i int) ([][]request, error) {
	path := "/Users/" + s.users[i].ID
	read := get(path, s.users[i].UserName)[0]
	return [][]request{append(read, accessPatch(path, object{"title": "Title " + mark})...)}, nil
}

// oktaPatch is an operation that changes something by way of the bridge.
func oktaPatch(path string, operations ...object) []request {
	body := encode(object{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": operations})
	return []request{{method: http.MethodPatch, path: path, body: body,
		want: []int{http.StatusOK, http.StatusNoContent}}}
}

func oktaActive(_ context.Context, s *stage, i int) ([][]request, error) {
	path := "/Users/" + s.users[i].ID
	set := func(active bool) []request {
		return oktaPatch(path, object{"op": "replace", "value": object{"active": active}})
	}
	return [][]request{set(false), set(true)}, nil
}

func accessActive(_ context.Context, s *stage, i int) ([][]request, error) {
	path := "/Users/" + s.users[i].ID
	return [][]request{accessPatch(path, object{"active": false}), accessPatch(path, object{"active": true})}, nil
}

func oktaMember(_ context.Context, s *stage, i int) ([][]request, error) {
	g := s.groups[i]
	path := "/Groups/" + g.id
	named := object{"op": "replace", "value": object{"id": g.id, "displayName": g.name}}
	add := object{"op": "add", "path": "members",
		"value": []object{{"value": g.outside.ID, "display": g.outside.UserName}}}
	remove := object{"op": "remove", "path": `members[value eq "` + g.outside.ID + `"]`}
	return [][]request{oktaPatch(path, named, add), oktaPatch(path, named, remove)}, nil
}

func accessMember(_ context.Context, s *stage, i int) ([][]request, error) {
	path := "/Groups/" + s.groups[i].id
	in := []object{{"value": s.groups[i].outside.ID, "type": "User"}}
	out := []object{{"value": s.groups[i].outside.ID, "type": "User", "operation": "delete"}}
	return [][]request{accessPatch(path, object{"members": in}), accessPatch(path, object{"members": out})}, nil
}

// header is that of a request with a token.
func (k kind) header(hasBody bool, accessToken string) http.Header {
	media, token := "application/json", accessToken
	if k == bridge {
		media, token = "application/scim+json", oktaToken
	}
	h := http.Header{"Authorization": {"Bearer " + token}, "Accept": {media}}
	if k == bridge {
		h.Set("User-Agent", "Okta SCIM Client 1.0.0")
	}
	if hasBody {
		h.Set("Content-Type", media+"; charset=utf-8")
	}
	return h
}

package accesstest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
)

const (
	typeLocal       = "LOCAL"
	typeProvisioned = "PROVISIONED"
)

// user is an account. userStatus is kept in its workspace extension.
type user struct {
	record
	memberOf map[string]*group // direct, without ALL USERS
}

func (s *store) user(id string) (*user, error) {
	u := s.usersByID[id]
	if u == nil {
		return nil, refuse(http.StatusNotFound, "user.not.found", "The specified user does not exist.")
	}
	return u, nil
}

// refuseSynced is the documented text for users of a synchronized directory (Access OpenAPI, PATCH).
func refuseSynced() error {
	return refuse(http.StatusForbidden, "user.not.local", "The user is not a local user and can not be updated")
}

func badUser(format string, args ...any) error {
	return refuse(http.StatusBadRequest, "user.invalid", format, args...)
}

// createUser makes a LOCAL user, or a PROVISIONED one in a directory of type Other (access guide C).
func (s *store) createUser(in *incoming) (*user, error) {
	kind := cmp.Or(in.workspace("internalUserType"), typeLocal)
	dir, domain, err := s.home(kind, in.workspace("domain"))
	if err != nil {
		return nil, err
	}
	return s.createUserIn(dir, domain, kind, in)
}

// home finds the directory of a new user by its domain, compared exactly: "the resource is created
// under the directory which matches with the supplied domain" (Access OpenAPI), so a local user may
// stand among provisioned ones. That an unknown or unfit domain is answered 400 is chosen: not documented.
func (s *store) home(kind, domain string) (*directory, string, error) {
	fit := map[string][]string{
		typeLocal: {directoryLocal, directoryOther}, typeProvisioned: {directoryOther},
	}[kind]
	if fit == nil {
		return nil, "", badUser("internalUserType must be LOCAL or PROVISIONED")
	}
	if domain == "" && kind == typeProvisioned {
		return nil, "", badUser("domain is required for users of type PROVISIONED")
	}
	domain = cmp.Or(domain, systemDomain)
	dir := s.directoryOf(domain)
	if dir == nil || !slices.Contains(fit, dir.kind) {
		return nil, "", badUser("No directory of type %s has the domain '%s'", strings.Join(fit, " or "), domain)
	}
	if dir.deletion > 0 { // chosen: not documented
		return nil, "", badUser("The directory of the domain '%s' is being deleted", domain)
	}
	return dir, domain, nil
}

func (s *store) createUserIn(dir *directory, domain, kind string, in *incoming) (*user, error) {
	u := &user{record: s.newRecord(dir, domain, "internalUserType", kind)}
	u.apply(userSchema, in, true)
	u.ext[workspaceURN]["domain"], u.ext[workspaceURN]["internalUserType"] = domain, kind
	if _, ok := u.attrs["active"]; !ok {
		u.attrs["active"] = true
	}
	u.setStatus()
	if err := u.complete(); err != nil {
		return nil, err
	}
	if err := s.checkFree(u, nil); err != nil {
		return nil, err
	}
	return s.setUser(u.record), nil
}

// setStatus follows active: "1 for enabled, 2 for disabled", as a text (recorded GET /scim/Me).
func (u *user) setStatus() {
	u.ext[workspaceURN]["userStatus"] = "2"
	if u.attrs["active"] == true {
		u.ext[workspaceURN]["userStatus"] = "1"
	}
}

// complete checks the required attributes: "userName, name.givenName, name.familyName, emails
// (containing one and only one email address), internalUserType, domain and externalId" (access
// guide C) for provisioned users, userName alone for local ones (Access OpenAPI).
func (u *user) complete() error {
	if strings.TrimSpace(u.core("userName")) == "" {
		return badUser("The userName of the user is missing or invalid")
	}
	emails, _ := u.attrs["emails"].([]any)
	if len(emails) > 1 {
		return badUser("emails must contain one and only one email address")
	}
	if u.workspace("internalUserType") != typeProvisioned {
		return nil
	}
	if len(emails) == 0 || emails[0].(object)["value"] == nil {
		return badUser("emails must contain one and only one email address")
	}
	name, _ := u.attrs["name"].(object)
	for _, sub := range []string{"givenName", "familyName"} {
		if name[sub] == nil {
			return badUser("name.%s is required for users of type PROVISIONED", sub)
		}
	}
	if u.core("externalId") == "" {
		return badUser("externalId is required for users of type PROVISIONED")
	}
	return nil
}

// checkFree refuses a userName or an externalId that another user of the domain has. old is the
// user before the change; what it held is free for it.
func (s *store) checkFree(u, old *user) error {
	key := userNameKey(u)
	if old == nil || key != userNameKey(old) {
		taken := slices.ContainsFunc(s.userNames[key.name], func(other *user) bool { return userNameKey(other) == key })
		if taken || s.modes.TombstoneUserNames && s.tombstones[key] {
			return refuse(http.StatusConflict, "user.already.exists", "A user with the same userName already exists")
		}
	}
	id := externalIDKey(u)
	if old != nil && id == externalIDKey(old) || id.name == "" || s.modes.ShareExternalID {
		return nil
	}
	if s.externalIDs[id] > 0 { // chosen: not documented
		return refuse(http.StatusConflict, "user.external.id.already.exists",
			"A user with the same externalId already exists")
	}
	return nil
}

// updateUser applies a partial resource, all of it or nothing.
func (s *store) updateUser(u *user, in *incoming) error {
	if u.dir.synced() {
		return refuseSynced()
	}
	if s.modes.UserNameImmutable {
		delete(in.attrs, "userName")
	}
	delete(in.ext[workspaceURN], "internalUserType")
	next := &user{record: u.record}
	next.content = u.clone()
	next.apply(userSchema, in, s.modes.IgnoreMetaAttributes)
	if _, ok := next.attrs["active"].(bool); !ok {
		return badUser("active cannot be cleared")
	}
	if emails, _ := next.attrs["emails"].([]any); in.attrs["emails"] != nil && len(emails) != 1 {
		return badUser("emails must contain one and only one email address")
	}
	if err := next.complete(); err != nil {
		return err
	}
	// Chosen: a user moves between the domains of its directory, not to another directory.
	if !slices.Contains(u.dir.domains, next.workspace("domain")) {
		return badUser("The domain '%s' is not of the user's directory", next.workspace("domain"))
	}
	if err := s.checkFree(next, u); err != nil {
		return err
	}
	next.setStatus()
	next.touch()
	s.setUser(next.record)
	return nil
}

// usersNamed are the users with a folded userName, in order of creation.
func (s *store) usersNamed(name string) []*user {
	return slices.SortedFunc(slices.Values(s.userNames[name]), func(a, b *user) int { return a.seq - b.seq })
}

func (u *user) lookup(p path) any {
	if p.urn == "" && p.name == "groups" {
		return u.groups(nil)
	}
	if p.urn == workspaceURN && p.name == "directoryUuid" {
		return u.dir.id
	}
	return u.record.lookup(userSchema, p)
}

// userView is a user as served, after the recorded GET /scim/Me: every extension is listed in
// schemas, empty ones are left out, and everybody is in ALL USERS and has the role User.
func (s *store) userView(u *user, p projection) object {
	role := object{"value": s.roles[0]["id"], "display": s.roles[0]["displayName"]}
	computed := object{"roles": []any{role}}
	if p.shows("groups") {
		computed["groups"] = u.groups(s.everyone)
	}
	return p.of(u.view(userSchema, computed, workspaceURN, enterpriseURN, mfaURN))
}

// groups lists the direct groups in order of creation, after ALL USERS if given.
func (u *user) groups(everyone *group) []any {
	out := make([]any, 0, len(u.memberOf)+1)
	add := func(g *group) {
		out = append(out, reference{Display: g.core("displayName"), Type: "direct", Value: g.id})
	}
	if everyone != nil {
		add(everyone)
	}
	sorted := slices.SortedFunc(maps.Values(u.memberOf), func(a, b *group) int { return a.seq - b.seq })
	for _, g := range sorted {
		add(g)
	}
	return out
}

func (s *store) deleteUser(u *user) error {
	if u.dir.synced() {
		return refuseSynced()
	}
	s.removeUser(u)
	return nil
}

// removeUser takes a user away, and out of its groups, which that changes.
func (s *store) removeUser(u *user) {
	for _, g := range u.memberOf {
		s.setMember(g.id, u.id, false)
		next := g.record
		next.touch()
		s.setGroup(next)
	}
	s.tombstones[userNameKey(u)] = true
	s.dropUser(u.id)
}

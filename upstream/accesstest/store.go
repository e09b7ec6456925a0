package accesstest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// store is all that the tenant holds. The emulator's lock guards it.
type store struct {
	modes Modes
	made  int // records made so far

	shown  *store    // by reads that lag; nil: by none
	hidden []hidden  // from those reads, in the order in which they were made
	until  time.Time // when what is being done now is shown; zero: at once

	users     []*user // in order of creation
	usersByID map[string]*user
	userNames map[string][]*user // by folded userName, in all domains
	// externalIDs counts the users that hold an externalId in a domain.
	externalIDs map[scoped]int
	tombstones  map[scoped]bool

	groups     []*group // in order of creation
	groupsByID map[string]*group
	groupNames map[string]*group // by folded displayName
	everyone   *group            // ALL USERS

	directories []*directory
	providers   []object
	oktaIDs     []string // of the seeded providers for Okta
	methodID    int      // of the newest authentication method
	roles       []object
	networkID   string
	policyID    string
	// policyMethods are those that the default policy has. providersChanged says that a provider was
	// changed that it does not follow yet, policyReadings how often it was read since.
	policyMethods    []string
	providersChanged bool
	policyReadings   int
}

// scoped is a name within a domain: domains are compared exactly (Access documentation), user
// names without case (caseExact false), external ids as they are.
type scoped struct{ domain, name string }

func newStore(m Modes) *store {
	return &store{
		modes: m, usersByID: map[string]*user{}, userNames: map[string][]*user{},
		externalIDs: map[scoped]int{}, tombstones: map[scoped]bool{},
		groupsByID: map[string]*group{}, groupNames: map[string]*group{},
		networkID: uuid.NewString(), policyID: uuid.NewString(),
		roles: []object{
			{"id": uuid.NewString(), "displayName": "User"},
			{"id": uuid.NewString(), "displayName": "Administrator"},
		},
	}
}

func userNameKey(u *user) scoped {
	return scoped{u.workspace("domain"), fold(u.core("userName"))}
}

func externalIDKey(u *user) scoped {
	return scoped{u.workspace("domain"), u.core("externalId")}
}

// directoryOf returns the directory of a domain, compared exactly, or nil.
func (s *store) directoryOf(domain string) *directory {
	for _, d := range s.directories {
		if slices.Contains(d.domains, domain) {
			return d
		}
	}
	return nil
}

// state is the whole store as it is served.
func (s *store) state() State {
	out := State{Users: []object{}, Groups: []object{}, Directories: []object{}, Providers: []object{}}
	for _, u := range s.users {
		out.Users = append(out.Users, s.userView(u, projection{}))
	}
	for _, g := range s.groups {
		out.Groups = append(out.Groups, s.groupView(g, projection{}))
	}
	for _, d := range s.directories {
		view := d.view()
		view["domains"] = d.domains
		out.Directories = append(out.Directories, view)
	}
	for _, provider := range s.providers {
		out.Providers = append(out.Providers, maps.Clone(provider))
	}
	return out
}

const syncedGroup = "Synced Group"

// seed fills a new tenant. The administrator is the first user, the system directory the first
// directory.
func (s *store) seed(cfg Config) error {
	system := s.addDirectory("System Directory", directoryLocal, systemDomain)
	everyone, err := s.createGroupIn(system, systemDomain, groupAllUsers,
		&incoming{content: content{attrs: object{"displayName": "ALL USERS"}}})
	if err != nil {
		return err
	}
	s.everyone = everyone
	admin := person("admin", "admin@"+canonicalHost, "Local", "Admin")
	if _, err := s.createUserIn(system, systemDomain, typeLocal, admin); err != nil {
		return err
	}
	for i, domain := range cfg.Domains {
		name := "Okta"
		if i > 0 {
			name = "Okta " + domain
		}
		s.addDirectory(name, directoryOther, domain)
	}
	for i := range cfg.SeedUsers {
		name := fmt.Sprintf("user-%04d@%s", i+1, cfg.Domains[0])
		in := person(name, name, "User", fmt.Sprintf("Number %04d", i+1))
		in.attrs["externalId"] = fmt.Sprintf("seed-%04d", i+1)
		dir := s.directoryOf(cfg.Domains[0])
		if _, err := s.createUserIn(dir, cfg.Domains[0], typeProvisioned, in); err != nil {
			return err
		}
	}
	s.seedProviders()
	if cfg.Modes.SyncedDomain != "" {
		return s.seedSynced(cfg.Modes.SyncedDomain)
	}
	return nil
}

func person(userName, email, given, family string) *incoming {
	return &incoming{content: content{ext: map[string]object{}, attrs: object{
		"userName": userName, "displayName": given + " " + family,
		"name":   object{"givenName": given, "familyName": family},
		"emails": []any{object{"value": email}},
	}}}
}

// seedSynced adds a directory that is synchronized from Active Directory, with two users and an
// EXTERNAL group of both. Chosen: that its users are of type PROVISIONED too, so that a client must
// look at the domain to know its own.
func (s *store) seedSynced(domain string) error {
	taken := func(d *directory) bool {
		return slices.ContainsFunc(d.domains, func(have string) bool { return strings.EqualFold(have, domain) })
	}
	if slices.ContainsFunc(s.directories, taken) {
		return fmt.Errorf("synced domain %q is taken", domain)
	}
	if err := s.checkName(syncedGroup, nil); err != nil {
		return err
	}
	dir := s.addDirectory("Active Directory "+domain, directorySynced, domain)
	members := []any{}
	for _, name := range []string{"synced-0001", "synced-0002"} {
		in := person(name, name+"@"+domain, "Synced", strings.TrimPrefix(name, "synced-"))
		in.attrs["externalId"] = "ad-" + name
		in.ext[workspaceURN] = object{"distinguishedName": "CN=" + name + ",CN=Users," + domain}
		u, err := s.createUserIn(dir, domain, typeProvisioned, in)
		if err != nil {
			return err
		}
		members = append(members, object{"value": u.id})
	}
	_, err := s.createGroupIn(dir, domain, groupExternal,
		&incoming{content: content{attrs: object{"displayName": syncedGroup, "members": members}}})
	return err
}

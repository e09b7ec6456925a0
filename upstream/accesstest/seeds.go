package accesstest

import (
	"fmt"
	"slices"
	"strings"
)

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

package accesstest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
)

const (
	directoryLocal  = "LOCAL_DIRECTORY"
	directoryOther  = "OTHER_DIRECTORY"
	directorySynced = "ACTIVE_DIRECTORY_LDAP"
)

// directory holds users of its domains.
type directory struct {
	id, userStoreID string
	name, kind      string
	domains         []string
	// deletion is how many more times the directory is listed; 0: it stays.
	deletion int
}

func (d *directory) synced() bool { return d.kind == directorySynced }

// view has the fields that public clients copy from a list into an identity provider.
func (d *directory) view() object {
	return object{
		"type": d.kind, "name": d.name, "directoryId": d.id, "userstoreId": d.userStoreID,
		"countDomains": len(d.domains), "deleteInProgress": d.deletion > 0,
		"migratedToEnterpriseService": false, "syncConfigurationEnabled": d.synced(),
	}
}

func (s *store) addDirectory(name, kind string, domains ...string) *directory {
	d := &directory{id: uuid.NewString(), userStoreID: uuid.NewString(), name: name, kind: kind, domains: domains}
	s.directories = append(s.directories, d)
	return d
}

func (s *store) directory(id string) (*directory, error) {
	for _, d := range s.directories {
		if d.id == id {
			return d, nil
		}
	}
	return nil, refuse(http.StatusNotFound, "directory.not.found", "The directory does not exist")
}

func (s *store) listDirectories(r *http.Request) (answer, error) {
	contentType, err := s.modes.accept(r, typeDirectoryList)
	if err != nil {
		return answer{}, err
	}
	items := []object{}
	for _, d := range slices.Clone(s.directories) {
		items = append(items, d.view())
		s.ageDeletion(d)
	}
	return answer{status: http.StatusOK, contentType: contentType, body: object{"items": items, "_links": object{}}}, nil
}

// ageDeletion brings the deletion of a directory nearer to its end.
func (s *store) ageDeletion(d *directory) {
	if d.deletion == 0 {
		return
	}
	if d.deletion--; d.deletion == 0 {
		s.removeDirectory(d)
	}
}

func (s *store) getDirectory(d *directory, r *http.Request) (answer, error) {
	return s.modes.as(r, d.view(), typeDirectoryOther, typeDirectoryLocal)
}

// listDomains has items with id and name. Chosen: the fields are not documented.
func (s *store) listDomains(d *directory, r *http.Request) (answer, error) {
	items := []object{}
	for _, domain := range d.domains {
		id := uuid.NewSHA1(uuid.NameSpaceDNS, []byte(d.id+"/"+domain))
		items = append(items, object{"id": id.String(), "name": domain})
	}
	return s.modes.as(r, object{"items": items}, typeDomainList)
}

// postDirectory creates a directory as three independent public clients do. The type of the body
// picks the kind of directory; JSON leaves it to "type".
func (s *store) postDirectory(r *http.Request) (answer, error) {
	sent, err := s.modes.sent(r, typeDirectoryOther, typeDirectoryLocal)
	if err != nil {
		// JAX-RS finds no resource for the type: clients saw NOT_FOUND instead of 415.
		if s.modes.MediaTypes == "legacy" && sent == typeJSON {
			err = refuse(http.StatusNotFound, "NOT_FOUND", "The resource does not exist")
		}
		return answer{}, err
	}
	contentType, err := s.modes.accept(r, typeDirectoryOther, typeDirectoryLocal)
	if err != nil {
		return answer{}, err
	}
	body, err := readObject(r.Body)
	if err != nil {
		return answer{}, err
	}
	d, err := s.createDirectory(sent, body)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusCreated, contentType: contentType, body: d.view()}, nil
}

func (s *store) createDirectory(mediaType string, body object) (*directory, error) {
	kind, _ := body["type"].(string)
	name, _ := body["name"].(string)
	list, _ := body["domains"].([]any)
	bad := func(message string) error { return refuse(http.StatusBadRequest, "directory.invalid", "%s", message) }
	fits := map[string]string{typeDirectoryOther: directoryOther, typeDirectoryLocal: directoryLocal}[mediaType]
	switch {
	case kind != directoryOther && kind != directoryLocal, fits != "" && fits != kind:
		return nil, bad("The type does not fit the request")
	case strings.TrimSpace(name) == "":
		return nil, bad("The name is missing")
	case len(list) == 0:
		return nil, bad("The domains are missing")
	}
	var domains []string
	for _, item := range list {
		domain, _ := item.(string)
		if strings.TrimSpace(domain) == "" {
			return nil, bad("A domain is empty")
		}
		domains = append(domains, domain)
	}
	if err := s.checkDirectory(name, domains); err != nil {
		return nil, err
	}
	return s.addDirectory(name, kind, domains...), nil
}

// checkDirectory refuses a domain or a name that is taken: a domain belongs to one directory of a
// tenant (Access documentation). The name is chosen: not documented.
func (s *store) checkDirectory(name string, domains []string) error {
	for _, d := range s.directories {
		if strings.EqualFold(d.name, name) {
			return refuse(http.StatusConflict, "directory.already.exists", "A directory with the same name already exists")
		}
		for _, domain := range domains {
			if slices.ContainsFunc(d.domains, func(have string) bool { return strings.EqualFold(have, domain) }) {
				return refuse(http.StatusConflict, "domain.already.exists", "The domain '%s' belongs to another directory", domain)
			}
		}
	}
	return nil
}

// deleteDirectory removes a directory, its users and its groups. With asyncDelete it may be listed
// for a while, as being deleted; how long is chosen: not documented.
func (s *store) deleteDirectory(d *directory, r *http.Request) (answer, error) {
	if d == s.directories[0] {
		return answer{}, refuse(http.StatusForbidden, "directory.system", "The system directory can not be deleted")
	}
	if lists := s.modes.DeletionLists; lists > 0 && r.URL.Query().Get("asyncDelete") == "true" {
		d.deletion = lists
	} else {
		s.removeDirectory(d)
	}
	return answer{status: http.StatusOK}, nil
}

func (s *store) removeDirectory(d *directory) {
	for _, u := range slices.Clone(s.users) {
		if u.dir == d {
			s.removeUser(u)
		}
	}
	for _, g := range slices.Clone(s.groups) {
		if g.dir == d {
			s.dropGroup(g.id)
		}
	}
	s.directories = slices.DeleteFunc(s.directories, func(other *directory) bool { return other == d })
	s.dissociate(d.id)
}

package translate

import (
	"strings"

	"ws1bridge/scim/domains"
)

// managed are the domains whose directories take users, each spelled
// exactly as its directory does, by ASCII form.
type managed struct {
	names   []string
	byASCII map[string]string
}

func newManaged(names []string) managed {
	m := managed{names: names, byASCII: make(map[string]string, len(names))}
	for _, name := range names {
		m.byASCII[domains.Form(name)] = name
	}
	return m
}

// find returns the managed domain that a name means.
func (m managed) find(name string) (string, bool) {
	managed, ok := m.byASCII[domains.Form(name)]
	return managed, ok
}

func (m managed) String() string { return strings.Join(m.names, ", ") }

package upstream

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/upstream/jsonvalue"
)

// groupRecord is a group as Access writes it, before anybody judged whose it is.
type groupRecord struct {
	Group
	kind string
	// namesOnly has the members skipped, of which membersTold says that the answer had them:
	// lists may omit them.
	namesOnly, membersTold bool
	reported
}

// membersKnown reports whether the members are those of the group.
func (g groupRecord) membersKnown() bool { return g.membersTold && !g.namesOnly }

func (g groupRecord) recordID() string { return g.ID }

func (g groupRecord) recordName() string { return g.DisplayName }

// verify checks that the record is what all groups are.
func (g *groupRecord) verify(r call) error {
	if err := g.reported.verify(r, g.ID); err != nil {
		return err
	}
	if g.DisplayName == "" {
		return incomplete("displayName")
	}
	return nil
}

// UnmarshalJSONFrom reads a group resource leniently.
func (g *groupRecord) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*g = groupRecord{namesOnly: g.namesOnly} // an attempt before may have been cut off
	return readObject(d, func(name string) error {
		switch name {
		case "members":
			return g.readMembers(d)
		case WorkspaceSchema:
			return g.readWorkspace(d)
		}
		switch coreName(name) {
		case "id":
			return readText(d, &g.ID)
		case "displayName":
			return readLooseText(d, &g.DisplayName)
		case "externalId":
			return readLooseText(d, &g.ExternalID)
		case "members":
			return g.readMembers(d)
		case "meta":
			return g.Meta.UnmarshalJSONFrom(d)
		case "errors":
			return g.reported.read(d)
		}
		return d.SkipValue()
	})
}

func (g *groupRecord) readWorkspace(d *jsontext.Decoder) error {
	return readObject(d, func(name string) error {
		switch {
		case strings.EqualFold(name, "internalGroupType"):
			return readText(d, &g.kind)
		case strings.EqualFold(name, "domain"):
			return readText(d, &g.Domain)
		}
		return d.SkipValue()
	})
}

func (g *groupRecord) readMembers(d *jsontext.Decoder) error {
	g.Members, g.membersTold = nil, d.PeekKind() != 'n'
	if g.namesOnly {
		return d.SkipValue()
	}
	return jsonvalue.List(d, func() error {
		var m memberRecord
		err := m.read(d)
		if m.value != "" && !strings.EqualFold(m.kind, "Group") {
			g.Members = append(g.Members, Member{ID: m.value, Display: m.display})
		}
		return err
	})
}

// memberRecord is a value of members, or of a user's groups.
type memberRecord struct{ value, display, kind string }

func (m *memberRecord) read(d *jsontext.Decoder) error {
	return readObject(d, func(name string) error {
		switch {
		case strings.EqualFold(name, "value"):
			return readText(d, &m.value)
		case strings.EqualFold(name, "display"):
			return readText(d, &m.display)
		case strings.EqualFold(name, "type"):
			return readText(d, &m.kind)
		}
		return d.SkipValue()
	})
}

package upstream

import (
	"cmp"
	"fmt"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/upstream/jsonvalue"
)

// UserProvisioned is the internalUserType of users that come from outside
// (Access guide "SCIM APIs for Provisioned Users").
const UserProvisioned = "PROVISIONED"

// User is a user of the bridge's own.
type User struct {
	ID     string
	Domain string
	// Groups are the groups that Access says the user is in, without ALL USERS.
	Groups []Reference
	Meta   Meta
	// Attributes are all values that may be written.
	Attributes

	// shown is what Access showed where that may be older than what was written, so that
	// the client completed it; nil elsewhere. doubted is what may have been written since.
	shown   Attributes
	doubted map[any]any
}

// Reference points to another record.
type Reference struct {
	ID      string
	Display string
	Type    string // "direct" or "indirect" for a group of a user
}

// userRecord is a user as Access writes it, before anybody judged whose it is.
type userRecord struct {
	User
	kind   string // internalUserType
	status string // userStatus, "" where Access does not tell
	reported
}

func (u userRecord) recordID() string { return u.ID }

// recordName is that of a group where the record is one.
func (u userRecord) recordName() string {
	return cmp.Or(u.UserName(), u.Attributes.text(displayNamePath))
}

// verify checks that a record is what all of its kind are. A search that all
// records answer to may hold accounts that no document describes.
func (u *userRecord) verify(r call) error {
	name := userNamePath
	if r.path == groupsPath {
		name = displayNamePath
	}
	switch {
	case u.reported.verify(r, u.ID) != nil:
		return u.reported.verify(r, u.ID)
	case u.Attributes.text(name) == "":
		return incomplete(name.String())
	case r.path == usersPath && (r.id != "" || r.part.key != "") && u.kind == "":
		return incomplete("internalUserType")
	case r.path == usersPath && strings.EqualFold(u.kind, UserProvisioned) && u.Domain == "":
		return incomplete("domain")
	}
	return nil
}

// DecodeUser reads a user resource as Access serves it, ours or not.
func DecodeUser(b []byte) (User, error) {
	var u userRecord
	if err := jsonv2.Unmarshal(b, &u, leniently); err != nil {
		return User{}, fmt.Errorf("decode a user of Access: %w", err)
	}
	return u.User, nil
}

// UnmarshalJSONFrom reads a user resource leniently.
func (u *userRecord) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*u = userRecord{} // an attempt before may have been cut off
	err := u.decode(d)
	u.settleActive()
	return err
}

// decode reads what a user resource says, and nothing else.
func (u *userRecord) decode(d *jsontext.Decoder) error {
	u.Attributes = make(Attributes, usualAttributes)
	return readObject(d, func(name string) error { return u.read(d, name) })
}

// usualAttributes is how many attributes most users have at most.
const usualAttributes = 24

// read reads the value of a name.
func (u *userRecord) read(d *jsontext.Decoder, name string) error {
	if strings.HasPrefix(name, "urn:") {
		return u.readExtension(d, name)
	}
	f := coreFields.find("", name)
	switch f.path {
	case idPath:
		return readText(d, &u.ID)
	case metaPath:
		return u.Meta.UnmarshalJSONFrom(d)
	case userGroupsPath:
		return u.readGroups(d)
	case errorsPath:
		return u.reported.read(d)
	}
	if f.isReadOnly {
		return d.SkipValue()
	}
	return u.Attributes.read(d, f)
}

func (u *userRecord) readExtension(d *jsontext.Decoder, urn string) error {
	known := extensionFields[urn]
	return readObject(d, func(name string) error {
		f := known.find(urn, name)
		if f.isReadOnly {
			return u.readWorkspace(d, name)
		}
		return u.Attributes.read(d, f)
	})
}

func (u *userRecord) readWorkspace(d *jsontext.Decoder, name string) error {
	switch name {
	case "domain":
		return orUnknown(readLooseText(d, &u.Domain))
	case "internalUserType":
		return orUnknown(readLooseText(d, &u.kind))
	case "userStatus":
		// A string on the wire ("1" enabled, "2" disabled, "3" deleted), but a
		// number would mean the same.
		err := orUnknown(readLooseText(d, &u.status))
		if _, known := u.Attributes[activePath]; !known && u.status != "" {
			u.Attributes[activePath] = u.status
		}
		return err
	}
	return d.SkipValue()
}

// settleActive gives the user a truth about being active: the attribute itself,
// else its userStatus, else active, which is SCIM's default.
func (u *userRecord) settleActive() {
	switch v := u.Attributes[activePath].(type) {
	case bool:
	case string:
		u.Attributes[activePath] = v == "1" || strings.EqualFold(v, "true")
	default:
		u.Attributes[activePath] = true
	}
}

func (u *userRecord) readGroups(d *jsontext.Decoder) error {
	return jsonvalue.List(d, func() error {
		var g memberRecord
		err := g.read(d)
		if err == nil && !strings.EqualFold(g.display, allUsers) {
			u.Groups = append(u.Groups, Reference{ID: g.value, Display: g.display, Type: g.kind})
		}
		return err
	})
}

// read reads the value of an attribute into a.
func (a Attributes) read(d *jsontext.Decoder, f field) error {
	begins := d.InputOffset()
	switch d.PeekKind() {
	case '{':
		return readObject(d, func(sub string) error {
			if d.InputOffset()-begins > maxValue {
				return jsonvalue.ErrTooLong
			}
			v, err := anyValue.Read(d)
			a.put(f.sub(sub), v)
			return err
		})
	case '[':
		list, err := a.readList(d)
		if f.path == emailsPath {
			a.put(f.path, oneEmail(list))
		} else {
			a.put(f.path, list)
		}
		return err
	}
	v, err := anyValue.Read(d)
	a.put(f.path, v)
	return err
}

func (a Attributes) put(p Path, v any) {
	if !isEmpty(v) {
		a[p] = v
	}
}

// readList reads a multi-valued attribute. Bare strings become {"value": …}, as
// Access itself reads them.
func (Attributes) readList(d *jsontext.Decoder) (list []Element, _ error) {
	begins := d.InputOffset()
	err := jsonvalue.List(d, func() error {
		if d.InputOffset()-begins > maxValue {
			return jsonvalue.ErrTooLong
		}
		v, err := anyValue.Read(d)
		switch v := v.(type) {
		case map[string]any:
			list = append(list, v)
		case string:
			list = append(list, Element{"value": v})
		}
		return err
	})
	return list, err
}

// oneEmail is the one address of several that Access keeps.
func oneEmail(emails []Element) Value {
	best := ""
	for _, e := range emails {
		value, _ := e["value"].(string)
		if primary, _ := e["primary"].(bool); best == "" || primary && value != "" {
			best = value
		}
	}
	return best
}

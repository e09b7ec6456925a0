package upstream

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
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

// readOnly are the core attributes that are not among Attributes: they are
// read elsewhere or belong to Access. Keys are lower case.
var readOnly = []string{"schemas", "id", "meta", "groups", "roles", "password", "errors"}

// workspaceReadOnly are those of the workspace extension (Omnissa Access
// OpenAPI, WorkspaceSchemaUserAttributes).
var workspaceReadOnly = []string{
	"domain", "internalUserType", "userStatus", "userStoreUuid", "directoryUuid", "directoryName", "directoryType",
	"softDeleted", "isSoftDeleted", "firstLoginUrl", "otaLink", "userGroups",
	"isPasswordChangeFeatureEnabled", "isUserInPreHireGroup",
}

// coreNames restores the spelling of core attributes: Access reads names
// without regard to case, so nothing promises how it writes them.
var coreNames = func() map[string]string {
	names := map[string]string{"members": "members"}
	for _, n := range slices.AppendSeq(slices.Clone(readOnly), maps.Keys(writable[""])) {
		names[strings.ToLower(n)] = n
	}
	return names
}()

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
	if err := json.Unmarshal(b, &u); err != nil {
		return User{}, fmt.Errorf("decode a user of Access: %w", err)
	}
	return u.User, nil
}

// UnmarshalJSON reads a user resource leniently.
func (u *userRecord) UnmarshalJSON(b []byte) error {
	err := u.decode(b)
	u.settleActive()
	return err
}

// decode reads what a user resource says, and nothing else.
func (u *userRecord) decode(b []byte) error {
	u.Attributes = Attributes{}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	for name, value := range raw {
		if err := u.read(name, value); err != nil {
			return err
		}
	}
	return nil
}

func (u *userRecord) read(name string, raw json.RawMessage) error {
	if strings.HasPrefix(name, "urn:") {
		return u.readExtension(name, raw)
	}
	if known, ok := coreNames[strings.ToLower(name)]; ok {
		name = known
	}
	switch name {
	case "id":
		return json.Unmarshal(raw, &u.ID)
	case "meta":
		return json.Unmarshal(raw, &u.Meta)
	case "groups":
		return u.readGroups(raw)
	case "errors":
		u.reported = reportedIn(raw)
		return nil
	}
	if slices.Contains(readOnly, name) {
		return nil
	}
	return u.Attributes.read(Path{Name: name}, raw)
}

func (u *userRecord) readExtension(urn string, raw json.RawMessage) error {
	var block map[string]json.RawMessage
	if err := json.Unmarshal(raw, &block); err != nil {
		return err
	}
	for name, value := range block {
		if urn == WorkspaceSchema && slices.Contains(workspaceReadOnly, name) {
			u.readWorkspace(name, value)
			continue
		}
		if err := u.Attributes.read(Path{Schema: urn, Name: name}, value); err != nil {
			return err
		}
	}
	return nil
}

func (u *userRecord) readWorkspace(name string, raw json.RawMessage) {
	switch name {
	case "domain":
		_ = json.Unmarshal(raw, &u.Domain)
	case "internalUserType":
		_ = json.Unmarshal(raw, &u.kind)
	case "userStatus":
		// A string on the wire ("1" enabled, "2" disabled, "3" deleted), but a
		// number would mean the same.
		u.status = strings.Trim(string(raw), `"`)
		if _, known := u.Attributes[activePath]; !known {
			u.Attributes[activePath] = u.status
		}
	}
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

func (u *userRecord) readGroups(raw json.RawMessage) error {
	var groups []memberRecord
	if err := json.Unmarshal(raw, &groups); err != nil {
		return err
	}
	for _, g := range groups {
		if !strings.EqualFold(g.Display, allUsers) {
			u.Groups = append(u.Groups, Reference{ID: g.Value, Display: g.Display, Type: g.Type})
		}
	}
	return nil
}

// read puts the JSON value of the attribute p into a.
func (a Attributes) read(p Path, raw json.RawMessage) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // a float64 would lose digits of an id
	var v any
	if err := decoder.Decode(&v); err != nil {
		return err
	}
	switch v := withDigits(v).(type) {
	case nil:
	case map[string]any:
		for sub, value := range v {
			a.put(Path{Schema: p.Schema, Name: p.Name, Sub: sub}, value)
		}
	case []any:
		a.put(p, elements(p, v))
	default:
		a.put(p, v)
	}
	return nil
}

// withDigits makes text of every number: Access keeps text, and whoever compares
// or shows a value sees the digits that were sent.
func withDigits(v any) any {
	switch v := v.(type) {
	case json.Number:
		return v.String()
	case map[string]any:
		for name, inner := range v {
			v[name] = withDigits(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = withDigits(inner)
		}
	}
	return v
}

func (a Attributes) put(p Path, v any) {
	if !isEmpty(v) {
		a[p] = v
	}
}

// elements reads a multi-valued attribute. Bare strings become {"value": …},
// as Access itself reads them; of the e-mails there is just one to keep.
func elements(p Path, list []any) Value {
	var out []Element
	for _, item := range list {
		switch item := item.(type) {
		case map[string]any:
			out = append(out, item)
		case string:
			out = append(out, Element{"value": item})
		}
	}
	if p == emailsPath {
		return oneEmail(out)
	}
	return out
}

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

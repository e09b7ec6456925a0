package export

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream/names"
)

// maxRows bounds the people of a file.
const maxRows = 500_000

// reading is a file while it is read.
type reading struct {
	*File
	*columns

	rows *csv.Reader
	// lines are those of the people, by a name of each that nobody else may have.
	lines map[string]int
	// groupNames are the names of groups as they were first written.
	groupNames map[string]string
	// unknown is what the file does not tell of anybody.
	unknown drift.AppUser
}

// Read reads an export: a table (RFC 4180) whose first line names columns. attributes are those that
// the bridge keeps (translate.Translator.SchemaAttributes).
func Read(in io.Reader, attributes []schema.Mapped) (*File, error) {
	text, err := readText(in)
	if err != nil {
		return nil, err
	}
	rows := csv.NewReader(bytes.NewReader(text))
	rows.Comma = separator(text)
	head, err := rows.Read()
	if err != nil {
		return nil, explained(err)
	}
	known, err := readColumns(head, attributes)
	if err != nil {
		return nil, err
	}
	r := &reading{
		columns: known, rows: rows, lines: map[string]int{}, groupNames: map[string]string{},
		unknown: drift.AppUser{LinkUnknown: !known.has(isLink), IsPartial: !known.suffice(attributes)},
		File: &File{byKey: map[string]int{}, members: map[string][]string{}, properties: known.properties,
			ignored: known.ignored()},
	}
	if err := r.readRows(); err != nil {
		return nil, err
	}
	return r.File, nil
}

func (r *reading) readRows() error {
	for {
		row, err := r.rows.Read()
		switch {
		case errors.Is(err, io.EOF) && len(r.people) == 0:
			return errors.New("no line is below the first, which would leave nobody assigned: export the app's users again")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return explained(err)
		case len(r.people) == maxRows:
			return fmt.Errorf("the file has more than %d people: compare by Okta's management API (okta.org_url)", maxRows)
		}
		if !slices.ContainsFunc(row, func(cell string) bool { return cell != "" }) {
			continue // spreadsheets leave such rows at the end
		}
		if err := r.readRow(row); err != nil {
			return err
		}
	}
}

// explained is why the file is no table, without its content.
func explained(err error) error {
	var parse *csv.ParseError
	switch {
	case !errors.As(err, &parse):
		return err
	case errors.Is(parse.Err, csv.ErrFieldCount):
		return fmt.Errorf("line %d has another number of cells than the first line: quote cells that have the separator "+
			"in them", parse.Line)
	}
	return fmt.Errorf("line %d is no CSV: quote cells that have quotes in them, and double these", parse.StartLine)
}

// wrong is what is wrong with a cell.
func (r *reading) wrong(i int, format string, args ...any) error {
	line, _ := r.rows.FieldPos(i)
	return fmt.Errorf("line %d, column %s: %s", line, r.all[i].name, fmt.Sprintf(format, args...))
}

// readRow reads a person.
func (r *reading) readRow(row []string) error {
	u := r.unknown
	u.Status, u.Profile = "ACTIVE", map[string]any{}
	for i, cell := range row {
		if err := r.readCell(&u, i, cell); err != nil {
			return err
		}
	}
	for i, one := range r.all {
		if one.role == isUserName || one.role == isID {
			if err := r.once(one.role, i, u); err != nil {
				return err
			}
		}
	}
	for i, one := range r.all {
		if one.role == isGroups {
			r.join(u.Key(), row[i])
		}
	}
	r.byKey[u.Key()] = len(r.people)
	r.people = append(r.people, u)
	return nil
}

// once refuses a person whom a line before has.
func (r *reading) once(by role, i int, u drift.AppUser) error {
	key := u.Key() // by the id, or by the userName
	if by == isUserName {
		key = drift.AppUser{Credentials: u.Credentials}.Key()
	}
	line, _ := r.rows.FieldPos(0)
	if first, ok := r.lines[key]; ok && first != line { // without an id, both are of the userName
		return r.wrong(i, "the %s of line %d again: leave one line for each person", by, first)
	}
	r.lines[key] = line
	return nil
}

func (r *reading) readCell(u *drift.AppUser, i int, cell string) error {
	one, trimmed := r.all[i], strings.TrimSpace(cell)
	switch one.role {
	case isUserName:
		if trimmed == "" {
			return r.wrong(i, "it is empty: every person has a userName")
		}
		u.Credentials.UserName = trimmed
	case isID:
		u.ID = trimmed
	case isLink:
		u.ExternalID = trimmed
	case isStatus:
		status, ok := statuses[squeezed(cell)]
		if !ok {
			return r.wrong(i, "the status is not known: want %s, or what Okta's console calls it", knownStatuses)
		}
		u.Status = status
	case isAttribute:
		if cell == "" {
			return nil
		}
		u.Profile[one.property] = cell
		if one.isFlag {
			flag := strings.ToLower(trimmed)
			if flag != "true" && flag != "false" {
				return r.wrong(i, "want true or false")
			}
			u.Profile[one.property] = flag == "true"
		}
	}
	return nil
}

// join puts a person into the groups of a cell.
func (r *reading) join(key, cell string) {
	for name := range strings.FieldsFuncSeq(cell, func(c rune) bool { return strings.ContainsRune(";|\r\n", c) }) {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		folded := names.Fold(name)
		first, ok := r.groupNames[folded]
		if !ok {
			first, r.groupNames[folded] = name, name
			r.groups = append(r.groups, drift.Mapping{SourceGroupID: name, Status: "ACTIVE", NameOnly: true})
		}
		if in := r.members[first]; len(in) == 0 || in[len(in)-1] != key {
			r.members[first] = append(in, key)
		}
	}
}

// knownStatuses are those of Okta's API that statuses has.
const knownStatuses = "ACTIVE, PROVISIONED, STAGED, PENDING, SUSPENDED, DEPROVISIONED, INACTIVE, REVOKED, " +
	"UNASSIGNED, PASSWORD_EXPIRED, LOCKED_OUT or RECOVERY"

// statuses are those of people and of their assignments in Okta's API, and what Okta's console
// calls them. An empty cell is somebody who is assigned.
var statuses = map[string]string{
	"":       "ACTIVE",
	"active": "ACTIVE", "provisioned": "PROVISIONED", "pendinguseraction": "PROVISIONED",
	"staged": "STAGED", "pending": "PENDING", "suspended": "SUSPENDED",
	"deprovisioned": "DEPROVISIONED", "deactivated": "DEPROVISIONED", "inactive": "INACTIVE",
	"revoked": "REVOKED", "unassigned": "UNASSIGNED",
	"passwordexpired": "PASSWORD_EXPIRED", "lockedout": "LOCKED_OUT", "recovery": "RECOVERY", "passwordreset": "RECOVERY",
}

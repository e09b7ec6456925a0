package trace

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/schema"
)

// Table is what CSV is read into: which attributes there are, and what else they are called.
type Table struct {
	Users schema.ResourceType
	// Names are other names of attributes in lower case, with the paths that they stand for.
	Names map[string]string
}

// place is where the values of a column go.
type place struct {
	name      string
	urn       string // of the extension, "" for the core schema
	attribute schema.Attribute
	sub       string // "" for a simple attribute
	kind      string // the type of a value of a list
}

// ReadCSV reads users as a table (RFC 4180) whose first line names attributes, such as an
// export of Okta: each row is a user as Okta would push one. It takes commas, semicolons
// and tabs. unknown are the columns that name no attribute; they are left out.
func ReadCSV(in io.Reader, t Table) (users []User, unknown []string, err error) {
	text, err := io.ReadAll(io.LimitReader(in, maxInput))
	if err != nil {
		return nil, nil, err
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	reader := csv.NewReader(bytes.NewReader(text))
	reader.Comma = separator(text)
	reader.ReuseRecord = true
	head, err := reader.Read()
	if err != nil {
		return nil, nil, csvError(err)
	}
	places, unknown, err := t.places(head)
	if err != nil {
		return nil, nil, err
	}
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, csvError(err)
		}
		line, _ := reader.FieldPos(0)
		r := resourceOf(places, row, line)
		users = append(users, User{side: Okta, okta: r, name: nameOf(r, line)})
	}
	if len(users) == 0 {
		return nil, nil, errors.New("the table has a first line, and no users below it")
	}
	return users, unknown, nil
}

// separator is what stands between the names of the first line.
func separator(text []byte) rune {
	line, _, _ := bufio.ScanLines(text, true)
	first := string(text[:min(len(text), line)])
	best, most := ',', 0
	for _, r := range ",;\t" {
		if n := strings.Count(first, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}

// csvError says where a table is not one.
func csvError(err error) error {
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("the table is empty: its first line must name attributes, such as userName,givenName")
	case !errors.As(err, &parse):
		return err
	case errors.Is(parse.Err, csv.ErrFieldCount):
		return fmt.Errorf("line %d has another number of fields than the first line", parse.Line)
	}
	return fmt.Errorf("line %d, column %d: %w", parse.Line, parse.Column, parse.Err)
}

// places finds out where the columns go.
func (t Table) places(head []string) (places []*place, unknown []string, err error) {
	seen := map[string]string{}
	known := 0
	for _, column := range head {
		column = strings.TrimSpace(column)
		p, ok := t.place(column)
		if !ok {
			places, unknown = append(places, nil), append(unknown, visible(column))
			continue
		}
		key := p.urn + ":" + p.attribute.Name + "." + p.sub + "." + p.kind
		if other, twice := seen[key]; twice {
			return nil, nil, fmt.Errorf("the columns %s and %s are the same attribute", other, column)
		}
		seen[key] = column
		places = append(places, &p)
		known++
	}
	if known == 0 {
		return nil, nil, fmt.Errorf("no column names an attribute: there are %s (ws1bridge map --table lists attributes)",
			strings.Join(unknown, ", "))
	}
	return places, unknown, nil
}

// place finds the attribute of a column: by a path, with or without the URN of an
// extension, or by another name.
func (t Table) place(column string) (place, bool) {
	name, kind := column, "work"
	if other, ok := t.Names[strings.ToLower(column)]; ok {
		name = other
		if list, of, typed := strings.Cut(other, "#"); typed {
			name, kind = list, of
		}
	}
	candidates := []string{name}
	for _, e := range t.Users.SchemaExtensions {
		candidates = append(candidates, e.Schema.ID+":"+name)
	}
	for _, candidate := range candidates {
		path, err := filter.ParsePath(candidate)
		if err != nil || path.Filter != nil || schema.Ignored(path.Attribute.Name) {
			continue
		}
		a, urn, ok := t.Users.Index.Find(path.Attribute)
		if !ok {
			continue
		}
		p := place{name: column, urn: urn, attribute: a, sub: path.Attribute.Sub, kind: kind}
		if p.complete() {
			return p, true
		}
	}
	return place{}, false
}

// complete finds the part of an attribute that is meant. Without one, it is the value.
func (p *place) complete() bool {
	if p.attribute.Type != schema.Complex {
		return p.sub == ""
	}
	if p.sub == "" {
		p.sub = "value"
	}
	sub, ok := p.attribute.Sub.Find(p.sub)
	p.sub = sub.Name
	return ok && sub.Type != schema.Complex
}

// resourceOf is a row as Okta pushes it: what is empty is not there. Okta sends its id of the
// person and whether the person is active with each user; where the table has neither,
// the line stands for the first.
func resourceOf(places []*place, row []string, line int) schema.Resource {
	r := schema.Resource{"schemas": []any{schema.User}, "active": true}
	for i, p := range places {
		if p != nil && row[i] != "" {
			p.put(r, row[i])
		}
	}
	if r["externalId"] == nil {
		r["externalId"] = fmt.Sprintf("line-%d", line)
	}
	return r
}

// put puts a value where it belongs.
func (p *place) put(r schema.Resource, text string) {
	if p.urn != "" {
		extension, ok := r[p.urn].(map[string]any)
		if !ok {
			extension = map[string]any{}
			r[p.urn] = extension
			r["schemas"] = append(r["schemas"].([]any), p.urn)
		}
		r = extension
	}
	leaf := p.attribute
	if p.sub != "" {
		leaf, _ = p.attribute.Sub.Find(p.sub)
	}
	value := valueOf(leaf.Type, text)
	switch {
	case p.sub == "" && p.attribute.Multi:
		r[p.attribute.Name] = []any{value}
	case p.sub == "":
		r[p.attribute.Name] = value
	case p.attribute.Multi:
		p.element(r)[p.sub] = value
	default:
		object, ok := r[p.attribute.Name].(map[string]any)
		if !ok {
			object = map[string]any{}
			r[p.attribute.Name] = object
		}
		object[p.sub] = value
	}
}

// element is the value of a list that the columns of its kind share. The first is primary.
func (p *place) element(r schema.Resource) map[string]any {
	list, _ := r[p.attribute.Name].([]any)
	for _, item := range list {
		if element := item.(map[string]any); element["type"] == p.kind {
			return element
		}
	}
	element := map[string]any{"type": p.kind, "primary": len(list) == 0}
	r[p.attribute.Name] = append(list, element)
	return element
}

// valueOf reads a boolean; Okta sends everything else as a text.
func valueOf(t schema.Type, text string) any {
	if t == schema.Boolean {
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "true", "1", "yes":
			return true
		case "false", "0", "no":
			return false
		}
	}
	return text
}

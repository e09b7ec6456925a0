package export

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/scim/schema"
)

// role is what a column is.
type role string

// The roles.
const (
	isIgnored   role = ""
	isUserName  role = "userName"
	isID        role = "id"
	isLink      role = "link"
	isStatus    role = "status"
	isGroups    role = "groups"
	isAttribute role = "an attribute"
)

// roles are what columns are called that are no attributes: by the files of Okta's reports, by its
// API, and by its expressions.
var roles = map[string]role{
	"username": isUserName, "login": isUserName, "appusername": isUserName, "oktausername": isUserName,
	"id": isID, "userid": isID, "oktaid": isID,
	"link": isLink, "externalid": isLink,
	"status": isStatus, "userstatus": isStatus, "appstatus": isStatus,
	"groups": isGroups,
}

// column is a column of the file.
type column struct {
	name string // as it may be shown
	role role
	// property is the variable that the values are of, and isFlag says that they are true or false.
	property string
	isFlag   bool
}

// columns are those of the file, in its order.
type columns struct {
	all        []column
	properties map[string]drift.Property
}

// squeezed is a name without what people write in different ways.
func squeezed(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '_' || r == '-' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
	return strings.TrimPrefix(name, "user.") // as Okta's expressions have it
}

// readColumns finds out what the columns are.
func readColumns(head []string, attributes []schema.Mapped) (*columns, error) {
	c := &columns{properties: map[string]drift.Property{}}
	seen := map[string]int{} // by meaning
	for i, name := range head {
		one := column{name: shown(name, i), role: roles[squeezed(name)]}
		meaning := string(one.role)
		if one.role == isIgnored {
			if p, isFlag, ok := propertyOf(name, attributes); ok {
				one.role, one.isFlag = isAttribute, isFlag
				one.property = variable(p)
				c.properties[one.property] = p
				meaning = one.property
			}
		}
		if first, ok := seen[meaning]; ok && one.role != isIgnored {
			return nil, fmt.Errorf("line 1: the columns %s and %s are both %s: remove one of them", c.all[first].name,
				one.name, meaning)
		}
		seen[meaning] = i
		c.all = append(c.all, one)
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return c, nil
}

// check refuses a file without a userName. Where no column is known, the first line may be that
// of a person, and is not shown.
func (c *columns) check() error {
	switch {
	case c.has(isUserName):
		return nil
	case !slices.ContainsFunc(c.all, func(one column) bool { return one.role != isIgnored }):
		return errors.New("line 1 names no column that is known: it must name columns, userName at least, " +
			"such as userName,status,department")
	}
	var names []string
	for _, one := range c.all {
		names = append(names, one.name)
	}
	return fmt.Errorf("line 1 names no column userName: there are %s; call the column userName that has "+
		"what the app's users are called", strings.Join(names, ", "))
}

func (c *columns) has(r role) bool {
	return slices.ContainsFunc(c.all, func(one column) bool { return one.role == r })
}

// suffice reports whether there are columns of all attributes that nobody is created without.
func (c *columns) suffice(attributes []schema.Mapped) bool {
	for _, a := range attributes {
		for _, sub := range a.Required {
			path := strings.Trim(a.Schema+":"+a.Name+"."+sub, ":.")
			p, _, ok := propertyOf(path, attributes)
			if _, has := c.properties[variable(p)]; ok && !has {
				return false
			}
		}
	}
	return true
}

// variable is what the variable of an attribute is called.
func variable(p drift.Property) string {
	return strings.TrimPrefix(p.ExternalNamespace+":"+p.ExternalName, ":")
}

// ignored are the names of those that are not compared.
func (c *columns) ignored() (names []string) {
	for _, one := range c.all {
		if one.role == isIgnored {
			names = append(names, one.name)
		}
	}
	return names
}

// mostShown is how much of a name is shown.
const mostShown = 60

// shown is the name of a column for messages.
func shown(name string, i int) string {
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, strings.TrimSpace(name))
	if name == "" {
		return fmt.Sprintf("%d (without a name)", i+1)
	}
	if r := []rune(name); len(r) > mostShown {
		name = string(r[:mostShown]) + "…"
	}
	return name
}

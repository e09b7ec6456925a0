package export

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/scim/filter"
	"ws1bridge/scim/schema"
)

// profileNames are what Okta calls attributes in its profile of a person and in that of an app, with
// the attributes that its template of a SCIM app sends them as. What it calls as SCIM does needs
// no line.
var profileNames = map[string]string{
	"firstname": "name.givenName", "givenname": "name.givenName",
	"lastname": "name.familyName", "familyname": "name.familyName",
	"middlename":      "name.middleName",
	"honorificprefix": "name.honorificPrefix", "honorificsuffix": "name.honorificSuffix",
	"primaryemail": "emails.value", "email": "emails.value",
	"primaryphone":  "phoneNumbers.value",
	"mobilephone":   `phoneNumbers[type eq "mobile"].value`,
	"streetaddress": "addresses.streetAddress",
	"city":          "addresses.locality", "locality": "addresses.locality",
	"state": "addresses.region", "region": "addresses.region",
	"zipcode": "addresses.postalCode", "postalcode": "addresses.postalCode",
	"countrycode": "addresses.country", "country": "addresses.country",
	"manager": "manager.displayName", "managerdisplayname": "manager.displayName",
	"managerid": "manager.value", "managervalue": "manager.value",
}

// notCompared are attributes of the core schema and of Access's own that no column sets: what has
// a column of another name, and the domain, which a user keeps.
var notCompared = []string{"userName", "externalId", "active", "domain"}

// propertyOf is the variable of a column: by what Okta calls it, or by a path of SCIM, with or
// without the URN of an extension. isFlag says that its values are true or false.
func propertyOf(column string, attributes []schema.Mapped) (p drift.Property, isFlag, ok bool) {
	spellings := []string{asPath(strings.TrimSpace(column)), squeezed(column)}
	if known, ok := profileNames[squeezed(column)]; ok {
		spellings = []string{known}
	}
	for _, name := range spellings {
		path, err := filter.ParsePath(name)
		if err != nil {
			continue
		}
		for _, a := range attributes {
			if external, ok := externalName(path, a); ok && isNamed(path.Attribute, a) {
				return drift.Property{ExternalName: external, ExternalNamespace: a.Schema}, a.Boolean, true
			}
		}
		if p, ok := tenantProperty(path); ok {
			return p, false, true
		}
	}
	return drift.Property{}, false, false
}

// isNamed reports whether a path is of an attribute, with the URN of its schema or without any.
func isNamed(path filter.Attribute, a schema.Mapped) bool {
	return strings.EqualFold(path.Name, a.Name) &&
		(path.URN == "" || strings.EqualFold(path.URN, cmp.Or(a.Schema, schema.User)))
}

// tenantProperty is a variable of the tenant's own schema, whose attributes pass by name.
func tenantProperty(path filter.Path) (drift.Property, bool) {
	a := path.Attribute
	return drift.Property{ExternalName: a.Name, ExternalNamespace: strings.ToLower(a.URN)},
		schema.IsTenant(a.URN) && a.Name != "" && a.Sub == "" && path.Filter == nil
}

// externalName is a path in Okta's own notation. It is not ok where the bridge maps nothing there,
// or where the notation has no words for it.
func externalName(path filter.Path, a schema.Mapped) (_ string, ok bool) {
	isOwn := a.Schema == "" || a.Schema == schema.Workspace
	switch {
	case isOwn && slices.Contains(notCompared, a.Name):
		return "", false
	case len(a.Sub) == 0:
		return a.Name, !a.Multi && path.Attribute.Sub == "" && path.Filter == nil
	}
	sub, ok := spelled(a.Sub, cmp.Or(path.Attribute.Sub, "value"))
	if !ok || !a.Multi {
		return a.Name + "." + sub, ok && path.Filter == nil
	}
	condition, ok := conditionOf(path.Filter, a)
	return a.Name + ".^[" + condition + "]." + sub, ok
}

// conditionOf says which value of a list is meant, in Okta's notation: the primary one where the
// column does not say it.
func conditionOf(f filter.Expression, a schema.Mapped) (_ string, ok bool) {
	if f == nil {
		_, ok := spelled(a.Sub, "primary")
		return "primary==true", ok
	}
	c, isOne := f.(filter.Comparison)
	if !isOne || c.Operator != filter.Equal || c.Attribute.URN != "" || c.Attribute.Sub != "" {
		return "", false
	}
	key, ok := spelled(a.Sub, c.Attribute.Name)
	switch value := c.Value.(type) {
	case bool:
		return fmt.Sprintf("%s==%t", key, value), ok
	case string:
		return fmt.Sprintf("%s=='%s'", key, value), ok && !strings.ContainsAny(value, `'"]`)
	}
	return "", false
}

// spelled finds a name in any case.
func spelled(names []string, name string) (string, bool) {
	i := slices.IndexFunc(names, func(other string) bool { return strings.EqualFold(other, name) })
	if i < 0 {
		return "", false
	}
	return names[i], true
}

// asPath makes a path of Okta's own notation, such as emails.^[primary==true].value.
func asPath(name string) string {
	list, rest, ok := strings.Cut(name, ".^[")
	condition, sub, closed := strings.Cut(rest, "]")
	key, value, compares := strings.Cut(condition, "==")
	if !ok || !closed || !compares {
		return name
	}
	if value != "true" && value != "false" {
		value = `"` + strings.Trim(value, `'"`) + `"`
	}
	return list + "[" + key + " eq " + value + "]" + sub
}

package translate

import (
	"fmt"
	"slices"
	"strings"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// Where the domain of a user can come from.
const (
	SourceAttribute = "attribute" // an attribute that names the domain, see Config.DomainAttributes
	SourceUserName  = "userName"  // what follows the @ of userName
	SourceEmail     = "email"     // what follows the @ of the primary e-mail
	SourceDefault   = "default"   // Config.DefaultDomain
)

var allSources = []string{SourceAttribute, SourceUserName, SourceEmail, SourceDefault}

// domainName is what an attribute that names the domain is called.
const domainName = "domain"

// defaultDomainAttributes are where Okta's administrators put the domain: the
// profile attribute of Okta's own app stands at the top, VMware's guide has it
// in the extension of Access.
var defaultDomainAttributes = []string{domainName, schema.Workspace + ":" + domainName}

// choice is a domain of Access's and what chose it.
type choice struct {
	domain string
	source string // "attribute", "userName", "email" or "default"
	rule   *compiled
}

// chooseDomain says which domain a new user goes to: the first source that
// names a domain with a directory decides. A domain that an attribute names
// counts in any case, so that a mistake in it shows.
func (t *Translator) chooseDomain(r schema.Resource) (choice, error) {
	for _, source := range t.sources {
		switch source {
		case SourceAttribute:
			if c, err := t.namedDomain(r); err != nil || c.domain != "" {
				return c, err
			}
		case SourceUserName:
			if c, err := t.domainOf(r["userName"], source); err != nil || c.domain != "" {
				return c, err
			}
		case SourceEmail:
			address, err := email{}.toAccess(r["emails"])
			if err != nil {
				return choice{}, &Error{Attribute: "emails", Reason: err.Error()}
			}
			if c, err := t.domainOf(address, source); err != nil || c.domain != "" {
				return c, err
			}
		case SourceDefault:
			return choice{domain: t.defaultDomain, source: source}, nil
		}
	}
	return choice{}, &Error{Attribute: t.namingAttributes(), Reason: t.noDirectory()}
}

// domainOf is the managed domain that a value such as jane@example.com ends in,
// "" where it ends in none. A domain that a rule leads to must be managed: the
// rule says that its people have a directory.
func (t *Translator) domainOf(v any, source string) (choice, error) {
	value, _ := v.(string)
	at := domains.Start(value)
	if at < 0 {
		return choice{}, nil
	}
	domain, rule := t.rules.directory.apply(value[at:])
	name, ok := t.managed.find(domain)
	if !ok && rule.choosesDirectory() {
		return choice{}, &Error{Attribute: map[string]string{SourceUserName: "userName", SourceEmail: "emails"}[source], Reason: t.noDirectory()}
	}
	return choice{domain: name, source: source, rule: rule}, nil
}

// namedDomain is the domain that the attributes for it name, "" where they name
// none. What they name must have a directory, and all must agree.
func (t *Translator) namedDomain(r schema.Resource) (choice, error) {
	var found choice
	for _, p := range t.domainPaths {
		v, err := get(r, p)
		if err == nil {
			v, err = text{}.toAccess(v)
		}
		if err != nil {
			return choice{}, &Error{Attribute: p.String(), Reason: err.Error()}
		}
		value, _ := v.(string)
		if value == "" {
			continue
		}
		domain, rule := rewrite(t.rules.byKind[kindDomain].there.apply, kindDomain, value)
		name, ok := t.managed.find(domain)
		if !ok {
			return choice{}, &Error{Attribute: p.String(), Reason: t.noDirectory()}
		}
		if found.domain != "" && found.domain != name {
			return choice{}, &Error{Attribute: p.String(), Reason: "names another domain than " + t.domainPaths[0].String() + " does"}
		}
		found = choice{domain: name, source: SourceAttribute, rule: rule}
	}
	return found, nil
}

// checkStays refuses to move a user to another domain: Access takes the
// directory from the domain when it creates a user, and documents no way to
// change it.
func (t *Translator) checkStays(current upstream.User, r schema.Resource) error {
	named, err := t.namedDomain(r)
	if err != nil || named.domain == "" || current.Domain == "" || named.domain == current.Domain {
		return err
	}
	return &Error{Attribute: strings.Join(namesOf(t.domainPaths), ", "), Reason: fmt.Sprintf(
		"names the domain %s, but the user is in %s: Workspace ONE Access does not move users. Delete the user there and push again, or correct the mapping",
		named.domain, current.Domain)}
}

// showDomain puts the user's domain where Okta may name it.
func (t *Translator) showDomain(r schema.Resource, domain string) {
	if domain == "" || !t.showsDomain {
		return
	}
	shown, _ := rewrite(t.rules.byKind[kindDomain].undo, kindDomain, domain)
	for _, p := range t.domainPaths {
		put(r, p, shown)
	}
}

// noDirectory says which domains there are.
func (t *Translator) noDirectory() string {
	return "has no domain whose directory the bridge manages: there are " + t.managed.String()
}

// namingAttributes are the attributes that the domain comes from.
func (t *Translator) namingAttributes() string {
	var names []string
	for _, source := range t.sources {
		switch source {
		case SourceAttribute:
			names = append(names, namesOf(t.domainPaths)...)
		case SourceUserName:
			names = append(names, "userName")
		case SourceEmail:
			names = append(names, "emails")
		}
	}
	return strings.Join(names, ", ")
}

func namesOf(paths []scimPath) (names []string) {
	for _, p := range paths {
		names = append(names, p.String())
	}
	return names
}

// compileSources reads where the domain comes from.
func (t *Translator) compileSources(cfg Config, report *problems) {
	t.sources = cfg.Sources
	if t.sources == nil {
		t.sources = allSources
	}
	if len(t.sources) == 0 {
		report.report("domains.source", "must name at least one of %s", strings.Join(allSources, ", "))
	}
	for i, s := range t.sources {
		setting := indexed("domains.source", i)
		switch {
		case !slices.Contains(allSources, s):
			report.report(setting, "must be one of %s", strings.Join(allSources, ", "))
		case slices.Contains(t.sources[:i], s):
			report.report(setting, "%s is there already", s)
		case s == SourceDefault && i < len(t.sources)-1:
			report.report(setting, "default always decides: what follows it never would")
		}
	}
	if !slices.Contains(t.sources, SourceAttribute) {
		if cfg.DomainAttributes != nil {
			report.report("domains.attributes", "is of no use while attribute is not in domains.source")
		}
		return
	}
	names := cfg.DomainAttributes
	if t.showsDomain = names != nil; !t.showsDomain {
		names = defaultDomainAttributes
	}
	for i, name := range names {
		setting := indexed("domains.attributes", i)
		p, err := parsePath(name)
		switch {
		case err != nil:
			report.report(setting, "%v", err)
		case p.values.some() || p.Sub != "":
			report.report(setting, "must be an attribute alone, such as %s", defaultDomainAttributes[1])
		case slices.Contains(t.domainPaths, p):
			report.report(setting, "is there already")
		default:
			t.domainPaths = append(t.domainPaths, p)
		}
	}
}

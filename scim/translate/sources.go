package translate

import (
	"slices"
	"strings"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/problem"
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
// profile attribute of Okta's own app is at the top, VMware's guide has it
// in the extension of Access.
var defaultDomainAttributes = []string{domainName, schema.Workspace + ":" + domainName}

// choice is a domain of Access's and what chose it.
type choice struct {
	domain string // "" for none
	source string
	rule   *compiledRule
}

// chooseDomain says which domain a new user goes to: the first source that
// names a domain with a directory decides. A domain that an attribute names
// counts in any case, so that a mistake in it shows.
func (t *Translator) chooseDomain(r schema.Resource) (choice, error) {
	for _, source := range t.sources {
		if c, err := t.chooseBy(source, r); err != nil || c.domain != "" {
			return c, err
		}
	}
	return choice{}, t.noDirectory(strings.Join(t.namingAttributes(), ", "))
}

// chooseBy is the choice of one source.
func (t *Translator) chooseBy(source string, r schema.Resource) (choice, error) {
	switch source {
	case SourceAttribute:
		return t.namedDomain(r)
	case SourceUserName:
		name, _ := schema.Text(r["userName"])
		return t.domainOf(name, "userName", source)
	case SourceEmail:
		v, wrong := email{}.toAccess(r["emails"])
		if wrong != nil {
			return choice{}, wrong.of("emails")
		}
		address, _ := v.(string)
		return t.domainOf(address, "emails", source)
	}
	return choice{domain: t.defaultDomain, source: SourceDefault}, nil
}

// domainOf is the managed domain that the value of an attribute ends in, such as
// jane@example.com. A domain that a rule leads to must be managed: the rule says
// that its people have a directory.
func (t *Translator) domainOf(value, attribute, source string) (choice, error) {
	value = domains.CleanAddress(value)
	at := domains.Start(value)
	if at < 0 {
		return choice{}, nil
	}
	if domains.Hides(value) {
		return choice{}, problem.HiddenInDomain(attribute)
	}
	domain, rule := t.rules.directory.apply(value[at:])
	name, ok := t.managed.find(domain)
	if !ok && rule.choosesDirectory() {
		return choice{}, t.noDirectory(attribute)
	}
	return choice{domain: name, source: source, rule: rule}, nil
}

// namedDomain is the domain that the attributes for it name. What they name must
// have a directory, and all must agree.
func (t *Translator) namedDomain(r schema.Resource) (choice, error) {
	var found choice
	for _, p := range t.domainPaths {
		value, wrong := textAt(r, p)
		if wrong != nil {
			return choice{}, wrong.of(p.String())
		}
		if value == "" {
			continue
		}
		if domains.Hides("@" + domains.Clean(value)) {
			return choice{}, problem.HiddenInDomain(p.String())
		}
		domain, rule := t.rules.toAccess(kindDomain, value)
		name, ok := t.managed.find(domain)
		if !ok {
			return choice{}, t.noDirectory(p.String())
		}
		if found.domain != "" && found.domain != name {
			return choice{}, problem.DomainsDiffer(p.String(), t.domainPaths[0].String())
		}
		found = choice{domain: name, source: SourceAttribute, rule: rule}
	}
	return found, nil
}

// textAt is the text at a path, "" where there is none.
func textAt(r schema.Resource, p scimPath) (string, *fault) {
	given, wrong := get(r, p)
	if wrong != nil {
		return "", wrong
	}
	v, wrong := text{}.toAccess(given)
	s, _ := v.(string)
	return s, wrong
}

// checkStays refuses to move a user to another domain: Access takes the
// directory from the domain when it creates a user, and documents no way to
// change it.
func (t *Translator) checkStays(current upstream.User, r schema.Resource) error {
	named, err := t.namedDomain(r)
	if err != nil || named.domain == "" || current.Domain == "" || named.domain == current.Domain {
		return err
	}
	return problem.DomainFixed(strings.Join(namesOf(t.domainPaths), ", "), named.domain, current.Domain)
}

// showDomain puts the user's domain where Okta may name it.
func (t *Translator) showDomain(r schema.Resource, domain string, trace *recorder) {
	if domain == "" || !t.showsDomain {
		return
	}
	shown, rule := t.rules.toOkta(kindDomain, domain)
	trace.choose(choice{domain: domain, rule: rule})
	for _, p := range t.domainPaths {
		put(r, p, shown)
	}
}

// noDirectory says which domains there are.
func (t *Translator) noDirectory(attribute string) error {
	return problem.NoDirectory(attribute, t.managed.String())
}

// namingAttributes are the attributes that the domain comes from.
func (t *Translator) namingAttributes() []string {
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
	return names
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
	checkSources(t.sources, report)
	switch {
	case slices.Contains(t.sources, SourceAttribute):
		t.compileDomainPaths(cfg.DomainAttributes, report)
	case cfg.DomainAttributes != nil:
		report.add("domains.attributes", "is of no use while attribute is not in domains.source")
	}
}

func checkSources(sources []string, report *problems) {
	if len(sources) == 0 {
		report.add("domains.source", "must name at least one of %s", strings.Join(allSources, ", "))
	}
	for i, s := range sources {
		setting := indexed("domains.source", i)
		switch {
		case !slices.Contains(allSources, s):
			report.add(setting, "must be one of %s", strings.Join(allSources, ", "))
		case slices.Contains(sources[:i], s):
			report.add(setting, "%s is there already", s)
		case s == SourceDefault && i < len(sources)-1:
			report.add(setting, "default always decides: what follows it never would")
		}
	}
}

// compileDomainPaths reads which attributes name the domain; nil takes those that
// may do so by default.
func (t *Translator) compileDomainPaths(names []string, report *problems) {
	if t.showsDomain = names != nil; !t.showsDomain {
		names = defaultDomainAttributes
	}
	for i, name := range names {
		setting := indexed("domains.attributes", i)
		p, err := parsePath(name)
		switch {
		case err != nil:
			report.add(setting, "%v", err)
		case p != p.attribute():
			report.add(setting, "must be an attribute alone, such as %s", defaultDomainAttributes[1])
		case slices.Contains(t.domainPaths, p):
			report.add(setting, "is there already")
		default:
			t.domainPaths = append(t.domainPaths, p)
		}
	}
}

// CorrectDomain makes the attributes that name the domain name the one that there is, if
// only one is managed, and what they say has no directory: callers that can't be told the
// right one, such as Okta's own app with the domain of the time before, mean that. from is
// what they said, "" where nothing was corrected.
func (t *Translator) CorrectDomain(r schema.Resource) (from string) {
	if len(t.managed.names) != 1 {
		return ""
	}
	if _, err := t.namedDomain(r); err == nil {
		return ""
	}
	for _, p := range t.domainPaths {
		value, _ := textAt(r, p)
		if value == "" {
			continue
		}
		if from == "" {
			from = value
		}
		put(r, p, t.managed.names[0])
	}
	return from
}

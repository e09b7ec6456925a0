package upstream

import (
	"slices"
	"strings"
)

// DomainProblem is what keeps provisioned users of a domain out of the tenant: a
// finding, not a failure of a request.
type DomainProblem struct {
	Domain string
	// Reason is why, one of the constants.
	Reason DomainReason
	// Directory is the one that stands in the way, where there is one.
	Directory Directory
	// Domains are those of the whole tenant, sorted, for MissingDirectory, and
	// only the other spelling for OtherSpelling.
	Domains []string
}

// DomainReason says what is wrong with a domain.
type DomainReason int

// The reasons.
const (
	// MissingDirectory says that no directory has the domain.
	MissingDirectory DomainReason = iota
	// OtherSpelling says that a directory has the domain in another spelling:
	// Access compares domains exactly.
	OtherSpelling
	// WrongType says that the domain belongs to a directory that takes no
	// provisioned users.
	WrongType
	// BeingDeleted says that the directory of the domain is on its way out.
	BeingDeleted
	// SeveralDirectories says that more than one directory has the domain.
	SeveralDirectories
)

// Error is the finding, without a full stop at its end.
func (p *DomainProblem) Error() string {
	switch p.Reason {
	case OtherSpelling:
		return "no directory has the domain " + p.Domain + ", but one has " + p.Domains[0] +
			": the configuration must spell it like that"
	case WrongType:
		return "the domain " + p.Domain + " belongs to a directory of type " + p.Directory.Type +
			": provisioned users need one of type " + TypeOther
	case BeingDeleted:
		return "the directory of the domain " + p.Domain + " is being deleted: create it again when that is done"
	case SeveralDirectories:
		return "several directories have the domain " + p.Domain + ": Access cannot know where its users belong"
	}
	return "no directory has the domain " + p.Domain + ": create one of type Other (domains that exist: " +
		strings.Join(p.Domains, ", ") + ")"
}

// DirectoryOf finds the directory that takes the provisioned users of domain
// among all of the tenant, which have their domains. The error is a
// *DomainProblem.
func DirectoryOf(directories []Directory, domain string) (Directory, error) {
	var found []Directory
	var known []string
	for _, d := range directories {
		if slices.Contains(d.Domains, domain) {
			found = append(found, d)
		}
		known = append(known, d.Domains...)
	}
	problem := &DomainProblem{Domain: domain}
	if len(found) == 0 {
		slices.Sort(known)
		problem.Domains = known
		if i := slices.IndexFunc(known, func(name string) bool { return strings.EqualFold(name, domain) }); i >= 0 {
			problem.Reason, problem.Domains = OtherSpelling, known[i:i+1]
			problem.Directory = holder(directories, known[i])
		}
		return Directory{}, problem
	}
	d := found[0]
	problem.Directory = d
	switch {
	case len(found) > 1:
		problem.Reason = SeveralDirectories
	case d.Type != TypeOther:
		problem.Reason = WrongType
	case d.Deleting:
		problem.Reason = BeingDeleted
	default:
		return d, nil
	}
	return Directory{}, problem
}

func holder(directories []Directory, domain string) Directory {
	i := slices.IndexFunc(directories, func(d Directory) bool { return slices.Contains(d.Domains, domain) })
	return directories[i]
}

package scim

import (
	"net/http"
	"slices"
	"strings"

	"ws1bridge/scim/problem"
	"ws1bridge/upstream"
)

// versions are what a request says of the version that it is about: the values of
// If-Match and If-None-Match. Versions are the weak entity tags that Access keeps
// in meta.version (RFC 7644 section 3.14). Where Access told none, an answer has
// none, and no condition on it holds.
type versions struct{ match, noneMatch []string }

func versionsOf(h http.Header) versions {
	return versions{h.Values("If-Match"), h.Values("If-None-Match")}
}

// areAsked reports whether the request has a condition.
func (v versions) areAsked() bool { return len(v.match)+len(v.noneMatch) > 0 }

// check judges a write against what Access holds right before it.
func (v versions) check(m upstream.Meta) error {
	if m.Unsettled && v.areAsked() {
		return problem.NotShownYet()
	}
	if len(v.match) > 0 && !matchesVersion(v.match, m.Version) {
		return problem.NotThatVersion()
	}
	if len(v.noneMatch) > 0 && matchesVersion(v.noneMatch, m.Version) {
		return problem.ExcludedVersion()
	}
	return nil
}

// isUnchanged reports whether the caller has that version already.
func (v versions) isUnchanged(version string) bool {
	return len(v.noneMatch) > 0 && matchesVersion(v.noneMatch, version)
}

// matchesVersion reports whether one of the entity tags is that version, by the
// weak comparison of RFC 9110 section 8.8.3.2. If-Match asks for the strong one
// there, which no tag of Access could ever satisfy.
func matchesVersion(fields []string, version string) bool {
	tags := strings.Split(strings.Join(fields, ","), ",")
	return slices.ContainsFunc(tags, func(tag string) bool {
		tag = strings.TrimSpace(tag)
		return tag == "*" || version != "" && strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(version, "W/")
	})
}

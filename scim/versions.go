package scim

import (
	"net/http"
	"slices"
	"strings"

	scimerrors "github.com/elimity-com/scim/errors"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// Versions are the weak entity tags that Access keeps in meta.version (RFC 7644
// section 3.14). Where Access told none, an answer has none, and no condition
// on it holds.

// versionOf is the version of a resource, "" where it is not known.
func versionOf(r translate.Resource) string {
	meta, _ := r["meta"].(map[string]any)
	version, _ := meta["version"].(string)
	return version
}

// checkVersion judges If-Match and If-None-Match of a write against what Access
// holds right before it. Writes to one resource wait for one another, so within
// one process nothing comes in between.
func checkVersion(r *http.Request, m upstream.Meta) error {
	if wanted := r.Header.Values("If-Match"); len(wanted) > 0 && !matchesVersion(wanted, m.Version) {
		return preconditionFailed("The resource is not in the version that If-Match names: read it again.")
	}
	if unwanted := r.Header.Values("If-None-Match"); len(unwanted) > 0 && matchesVersion(unwanted, m.Version) {
		return preconditionFailed("The resource is in a version that If-None-Match excludes.")
	}
	return nil
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

// isUnchanged reports whether the caller of a GET has that version already.
func isUnchanged(r *http.Request, version string) bool {
	fields := r.Header.Values("If-None-Match")
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && len(fields) > 0 && matchesVersion(fields, version)
}

func preconditionFailed(detail string) error {
	return scimerrors.ScimError{Status: http.StatusPreconditionFailed, Detail: detail}
}

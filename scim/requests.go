package scim

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	scimerrors "github.com/elimity-com/scim/errors"

	"ws1bridge/scim/translate"
)

const (
	// maxBody is the largest body taken: a list of 100,000 members is about
	// 10 MB.
	maxBody      = 10 << 20
	defaultCount = 100
	maxCount     = 1000
)

// readBody reads the JSON object in the body of a request.
func readBody(r *http.Request, out any) error {
	if err := checkMediaType(r.Header.Get("Content-Type")); err != nil {
		return err
	}
	b, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return scimerrors.ScimError{Status: http.StatusRequestEntityTooLarge,
			Detail: "The body is larger than " + strconv.Itoa(maxBody>>20) + " MiB."}
	case err != nil:
		return badRequest(scimerrors.ScimTypeInvalidSyntax, "The body could not be read to its end.")
	case !utf8.Valid(b):
		return badRequest(scimerrors.ScimTypeInvalidSyntax, "The body is not valid UTF-8.")
	}
	if err := json.Unmarshal(b, out); err != nil {
		return badRequest(scimerrors.ScimTypeInvalidSyntax, "The body must be one JSON object of the form that SCIM describes: "+syntaxProblem(err)+".")
	}
	return nil
}

// syntaxProblem says where JSON went wrong without quoting the body.
func syntaxProblem(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return "syntax error at byte " + strconv.FormatInt(syntax.Offset, 10)
	case errors.As(err, &kind) && kind.Field != "":
		return kind.Field + " has the wrong type"
	case errors.As(err, &kind):
		return "found " + strings.Fields(kind.Value + " value")[0] + " where an object was expected"
	}
	return "it cannot be decoded"
}

// checkMediaType accepts SCIM's own type and plain JSON, which Okta's
// conformance suite sends, and no type at all.
func checkMediaType(contentType string) error {
	if contentType == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err == nil && (media == "application/scim+json" || media == "application/json") {
		return nil
	}
	return scimerrors.ScimError{Status: http.StatusUnsupportedMediaType,
		Detail: "The Content-Type must be application/scim+json or application/json."}
}

// readResource reads a resource and gives its attributes the names that the
// schemas spell. It drops what must not go further: passwords, and what nobody
// knows, which is named in the log once.
func (h *Handler) readResource(r *http.Request, names nameTable) (translate.Resource, error) {
	var raw map[string]any
	if err := readBody(r, &raw); err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, badRequest(scimerrors.ScimTypeInvalidSyntax, "The body must be a JSON object, not null.")
	}
	resource, unknown := names.tidy(raw)
	h.noteDropped(r, unknown)
	return resource, nil
}

// query is what the query string of a GET asks for.
type query struct {
	filter     *comparison // nil for none
	startIndex int         // 1-based
	count      int
	projection projection
}

// readQuery reads a query string strictly: a parameter that got lost in parsing
// could turn a search for one user into a list of all.
func readQuery(r *http.Request, names nameTable) (query, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return query{}, badRequest(scimerrors.ScimTypeInvalidSyntax,
			"The query string cannot be parsed: percent-encode reserved characters such as % and ;.")
	}
	q := query{startIndex: 1, count: defaultCount}
	for name, given := range values {
		if len(given) > 1 {
			return query{}, badRequest(scimerrors.ScimTypeInvalidValue, "The query parameter "+clip(name)+" is given more than once.")
		}
		if err := q.set(name, given[0], names); err != nil {
			return query{}, err
		}
	}
	q.startIndex = max(q.startIndex, 1)
	q.count = min(max(q.count, 0), maxCount)
	return q, nil
}

// set takes one parameter. Unknown ones are ignored, as RFC 7644 section 3.4.2
// leaves them open.
func (q *query) set(name, value string, names nameTable) (err error) {
	switch strings.ToLower(name) {
	case "filter":
		q.filter, err = parseFilter(value, names)
	case "startindex":
		q.startIndex, err = integer(name, value)
	case "count":
		q.count, err = integer(name, value)
	case "attributes":
		q.projection.only = attributeNames(value, names.coreURN)
	case "excludedattributes":
		q.projection.without = attributeNames(value, names.coreURN)
	}
	return err
}

func integer(name, value string) (int, error) {
	n, err := strconv.Atoi(value)
	if errors.Is(err, strconv.ErrRange) {
		return n, nil // Atoi gives the nearest int, and more than all is all
	}
	if err != nil {
		return 0, badRequest(scimerrors.ScimTypeInvalidValue, "The query parameter "+name+" must be an integer.")
	}
	return n, nil
}

// pageOf cuts what a query asks for out of what a filter found.
func pageOf[T any](found []T, q query) []T {
	from := min(q.startIndex-1, len(found))
	return found[from : from+min(q.count, len(found)-from)]
}

package scim

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	scimerrors "github.com/elimity-com/scim/errors"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/scim/translate"
)

const (
	// maxBody is the largest body taken, in bytes: a list of 100,000 members is
	// about 10 MB.
	maxBody = 10 << 20
	// maxNesting is how deep objects and lists may stand in one another: a bulk
	// request holds a PATCH, which holds values.
	maxNesting = 32
	// maxTokens bounds the names, values and brackets in a body, each of which
	// costs many times its size in memory: 100,000 members are 800,000.
	maxTokens = 1_000_000
)

// readBody reads the JSON object in the body of a request into out, a map or a
// struct.
func readBody(r *http.Request, out any) error {
	if err := checkMediaType(r.Header); err != nil {
		return err
	}
	b, err := readAll(r)
	if err != nil {
		return err
	}
	if err := checkJSON(b); err != nil {
		return err
	}
	if err := json.Unmarshal(b, out, json.MatchCaseInsensitiveNames(true)); err != nil {
		return invalidSyntax("The body must be one JSON object of the form that SCIM describes: " + formProblem(err) + ".")
	}
	return nil
}

func readAll(r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	if r.ContentLength > maxBody {
		return nil, bodyTooLarge()
	}
	b.Grow(int(max(r.ContentLength, 0)) + bytes.MinRead)
	_, err := b.ReadFrom(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, bodyTooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, scimerrors.ScimError{Status: http.StatusRequestTimeout, Detail: "The body did not come in time."}
	case err != nil:
		return nil, invalidSyntax("The body could not be read to its end.")
	}
	return b.Bytes(), nil
}

func bodyTooLarge() error {
	return scimerrors.ScimError{Status: http.StatusRequestEntityTooLarge,
		Detail: "The body is larger than " + strconv.Itoa(maxBody>>20) + " MiB."}
}

// checkJSON refuses what is not JSON to the letter (RFC 8259), what says one
// thing twice, and what is built to cost memory, before anything is built of
// it. Its errors quote nothing of the body.
func checkJSON(b []byte) error {
	if !utf8.Valid(b) {
		return invalidSyntax("The body is not valid UTF-8.")
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(b))
	for tokens := 0; ; tokens++ {
		t, err := d.ReadToken()
		switch {
		case errors.Is(err, io.EOF) && tokens > 0:
			return nil
		case err != nil:
			return invalidSyntax("The body must be one JSON object: " + syntaxProblem(err, d.InputOffset()) + ".")
		case tokens == 0 && t.Kind() != '{':
			return invalidSyntax("The body must be a JSON object.")
		case tokens > 0 && d.StackDepth() == 0 && t.Kind() != '}':
			return invalidSyntax("The body must be one JSON object, with nothing behind it.")
		case d.StackDepth() > maxNesting:
			return invalidSyntax("Objects and lists stand more than " + strconv.Itoa(maxNesting) + " deep in one another.")
		case tokens > maxTokens:
			return scimerrors.ScimError{Status: http.StatusRequestEntityTooLarge, Detail: "The body holds too many values: send them in several requests."}
		case t.Kind() == '"' && strings.ContainsRune(t.String(), 0):
			return badRequest(scimerrors.ScimTypeInvalidValue, "The body holds a zero byte in a text.")
		}
	}
}

// syntaxProblem says what is wrong with JSON, and where.
func syntaxProblem(err error, offset int64) string {
	at := " at byte " + strconv.FormatInt(offset, 10)
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case ok && errors.Is(syntax.Err, jsontext.ErrDuplicateName):
		return "a name stands twice in one object" + at
	case ok:
		return "syntax error" + at
	case errors.Is(err, io.EOF):
		return "it is empty"
	}
	return "it ends too early" + at
}

// formProblem says what of good JSON is not of the form that is expected.
func formProblem(err error) string {
	semantic, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		return "it cannot be decoded"
	}
	name := string(semantic.JSONPointer)
	if name = name[strings.LastIndexByte(name, '/')+1:]; name == "" || attributeLabel(name) == notAName {
		return "a value has the wrong type"
	}
	return name + " has the wrong type"
}

// checkMediaType accepts SCIM's own type and plain JSON, which Okta's
// conformance suite sends, and no type at all.
func checkMediaType(h http.Header) error {
	if coding := h.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return scimerrors.ScimError{Status: http.StatusUnsupportedMediaType, Detail: "The body must not be compressed."}
	}
	contentType := h.Get("Content-Type")
	if contentType == "" {
		return nil
	}
	media, parameters, err := mime.ParseMediaType(contentType)
	charset := parameters["charset"]
	switch {
	case err != nil || media != scimType && media != jsonType:
		return scimerrors.ScimError{Status: http.StatusUnsupportedMediaType,
			Detail: "The Content-Type must be " + scimType + " or " + jsonType + "."}
	case charset != "" && !strings.EqualFold(charset, "utf-8"):
		return scimerrors.ScimError{Status: http.StatusUnsupportedMediaType, Detail: "The charset of the body must be utf-8."}
	}
	return nil
}

// readResource reads a resource and gives its attributes the names that the
// schemas spell. It drops what must not go further: passwords, and what nobody
// knows, which is named in the log once.
func (h *Handler) readResource(r *http.Request, names nameTable) (translate.Resource, error) {
	var raw map[string]any
	if err := readBody(r, &raw); err != nil {
		return nil, err
	}
	resource, unknown := names.tidy(raw)
	h.noteDropped(r, unknown)
	return resource, nil
}

// readProjection reads which attributes the answer to a request for one
// resource shall hold.
func readProjection(r *http.Request, names nameTable) (projection, error) {
	asked, err := readQuery(r)
	if err != nil {
		return projection{}, err
	}
	return newProjection(asked.Attributes, asked.ExcludedAttributes, names.coreURN)
}

func invalidSyntax(detail string) scimerrors.ScimError {
	return badRequest(scimerrors.ScimTypeInvalidSyntax, detail)
}

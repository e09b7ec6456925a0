package accesstest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"
)

// object is a JSON object.
type object = map[string]any

// answer is what an endpoint returns. A nil body is an empty one, a []byte is sent as it is,
// everything else as JSON.
type answer struct {
	lost           bool // the connection is cut instead
	status         int
	etag, location string
	contentType    string // empty: application/json
	body           any
}

func okay(body any) (answer, error) { return answer{status: http.StatusOK, body: body}, nil }

// endpoint answers one kind of request. The emulator's lock is held while it runs.
type endpoint func(r *http.Request) (answer, error)

// one is an endpoint for one record, which find looks up by the id in the path.
func one[T any](find func(id string) (T, error), run func(T, *http.Request) (answer, error)) endpoint {
	return func(r *http.Request) (answer, error) {
		t, err := find(chi.URLParam(r, "id"))
		if err != nil {
			return answer{}, err
		}
		return run(t, r)
	}
}

// as answers in one of the types, or refuses that. What ran before must have changed nothing.
func (m Modes) as(r *http.Request, body any, vendor ...string) (answer, error) {
	contentType, err := m.accept(r, vendor...)
	return answer{status: http.StatusOK, contentType: contentType, body: body}, err
}

// problem is a refusal in the form of Access.
type problem struct {
	status        int
	code, message string
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.status, p.code, p.message) }

func refuse(status int, code, format string, args ...any) error {
	return &problem{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

// malformed refuses a resource in the words of the UnboundID SCIM 1.1 SDK.
func malformed(resource, format string, args ...any) error {
	return refuse(http.StatusBadRequest, "invalid.resource",
		"Resource '%s' is malformed: %s", resource, fmt.Sprintf(format, args...))
}

// locked runs an endpoint under the lock and writes its answer. Encoding happens under the lock
// too, because answers point into the store; the writer is a buffer, so no client can hold it.
func (e *Emulator) locked(run endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		defer e.mu.Unlock()
		a, err := run(r)
		if err != nil {
			writeProblem(w, err)
			return
		}
		a.write(w)
	}
}

func (a answer) write(w http.ResponseWriter) {
	if buffer, ok := w.(*reply); ok {
		buffer.cut = a.lost
	}
	if a.etag != "" {
		w.Header().Set("ETag", a.etag)
	}
	if a.location != "" {
		w.Header().Set("Location", a.location)
	}
	var body []byte
	switch content := a.body.(type) {
	case nil:
		w.WriteHeader(a.status)
		return
	case []byte:
		body = content
	default:
		body = encode(content)
	}
	w.Header().Set("Content-Type", cmp.Or(a.contentType, typeJSON))
	w.WriteHeader(a.status)
	_, _ = w.Write(body)
}

// encode is json.Marshal without the escaping of HTML.
func encode(v any) []byte {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(fmt.Sprintf("accesstest: answer does not encode: %v", err)) // answers hold JSON values alone
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

// listAnswer is a page of a list in the form of SCIM 1.1.
func listAnswer(resources []any, start, total int, schemas ...string) (answer, error) {
	return okay(object{
		"totalResults": total, "itemsPerPage": len(resources), "startIndex": start,
		"schemas": schemas, "Resources": resources,
	})
}

// writeProblem writes an error in the shape that access guide D shows:
// {"errors":[{"code","message","parameters"}]}.
func writeProblem(w http.ResponseWriter, err error) {
	var p *problem
	if !errors.As(err, &p) {
		p = &problem{status: http.StatusInternalServerError, code: "internal.error", message: err.Error()}
	}
	answer{status: p.status, body: problemBody(p.code, p.message)}.write(w)
}

func problemBody(code, message string) object {
	return object{"errors": []any{object{"code": code, "message": message, "parameters": nil}}}
}

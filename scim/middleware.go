package scim

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	scimerrors "github.com/elimity-com/scim/errors"
	"github.com/go-chi/chi/v5"
	"go.uber.org/zap"
)

// tidyPath makes /scim/v2//Users/ the same as /scim/v2/Users: the base URL that
// an administrator enters may end in a slash or not.
func tidyPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		for strings.Contains(path, "//") {
			path = strings.ReplaceAll(path, "//", "/")
		}
		if len(path) > 1 {
			path = strings.TrimSuffix(path, "/")
		}
		if path != r.URL.EscapedPath() {
			tidy := *r.URL
			tidy.RawPath = path
			tidy.Path, _ = url.PathUnescape(path) // was valid before slashes went
			clone := *r
			clone.URL = &tidy
			r = &clone
		}
		next.ServeHTTP(w, r)
	})
}

// serve is what happens around every operation: a deadline, authentication, the
// operation itself, one answer, one line in the log, one count. m is nil for a
// path that does not exist.
func (h *Handler) serve(m methods) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		ctx, cancel := context.WithTimeoutCause(r.Context(), h.Timeout, errTimeout)
		defer cancel()
		rec := &record{id: rand.Text()[:12], op: "unknown"}
		r = r.WithContext(context.WithValue(ctx, recordKey{}, rec))
		w.Header().Set("X-Request-Id", rec.id)
		a, err := h.operate(m, w, r)
		if err != nil {
			a = h.problem(r, rec, a, err)
		}
		a.write(w, r)
		h.finish(rec, a.status, time.Since(start), err)
	}
}

// errTimeout is the cause of a request that took too long.
var errTimeout = errors.New("the request took too long")

// operate finds and does the operation. m is nil for a path that does not exist.
func (h *Handler) operate(m methods, w http.ResponseWriter, r *http.Request) (answer, error) {
	rec := recordOf(r)
	if !h.work.begin() {
		return answer{}, tryAgain("The bridge is being restarted.")
	}
	defer h.work.end()
	if err := h.Authenticate(r.Header.Get("Authorization")); err != nil {
		rec.op = "authenticate"
		return answer{}, &unauthenticatedError{err}
	}
	if m == nil {
		return answer{}, scimerrors.ScimError{Status: http.StatusNotFound,
			Detail: "There is no such endpoint. The SCIM base URL of the bridge ends in " + BasePath + "."}
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet // answer.write keeps the body back
	}
	e, ok := m[method]
	if !ok {
		return m.other(r.Method)
	}
	rec.op = e.op
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	release, err := h.admitBody(r)
	if err != nil {
		return answer{}, err
	}
	defer release()
	return e.do(r)
}

// do does the operation. A panic becomes an error.
func (e endpoint) do(r *http.Request) (a answer, err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			// The value may quote data of a request, so only its type is told.
			err = &panicError{kind: fmt.Sprintf("%T", p), stack: zap.StackSkip("stack", 2)}
		}
	}()
	return e.serve(r)
}

// other answers a method that is no operation of the path.
func (m methods) other(method string) (answer, error) {
	allowed := append(slices.Collect(maps.Keys(m)), http.MethodOptions)
	if _, ok := m[http.MethodGet]; ok {
		allowed = append(allowed, http.MethodHead)
	}
	slices.Sort(allowed)
	a := answer{status: http.StatusNoContent}
	a.header("Allow", strings.Join(allowed, ", "))
	if method == http.MethodOptions {
		return a, nil
	}
	return a, scimerrors.ScimError{Status: http.StatusMethodNotAllowed,
		Detail: "The method " + clip(method) + " is not supported here (supported: " + strings.Join(allowed, ", ") + ")."}
}

const (
	// maxBodies bounds the bytes of all large bodies that are being worked on
	// together: what is made of a body takes some ten times as much memory.
	maxBodies = 2 * maxBody
	// smallBody is what need not wait for room, in bytes: a user, or a change of
	// a hundred members.
	smallBody = 64 << 10
)

// admitBody waits until there is room for the body of the request, and returns
// how to give the room back. What is small needs none, also where its length is
// not told: that much of it is read to know.
func (h *Handler) admitBody(r *http.Request) (release func(), _ error) {
	size := r.ContentLength
	if size < 0 {
		head, err := io.ReadAll(io.LimitReader(r.Body, smallBody+1))
		if err == nil && len(head) <= smallBody {
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(head)), int64(len(head))
			return func() {}, nil
		}
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(head), r.Body)) // an error comes again
	}
	if size >= 0 && size <= smallBody {
		return func() {}, nil
	}
	if size < 0 || size > maxBody {
		size = maxBody // as much as is read of it
	}
	if err := h.bodies.Acquire(r.Context(), size); err != nil {
		return nil, tryAgain("The bridge has too many large requests under way.")
	}
	return func() { h.bodies.Release(size) }, nil
}

// unauthenticatedError is a caller that Authenticate did not accept.
type unauthenticatedError struct{ error }

// panicError is a broken piece of the program.
type panicError struct {
	kind  string
	stack zap.Field
}

func (e *panicError) Error() string { return "panic: " + e.kind }

// resourceID is the id in the path, unescaped once.
func resourceID(r *http.Request) string {
	if r.URL.RawPath == "" {
		return chi.URLParam(r, "id") // the router saw the path unescaped
	}
	id, err := url.PathUnescape(chi.URLParam(r, "id"))
	if err != nil {
		return ""
	}
	return id
}

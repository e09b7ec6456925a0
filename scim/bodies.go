package scim

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream/jsonvalue"
)

const (
	// oktaType is what Okta says of its bodies.
	oktaType = scimType + "; charset=utf-8"
	// maxBody is the largest body taken, in bytes: a list of 100,000 members is
	// about 10 MB.
	maxBody = 10 << 20
	// maxBodies bounds the bytes of all large bodies that are being worked on
	// together: what is made of a body takes some ten times as much memory.
	maxBodies = 2 * maxBody
	// smallBody is what need not wait for room, in bytes: a user, or a change of
	// a hundred members.
	smallBody = 64 << 10
	// maxNesting is how deep objects and lists may be in one another: a bulk
	// request holds a PATCH, which holds values.
	maxNesting = 32
	// maxTokens bounds the names, values and brackets in a body, each of which
	// costs many times its size in memory: 100,000 members are 800,000.
	maxTokens = 1_000_000
)

// admitBody waits until there is room for the body of the request, and returns
// how to give the room back. What is small needs none, also where its length is
// not told: that much of it is read to know.
func (h *Handler) admitBody(ctx context.Context, r *http.Request) (release func(), _ error) {
	if r.ContentLength < 0 {
		head, err := io.ReadAll(io.LimitReader(r.Body, smallBody+1))
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(head), r.Body)) // an error comes again
		if err == nil && len(head) <= smallBody {
			r.ContentLength = int64(len(head))
		}
	}
	size := r.ContentLength
	switch {
	case size < 0 || size > maxBody:
		size = maxBody // as much as is read of it
	case size <= smallBody:
		return func() {}, nil
	}
	if err := h.bodies.Acquire(ctx, size); err != nil {
		return nil, problem.TooManyBodies()
	}
	return func() { h.bodies.Release(size) }, nil
}

// bodyBuffers are those in which bodies are read.
var bodyBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// readBody has read take the body of a request, which is good until it returns.
func readBody(r *http.Request, read func(body []byte) error) error {
	if err := checkMediaType(r.Header); err != nil {
		return err
	}
	b := bodyBuffers.Get().(*bytes.Buffer)
	defer func() {
		if b.Cap() <= maxKept {
			b.Reset()
			bodyBuffers.Put(b)
		}
	}()
	if err := readAll(r, b); err != nil {
		return err
	}
	return read(b.Bytes())
}

// checkMediaType accepts SCIM's own type and plain JSON, which Okta's
// conformance suite sends, and no type at all.
func checkMediaType(h http.Header) error {
	if coding := h.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return problem.Compressed()
	}
	contentType := h.Get("Content-Type")
	switch contentType {
	case "", scimType, jsonType, oktaType:
		return nil
	}
	media, parameters, err := mime.ParseMediaType(contentType)
	charset := parameters["charset"]
	switch {
	case err != nil || media != scimType && media != jsonType:
		return problem.MediaType(scimType, jsonType)
	case charset != "" && !strings.EqualFold(charset, "utf-8"):
		return problem.Charset()
	}
	return nil
}

func readAll(r *http.Request, b *bytes.Buffer) error {
	if r.ContentLength > maxBody {
		return problem.BodyTooLarge(maxBody >> 20)
	}
	b.Grow(int(max(r.ContentLength, 0)) + bytes.MinRead)
	_, err := b.ReadFrom(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return problem.BodyTooLarge(maxBody >> 20)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return problem.BodyTooSlow()
	case err != nil:
		return problem.BodyBroken()
	}
	return nil
}

// readObject reads the JSON object in a body. It refuses what is not exactly JSON
// (RFC 8259), what says one thing twice, and what is built to cost memory, before much is
// built of it. Its errors quote nothing of the body.
func readObject(b []byte) (object map[string]any, _ error) {
	return object, readOne(b, func(d *jsontext.Decoder) error {
		value, err := jsonvalue.Reader{
			Name: schema.Shared, Names: usualNames, Check: newLimits(b).check, Special: specialValues,
		}.Read(d)
		object, _ = value.(map[string]any)
		return err
	})
}

// specialValues are those that are read in a way of their own.
var specialValues = map[string]jsonvalue.Special{"members": schema.ReadMembers}

// checkObject is readObject for a body that is decoded afterwards.
func checkObject(b []byte) error {
	reader := jsonvalue.Reader{Check: newLimits(b).check}
	return readOne(b, func(d *jsontext.Decoder) error {
		for {
			if _, _, err := reader.Next(d); err != nil || d.StackDepth() == 0 {
				return err
			}
		}
	})
}

// limits are kept while a body is read.
type limits struct {
	tokens int
	zeros  bool // a text may hold a zero byte
}

func newLimits(body []byte) *limits { return &limits{zeros: bytes.Contains(body, []byte(`\u0000`))} }

// decoders are used again: each holds what it needs to find names that come twice.
var decoders = sync.Pool{New: func() any { return new(jsontext.Decoder) }}

// usualNames is how many names most resources have at most.
const usualNames = 24

// readOne has the one object that a body should hold read.
func readOne(b []byte, object func(*jsontext.Decoder) error) error {
	d := decoders.Get().(*jsontext.Decoder)
	d.Reset(bytes.NewBuffer(b))
	defer func() {
		d.Reset(strings.NewReader("")) // lets go of the body
		decoders.Put(d)
	}()
	err := object(d)
	if err == nil {
		if _, err = d.ReadToken(); err == nil {
			return problem.MoreThanObject()
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
	}
	if own, ok := errors.AsType[*problem.Error](err); ok {
		return own
	}
	return badSyntax(err, d.InputOffset())
}

// check judges a token that was read.
func (l *limits) check(d *jsontext.Decoder, kind jsontext.Kind, text []byte) error {
	l.tokens++
	switch {
	case l.tokens == 1 && kind != '{':
		return problem.NoObject()
	case d.StackDepth() > maxNesting:
		return problem.TooDeep(maxNesting)
	case l.tokens > maxTokens:
		return problem.TooManyValuesInBody()
	case l.zeros && bytes.IndexByte(text, 0) >= 0:
		return problem.ZeroByte(attributeAt(d.StackPointer()))
	}
	return nil
}

// attributeAt is the path of the attribute at a place in a body, such as
// emails[0].value. A name in it that is none may be a person's data.
func attributeAt(place jsontext.Pointer) string {
	path, between := "", ""
	for name := range place.Tokens() {
		if _, err := strconv.Atoi(name); err == nil {
			path += "[" + name + "]"
			continue
		}
		path += between + schema.Label(name)
		if between = "."; strings.HasPrefix(name, "urn:") {
			between = ":"
		}
	}
	return problem.Clip(path)
}

// isBrokenText reports whether the trouble with JSON is in a text: half of a
// surrogate pair, or bytes that are not UTF-8. The library has no type for it.
func isBrokenText(err *jsontext.SyntacticError) bool {
	what := err.Err.Error()
	return strings.Contains(what, "surrogate pair") || strings.Contains(what, "invalid UTF-8")
}

// badSyntax says what is wrong with JSON, and where: in which attribute, or at
// which byte.
func badSyntax(err error, offset int64) error {
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case ok && errors.Is(syntax.Err, jsontext.ErrDuplicateName):
		return problem.NameTwice(offset)
	case ok && isBrokenText(syntax) && syntax.JSONPointer != "":
		return problem.BrokenText(attributeAt(syntax.JSONPointer))
	case ok:
		return problem.BodySyntax(offset)
	case errors.Is(err, io.EOF):
		return problem.BodyEmpty()
	}
	return problem.BodyCut(offset)
}

// wrongForm says what of good JSON is not of the form that is expected.
func wrongForm(err error) error {
	semantic, ok := errors.AsType[*jsonv2.SemanticError](err)
	if !ok {
		return problem.BodyForm("it cannot be decoded")
	}
	path := attributeAt(semantic.JSONPointer)
	if path == "" || strings.Contains(path, schema.NotAName) {
		return problem.BodyForm("a value has the wrong type")
	}
	return problem.BodyForm(path + " has the wrong type")
}

package upstream

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/auth/neterr"
)

// readAnswer judges an answer of success and decodes it into out. Only what Access
// documents counts: anything else may come from something that is in between, and
// may never have passed the request on.
func (r call) readAnswer(status int, body *answerBody, out any) error {
	whole, isDocument := out.(*document)
	switch {
	case !slices.Contains(r.successes(), status):
		return errors.New("the status is none that Access documents")
	case status == http.StatusNoContent:
		return r.readEmpty(body)
	case isDocument:
		return whole.read(body)
	case out != nil:
		return r.decode(body, out)
	case r.id != "":
		return r.decode(body, &confirmation{})
	}
	return r.readUndocumented(body)
}

// readEmpty checks that an answer has no body.
func (call) readEmpty(body *answerBody) error {
	if b, err := io.ReadAll(body); err != nil || len(bytes.TrimSpace(b)) > 0 {
		return cmp.Or(err, errNotJSON)
	}
	return nil
}

// readUndocumented checks what Access says of a directory that was written, of which no
// document tells more than that it is JSON.
func (call) readUndocumented(body *answerBody) error {
	b, err := io.ReadAll(body)
	if b = bytes.TrimSpace(b); err == nil && len(b) > 0 && b[0] != '{' {
		err = errNotJSON
	}
	return err
}

// answerBody is the body of an answer.
type answerBody struct {
	ctx  context.Context //nolint:containedctx // of the request, for whose end a reader can't be asked
	from io.Reader
	size int
	err  error // why it could not be read on
}

func (b *answerBody) Read(p []byte) (int, error) {
	if b.err != nil { // a reader that got bytes with an error may try again
		return 0, b.err
	}
	n, err := b.from.Read(p)
	switch b.size += n; {
	case b.size > maxAnswer:
		b.err = fmt.Errorf("the answer is larger than %d bytes", maxAnswer)
	case err != nil && err != io.EOF:
		b.err = fmt.Errorf("read the answer: %w", neterr.Class(b.ctx, err))
	default:
		return n, err
	}
	return n, b.err
}

// successes are the statuses by which Access says that the call was done.
func (r call) successes() []int {
	switch r.method {
	case http.MethodGet:
		return []int{http.StatusOK}
	case http.MethodPost:
		return []int{http.StatusCreated, http.StatusOK}
	}
	return []int{http.StatusNoContent, http.StatusOK, http.StatusCreated}
}

var errNotJSON = errors.New("the answer is not the JSON that Access documents")

// verifiable is an answer that knows what it must hold.
type verifiable interface {
	// verify reports what keeps the answer from being one to the call.
	verify(r call) error
}

// decode reads a JSON answer into out, which must hold what its kind always has.
func (r call) decode(body *answerBody, out any) error {
	err := jsonv2.UnmarshalRead(body, out, leniently)
	v, isVerifiable := out.(verifiable)
	switch {
	case body.err != nil:
		return body.err
	case body.size == 0:
		return errors.New("the answer is empty")
	case err != nil:
		return errNotJSON
	case isVerifiable:
		return v.verify(r)
	}
	return nil
}

// confirmation is a record that Access answers a write with.
type confirmation struct {
	ID string
	reported
}

// UnmarshalJSONFrom reads what tells whether the record is the one that was written.
func (c *confirmation) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	return readObject(d, func(name string) error {
		switch coreName(name) {
		case "id":
			return readText(d, &c.ID)
		case "errors":
			return c.reported.read(d)
		}
		return d.SkipValue()
	})
}

func (c *confirmation) verify(r call) error { return c.reported.verify(r, c.ID) }

// reported is whether an answer holds errors, whatever its status is.
type reported bool

// read reads the value of errors (or Errors) in an answer.
func (e *reported) read(d *jsontext.Decoder) error {
	value, err := d.ReadValue()
	*e = reported(!slices.Contains([]string{"null", "[]", "{}"}, string(value)))
	return err
}

// verify checks that the answer is a record, and the one that was asked for.
func (e reported) verify(r call, id string) error {
	switch {
	case bool(e):
		return errors.New("the answer holds errors")
	case !plausibleID(id):
		return errors.New("the answer holds a record without an id that can be one")
	case r.id != "" && r.id != id:
		return errors.New("the answer is about another record")
	}
	return nil
}

// incomplete says that a record lacks what all of its kind have.
func incomplete(attribute string) error {
	return fmt.Errorf("the answer holds a record without %s", attribute)
}

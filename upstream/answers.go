package upstream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// readAnswer judges an answer of success and decodes it into out. Only what Access
// documents counts: anything else may come from something that is in between, and
// may never have passed the request on.
func (r call) readAnswer(status int, body []byte, out any) error {
	body = bytes.TrimSpace(body)
	switch {
	case !slices.Contains(r.successes(), status):
		return errors.New("the status is none that Access documents")
	case status == http.StatusNoContent && len(body) == 0 && out == nil:
		return nil
	case out != nil:
		return r.decode(body, out)
	case r.id != "":
		return r.decode(body, &confirmation{})
	case len(body) == 0 || body[0] == '{':
		return nil // what Access says of a directory that was written is not documented
	}
	return errNotJSON
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
func (r call) decode(body []byte, out any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("the answer is empty")
	}
	if json.Unmarshal(body, out) != nil {
		return errNotJSON
	}
	if v, ok := out.(verifiable); ok {
		return v.verify(r)
	}
	return nil
}

// confirmation is a record that Access answers a write with.
type confirmation struct {
	ID string
	reported
}

// UnmarshalJSON reads what tells whether the record is the one that was written.
func (c *confirmation) UnmarshalJSON(b []byte) error {
	var raw struct {
		ID     string
		Errors json.RawMessage
	}
	err := json.Unmarshal(b, &raw)
	c.ID, c.reported = raw.ID, reportedIn(raw.Errors)
	return err
}

func (c *confirmation) verify(r call) error { return c.reported.verify(r, c.ID) }

// reported is whether an answer holds errors, whatever its status is.
type reported bool

// reportedIn reads the value of errors (or Errors) in an answer.
func reportedIn(raw json.RawMessage) reported {
	none := []string{"", "null", "[]", "{}"}
	return reported(!slices.Contains(none, string(raw)))
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

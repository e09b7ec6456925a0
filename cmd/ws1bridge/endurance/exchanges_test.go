package endurance

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/okta"
)

// exchange is a request and what came of it.
type exchange struct {
	method, path string
	status       int
	header       http.Header
	raw          []byte
	took         time.Duration
	err          error // no answer
}

func (x exchange) String() string {
	if x.err != nil {
		return fmt.Sprintf("%s %s had no answer: %v", x.method, x.path, x.err)
	}
	return fmt.Sprintf("%s %s was answered %d %.300s", x.method, x.path, x.status, x.raw)
}

// resource is the body as JSON.
func (x exchange) resource() okta.Object {
	var out okta.Object
	_ = json.Unmarshal(x.raw, &out) // nil shows below
	return out
}

func (x exchange) id() string { id, _ := x.resource()["id"].(string); return id }

func (x exchange) detail() string { d, _ := x.resource()["detail"].(string); return d }

// isError reports whether an answer has the form of an error of its dialect.
func (x exchange) isError(status string) bool {
	body, media := x.resource(), x.header.Get("Content-Type")
	if errors, ok := body["Errors"].([]any); ok && len(errors) == 1 { // SCIM 1.1
		one, _ := errors[0].(map[string]any)
		return one["code"] == status && one["description"] != "" && strings.HasPrefix(media, "application/json")
	}
	schemas, _ := body["schemas"].([]any)
	return strings.HasPrefix(media, "application/scim+json") && body["status"] == status && x.detail() != "" &&
		len(schemas) == 1 && schemas[0] == "urn:ietf:params:scim:api:messages:2.0:Error"
}

// pause is how long the answer asks to wait. It is an error if it is not such an
// answer exactly: 429, Retry-After in whole seconds, SCIM JSON.
func (x exchange) pause() (time.Duration, error) {
	if x.err != nil || x.status != http.StatusTooManyRequests {
		return 0, errors.New(x.String() + ", want 429")
	}
	wait, err := strconv.Atoi(x.header.Get("Retry-After"))
	if err != nil || wait < 1 {
		return 0, fmt.Errorf("%s with Retry-After %q, want a whole number of seconds", x, x.header.Get("Retry-After"))
	}
	if !x.isError("429") {
		return 0, fmt.Errorf("%s, which is not an error of SCIM", x)
	}
	return time.Duration(wait) * time.Second, nil
}

// mustWait checks that Okta is asked to come again.
func (x exchange) mustWait(t *testing.T) {
	t.Helper()
	if _, err := x.pause(); err != nil {
		t.Error(err)
	}
}

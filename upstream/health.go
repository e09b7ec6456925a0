package upstream

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

const opProbe = "probe"

// Ready is nil when Access answers a SCIM request of ours: the tenant can be
// reached, the token is accepted and its role may read users. Access's own
// health endpoints prove none of that, and may be blocked on SaaS.
func (c *Client) Ready(ctx context.Context) error {
	var answer listAnswer[struct{}]
	return c.access.send(ctx, probeCall, &answer)
}

var probeCall = call{op: opProbe, method: http.MethodGet, path: usersPath,
	query: "startIndex=1&count=1"}

// probe asks what Ready does, whatever the circuit and the limits say.
func (c *connection) probe(ctx context.Context) error {
	var answer listAnswer[struct{}]
	return c.attempt(ctx, probeCall, &answer)
}

const opHealth = "health"

// healthPaths are the two forms of Access's own health, as public clients use
// them. Neither needs a token.
var healthPaths = []string{"/health", "/system/health"}

// Health is what Access says of its own health. It reports an error where Access
// does not say, which proves nothing: these paths may be blocked on SaaS.
func (c *Client) Health(ctx context.Context) (well bool, err error) {
	for _, path := range healthPaths {
		var answer health
		if err = c.access.send(ctx, call{op: opHealth, method: http.MethodGet, path: path}, &answer); err == nil {
			return bool(answer), nil
		}
	}
	return false, err
}

// health reads AllOk, which is a bool or a string, under a name of which
// clients know two spellings.
type health bool

// UnmarshalJSON reports an error where the answer does not say allOk.
func (h *health) UnmarshalJSON(b []byte) error {
	// encoding/json matches names without regard to case.
	var raw struct{ AllOK json.RawMessage }
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	if raw.AllOK == nil {
		return errors.New("the answer has no allOk")
	}
	*h = health(strings.EqualFold(strings.Trim(string(raw.AllOK), `"`), "true"))
	return nil
}

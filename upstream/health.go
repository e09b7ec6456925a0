package upstream

import (
	"context"
	"net/http"
	"net/url"
)

const opProbe = "probe"

// Ready is nil when Access answers a SCIM request of ours: the tenant can be
// reached, the token is accepted and its role may read users. Access's own
// health endpoints prove none of that, and may be blocked on SaaS.
func (c *Client) Ready(ctx context.Context) error {
	var answer listAnswer[struct{}]
	q := url.Values{"startIndex": {"1"}, "count": {"1"}}
	return c.send(ctx, call{op: opProbe, method: http.MethodGet, path: usersPath, query: q}, &answer)
}

package scim

import (
	"math"
	"net/http"
	"time"

	scimerrors "github.com/elimity-com/scim/errors"

	"ws1bridge/scim/explain"
	"ws1bridge/scim/problem"
)

// maxRetryAfter bounds what Okta is asked to wait: it doubles the time itself.
const maxRetryAfter = 10 * time.Minute

// refusal turns any error into the answer for the caller: the one place where
// that happens. What a says already stays. Okta shows the detail to its
// administrator, so the request id is in it: with it the line in the bridge's log
// is found.
func (h *Handler) refusal(c *call, a answer, err error) answer {
	p := explain.Error(err, c.id)
	c.log.problem = p
	a.status = p.Status
	a.body = c.dialect.refusal(p, p.Detail+" (request "+c.log.id+")")
	if p.Status == http.StatusTooManyRequests {
		a.retryAfter = h.seconds(p.RetryAfter)
	}
	return a
}

// seconds is a Retry-After that Okta honors: a whole number, at least 1.
func (h *Handler) seconds(wait time.Duration) int {
	if wait <= 0 {
		wait = h.RetryAfter
	}
	return int(math.Ceil(min(wait, maxRetryAfter).Seconds()))
}

// modernError is the body of an error (RFC 7644 section 3.12).
func modernError(p *problem.Error, detail string) any {
	return scimerrors.ScimError{Status: p.Status, ScimType: p.Type, Detail: detail}
}

package auth

import (
	"net/http"
	"sync"
	"time"
)

// roleMemory is how long a 403 that survived a new token is remembered.
const roleMemory = time.Minute

// refusals is what Transport knows of refusals that are not the fault of an old
// token. Its zero value is nothing.
type refusals struct {
	mu         sync.Mutex // guards the fields below
	roleIssues time.Time  // until when a 403 is not the token's fault
	// inARow counts the new tokens that were refused with a 401, fresh is the last
	// of them, and until then none is fetched for another 401.
	inARow int
	fresh  *string // fmt does not follow it
	until  time.Time
}

// blameToken reports whether an answer to a request with token may mean that the
// token is bad. One that was taken, and was not refused when it was new, ends what
// is known of refused ones.
func (r *refusals) blameToken(status int, token string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch now := time.Now(); status {
	case http.StatusUnauthorized:
		return !now.Before(r.until)
	case http.StatusForbidden:
		return !now.Before(r.roleIssues)
	}
	if r.fresh != nil && *r.fresh != token {
		r.inARow, r.fresh, r.until = 0, nil, time.Time{}
	}
	return false
}

// survived takes note of the answer to a request with a new token: a refusal is
// one that no new token can fix, or none that is to be had now.
func (r *refusals) survived(status int, token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch now := time.Now(); {
	case status == http.StatusForbidden:
		r.roleIssues = now.Add(roleMemory)
	case status == http.StatusUnauthorized && !now.Before(r.until): // else others were refused with it too
		r.inARow++
		r.fresh, r.until = &token, now.Add(pause(r.inARow))
	}
}

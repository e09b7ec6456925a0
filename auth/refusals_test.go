package auth_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/auth"
)

// pushing returns a transport over a source and an API, and a push through it.
func pushing(t *testing.T, e *endpoint, access *api) (push func() (status int)) {
	t.Helper()
	transport := &auth.Transport{Source: e.source(t), Host: "tenant.example", Base: access}
	return func() int {
		res, err := transport.RoundTrip(request(t, strings.NewReader("b")))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
}

// TestRefusedFreshTokensAreNotReplacedEndlessly has Access refuse every token: the
// refusal is returned, and tokens are fetched less and less often.
func TestRefusedFreshTokensAreNotReplacedEndlessly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, good := &endpoint{reply: living(600)}, ""
		access := &api{status: func(token string) int {
			if token == good {
				return http.StatusOK
			}
			return http.StatusUnauthorized
		}}
		push := pushing(t, e, access)
		pushFor := func(long time.Duration) {
			for began := time.Now(); time.Since(began) < long; time.Sleep(10 * time.Millisecond) {
				if got := push(); got != http.StatusUnauthorized {
					t.Fatalf("status = %d, want the refusal itself", got)
				}
			}
		}
		pushFor(10 * time.Second)
		if got := e.count(); got < 4 || got > 7 {
			t.Errorf("fetches in 10 s = %d, want some with growing pauses between them", got)
		}
		before := e.count()
		pushFor(time.Minute)
		if got := e.count() - before; got > 9 {
			t.Errorf("fetches in a minute = %d, want one in 7.5 to 15 seconds", got)
		}

		time.Sleep(15 * time.Second) // the longest pause
		good = "token-" + strconv.Itoa(e.count()+1)
		if got := push(); got != http.StatusOK {
			t.Fatalf("status = %d, want the first good token to be taken", got)
		}
		before, good = e.count(), "token-"+strconv.Itoa(e.count()+1) // which revokes the one held
		if got := push(); got != http.StatusOK || e.count() != before+1 {
			t.Errorf("status = %d after %d fetches, want a revoked token replaced at once, once", got, e.count()-before)
		}
	})
}

// TestHealedAccessTakesTheTokenThatIsHeld lets Access recover during a pause.
func TestHealedAccessTakesTheTokenThatIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, status := &endpoint{reply: living(600)}, http.StatusUnauthorized
		push := pushing(t, e, &api{status: func(string) int { return status }})
		push()
		status = http.StatusOK
		if got := push(); got != http.StatusOK || e.count() != 2 {
			t.Errorf("status = %d after %d fetches, want success at once", got, e.count())
		}
	})
}

// TestPathThatIsAlwaysRefusedCostsNoTokenEach has Access refuse one kind of request
// with a 401 whatever the token, while it takes all others.
func TestPathThatIsAlwaysRefusedCostsNoTokenEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, n := &endpoint{reply: living(600)}, 0
		push := pushing(t, e, &api{status: func(string) int {
			if n%2 == 0 {
				return http.StatusOK
			}
			return http.StatusUnauthorized
		}})
		for n = range 2000 {
			push()
			time.Sleep(10 * time.Millisecond)
		}
		if got := e.count(); got > 8 {
			t.Errorf("fetches in 20 s = %d, want few", got)
		}
	})
}

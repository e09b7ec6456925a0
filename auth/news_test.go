package auth_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/auth"
)

// Of a change everybody hears once, whatever the number of failures.
func TestOnChangeTellsChangesOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refusal := func(int) (int, string) { return http.StatusUnauthorized, `{"error":"invalid_client"}` }
		e := &endpoint{reply: living(600)}
		var heard []string
		s := newSource(t, auth.Config{HTTPClient: &http.Client{Transport: e}, OnChange: func(s auth.State) {
			switch {
			case s.Err == nil:
				heard = append(heard, "well")
			case errors.Is(s.Err, auth.ErrCredentials):
				heard = append(heard, "refused")
			default:
				heard = append(heard, "down")
			}
		}})
		fetch := func() {
			s.Drop(fmt.Sprintf("token-%d", e.count()))
			_, _ = s.Token(t.Context())
			time.Sleep(time.Minute) // longer than any pause
		}
		for _, stage := range []func(*endpoint){
			func(e *endpoint) {},
			func(e *endpoint) { e.down = true },
			func(e *endpoint) { e.down, e.reply = false, refusal },
			func(e *endpoint) { e.reply = living(600) },
		} {
			e.set(stage)
			fetch()
			fetch()
		}
		if want := []string{"down", "refused", "well"}; !slices.Equal(heard, want) {
			t.Errorf("heard %q, want %q", heard, want)
		}
	})
}

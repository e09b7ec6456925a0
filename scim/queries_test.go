package scim

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	scimerrors "github.com/elimity-com/scim/errors"
	"golang.org/x/sync/semaphore"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/translate"
)

// TestScansTakeTurns checks that a query which has to look through everything
// waits for its turn, and that one which Access answers does not.
func TestScansTakeTurns(t *testing.T) {
	users, _ := tables(t)
	h := &Handler{Config: Config{MaxScan: 10}, scans: semaphore.NewWeighted(maxScans)}
	c := collection{
		names: users,
		list: func(*http.Request, int, int, search) ([]translate.Resource, int, error) {
			return []translate.Resource{decode(t, filteredUser)}, 1, nil
		},
		find: func(_ *http.Request, c filter.Comparison, _ search) ([]translate.Resource, bool, error) {
			return []translate.Resource{decode(t, filteredUser)}, users.key(c) == "username eq", nil
		},
	}
	find := func(raw string) ([]translate.Resource, error) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		s, err := parseFilter(raw, users)
		if err != nil {
			t.Fatal(err)
		}
		return h.search(httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil), c, search{selection: s})
	}
	const scan, lookUp = `displayName co "ada"`, `userName eq "ada@example.com"`
	for range maxScans {
		if !h.scans.TryAcquire(1) {
			t.Fatal("there is no turn to take")
		}
	}
	_, err := find(scan)
	if e, ok := errors.AsType[scimerrors.ScimError](err); !ok || e.Status != http.StatusTooManyRequests || !strings.Contains(e.Detail, "other callers") {
		t.Errorf("while others scan, a scan gives %v, want 429", err)
	}
	if found, err := find(lookUp); err != nil || len(found) != 1 {
		t.Errorf("while others scan, a look-up gives %d users, %v", len(found), err)
	}
	h.scans.Release(1)
	for range 3 * maxScans { // each gives its turn back
		if found, err := find(scan); err != nil || len(found) != 1 {
			t.Fatalf("with a turn left, a scan gives %d users, %v", len(found), err)
		}
	}
}

// TestOrderPrefersThePrimaryValue checks RFC 7644 section 3.4.2.3 for attributes
// of several values, and for their sub-attributes.
func TestOrderPrefersThePrimaryValue(t *testing.T) {
	users, _ := tables(t)
	const first, second = `{"userName":"first","phoneNumbers":[{"value":"9"},{"value":"2","primary":true}]}`, `{"userName":"second","phoneNumbers":[{"value":"3"},{"value":"1"}]}`
	for _, by := range []string{"phoneNumbers", "phoneNumbers.value", "PHONENUMBERS.VALUE"} {
		o, err := parseOrdering(by, "", users)
		if err != nil {
			t.Fatal(err)
		}
		resources := []translate.Resource{decode(t, second), decode(t, first)}
		if o.sort(resources); resources[0]["userName"] != "first" {
			t.Errorf("sorted by %s, %v comes first", by, resources[0]["userName"])
		}
	}
}

package query

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/schematest"
)

const filteredUser = `{"userName":"ada@example.com","displayName":"Ada Lovelace"}`

// ada is a collection of one user, who is found by userName.
type ada struct {
	schema.Index
	user schema.Resource
}

func (a ada) List(context.Context, int, int, Search) ([]schema.Resource, int, error) {
	return []schema.Resource{a.user}, 1, nil
}

func (a ada) Find(_ context.Context, c filter.Comparison, _ Search) ([]schema.Resource, bool, error) {
	return []schema.Resource{a.user}, a.Spell(c.Attribute) == "userName" && c.Operator == filter.Equal, nil
}

// TestScansTakeTurns checks that a query which has to look through everything
// waits for its turn, and that one which Access answers does not.
func TestScansTakeTurns(t *testing.T) { synctest.Test(t, testScansTakeTurns) }

func testScansTakeTurns(t *testing.T) {
	users, _ := schematest.Indexes(t)
	q := NewRunner(10)
	find := func(raw string) (Page, error) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s, err := Select(raw, users)
		if err != nil {
			t.Fatal(err)
		}
		all := ada{users, schematest.Resource(t, filteredUser)}
		return q.Run(ctx, Search{Selection: s, StartIndex: 1, Count: 10}, all)
	}
	const scan, lookUp = `displayName co "ada"`, `userName eq "ada@example.com"`
	for range maxScans {
		if !q.scans.TryAcquire(1) {
			t.Fatal("there is no turn to take")
		}
	}
	_, err := find(scan)
	e, ok := errors.AsType[*problem.Error](err)
	if !ok || e.Status != http.StatusTooManyRequests || !strings.Contains(e.Detail, "other callers") {
		t.Errorf("while others scan, a scan gives %v, want 429", err)
	}
	if found, err := find(lookUp); err != nil || len(found.Resources) != 1 {
		t.Errorf("while others scan, a look-up gives %d users, %v", len(found.Resources), err)
	}
	q.scans.Release(1)
	for range 3 * maxScans { // each gives its turn back
		if found, err := find(scan); err != nil || len(found.Resources) != 1 {
			t.Fatalf("with a turn left, a scan gives %d users, %v", len(found.Resources), err)
		}
	}
}

// TestOrderPrefersThePrimaryValue checks RFC 7644 section 3.4.2.3 for attributes
// of several values, and for their sub-attributes.
func TestOrderPrefersThePrimaryValue(t *testing.T) {
	users, _ := schematest.Indexes(t)
	const (
		first  = `{"userName":"first","phoneNumbers":[{"value":"9"},{"value":"2","primary":true}]}`
		second = `{"userName":"second","phoneNumbers":[{"value":"3"},{"value":"1"}]}`
	)
	for _, by := range []string{"phoneNumbers", "phoneNumbers.value", "PHONENUMBERS.VALUE"} {
		o, err := OrderBy(by, "", users)
		if err != nil {
			t.Fatal(err)
		}
		resources := []schema.Resource{schematest.Resource(t, second), schematest.Resource(t, first)}
		if o.sort(resources); resources[0]["userName"] != "first" {
			t.Errorf("sorted by %s, %v comes first", by, resources[0]["userName"])
		}
	}
}

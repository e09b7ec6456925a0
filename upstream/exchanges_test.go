package upstream_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// seen collects what an observer is told.
type seen struct {
	mu        sync.Mutex
	exchanges []upstream.Exchange
}

func (s *seen) tell(x upstream.Exchange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exchanges = append(s.exchanges, x)
}

// take returns what was seen since the last time.
func (s *seen) take() []upstream.Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.exchanges
	s.exchanges = nil
	return out
}

// TestObserved sees each request with its outcome and the names of what is written, and
// values only where they are asked for.
func TestObserved(t *testing.T) {
	for _, values := range []bool{false, true} {
		t.Run(fmt.Sprint("values: ", values), func(t *testing.T) {
			c, access := start(t, accesstest.Config{})
			var s seen
			ctx := upstream.Observed(t.Context(), &upstream.Observer{Tell: s.tell, Values: values})
			ada, err := c.CreateUser(ctx, domain, attributes("ada"))
			if err != nil {
				t.Fatal(err)
			}
			created := s.take()
			if len(created) != 1 || created[0].Method != http.MethodPost || created[0].Status != http.StatusCreated ||
				created[0].Path != scimPath+"/Users" || created[0].Took <= 0 || created[0].Op != "create user" {
				t.Errorf("the creation is seen as %+v", created)
			}
			change := upstream.UserChange{Make: func(now upstream.User) (upstream.Attributes, error) {
				return upstream.Attributes{upstream.CorePath("title"): "marked value", upstream.CorePath("displayName"): nil}, nil
			}}
			access.AddFault(accesstest.Fault{Method: http.MethodPatch, Status: http.StatusServiceUnavailable, Count: 1})
			_, _ = c.UpdateUser(ctx, ada.ID, change)
			refused := s.take()
			if len(refused) == 0 || refused[len(refused)-1].Status != http.StatusServiceUnavailable {
				t.Errorf("the failure is seen as %+v", refused)
			}
			if _, err := c.UpdateUser(ctx, ada.ID, change); err != nil {
				t.Fatal(err)
			}
			exchanges := s.take()
			i := slices.IndexFunc(exchanges, func(x upstream.Exchange) bool { return x.Method == http.MethodPatch })
			if i < 0 || !slices.Contains(exchanges[i].Set, "title") || exchanges[i].Path != scimPath+"/Users/"+ada.ID {
				t.Fatalf("the change is seen as %+v", exchanges)
			}
			all, err := json.Marshal(slices.Concat(created, refused, exchanges))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(string(all), "marked value"); got != values {
				t.Errorf("values are seen: %t, want %t", got, values)
			}
			if _, err := c.User(t.Context(), ada.ID); err != nil || len(s.take()) != 0 {
				t.Errorf("a request that nobody asked to observe is seen (%v)", err)
			}
		})
	}
}

// TestObservedMembers counts who joins and who leaves.
func TestObservedMembers(t *testing.T) {
	c, _ := start(t, accesstest.Config{SeedUsers: 3})
	page, err := c.Users(t.Context(), 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	group := upstream.Group{DisplayName: "Sales", ExternalID: "g1"}
	for _, u := range page.Resources {
		group.Members = append(group.Members, upstream.Member{ID: u.ID})
	}
	var s seen
	ctx := upstream.Observed(t.Context(), &upstream.Observer{Tell: s.tell})
	made, err := c.CreateGroup(ctx, domain, group)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.UpdateGroup(ctx, made.ID, upstream.GroupChange{Make: func(now upstream.Group) (upstream.Group, error) {
		now.Members = now.Members[:1]
		return now, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	joined, left := 0, 0
	for _, x := range s.take() {
		joined, left = joined+x.Joined, left+x.Left
	}
	if joined != 3 || left != 2 {
		t.Errorf("%d joined and %d left, want 3 and 2", joined, left)
	}
}

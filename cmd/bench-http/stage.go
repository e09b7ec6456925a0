package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// The bodies of a creation, with a mark where a number belongs.
var (
	//go:embed user_okta.json
	oktaUser string
	//go:embed user_access.json
	accessUser string
)

// mark stands for a number of as many digits.
const mark = "##########"

// numbered is a text with n for each mark.
func numbered(text string, n int) string {
	return strings.ReplaceAll(text, mark, digits(n))
}

func digits(n int) string { return fmt.Sprintf("%0*d", len(mark), n) }

// object is a JSON object.
type object = map[string]any

// encode is a value as JSON. What this program makes always encodes.
func encode(value any) string {
	b, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// user and group are what Access holds.
type user struct {
	ID       string `json:"id"`
	UserName string `json:"userName"`
}

type group struct {
	id, name string
	outside  user // somebody who is not in it
}

// stage is what a scenario works on: for each connection a user and, if they have any
// members, a group.
type stage struct {
	*world
	users  []user
	groups []group
}

// cast is what has to be on a stage.
type cast struct {
	users  int // with all attributes
	groups int
	size   int // members of a group, who are the same people in each
}

// seeded is how many users the emulator makes by itself: members, and one outside for
// each group.
func (c cast) seeded() int {
	if c.groups == 0 {
		return 0
	}
	return c.size + c.groups
}

// set brings a cast on a stage.
func (w *world) set(ctx context.Context, c cast) (*stage, error) {
	s := &stage{world: w}
	for i := range c.users {
		u, err := w.createInAccess(ctx, "/Users", numbered(accessUser, i))
		if err != nil {
			return nil, err
		}
		s.users = append(s.users, u)
	}
	if c.groups == 0 {
		return s, nil
	}
	people, err := w.seededUsers(ctx)
	if err != nil {
		return nil, err
	}
	if len(people) != c.seeded() {
		return nil, fmt.Errorf("Access holds %d seeded users, want %d", len(people), c.seeded())
	}
	for i := range c.groups {
		name := fmt.Sprintf("Group %d", i)
		g, err := w.createInAccess(ctx, "/Groups", accessGroup(name, people[:c.size]))
		if err != nil {
			return nil, err
		}
		s.groups = append(s.groups, group{g.ID, name, people[c.size+i]})
	}
	return s, nil
}

// accessGroup is the body of a creation in Access.
func accessGroup(name string, people []user) string {
	members := make([]object, len(people))
	for i, u := range people {
		members[i] = object{"value": u.ID, "type": "User"}
	}
	return encode(object{"schemas": []string{accessCore, workspace}, "displayName": name, "members": members,
		workspace: object{"internalGroupType": "INTERNAL", "domain": domain}})
}

// createInAccess creates a user or a group at the emulator.
func (w *world) createInAccess(ctx context.Context, path, body string) (created user, _ error) {
	answer, err := w.askAccess(ctx, http.MethodPost, path, body, http.StatusCreated)
	if err != nil {
		return user{}, err
	}
	err = json.Unmarshal(answer, &created)
	return created, err
}

// askAccess sends a request to the emulator, not by way of the target.
func (w *world) askAccess(ctx context.Context, method, path, body string, want int) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, w.tenant+scimPath+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	req.Header.Set("Content-Type", "application/json")
	return do(req, want)
}

// seededUsers are the users that the emulator made by itself, in order.
func (w *world) seededUsers(ctx context.Context) (people []user, _ error) {
	for start := 1; ; {
		const query = "/Users?attributes=userName&count=1000&startIndex="
		body, err := w.askAccess(ctx, http.MethodGet, query+strconv.Itoa(start), "", http.StatusOK)
		if err != nil {
			return nil, err
		}
		var page struct {
			Total     int    `json:"totalResults"`
			Resources []user `json:"Resources"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, err
		}
		for _, u := range page.Resources {
			if strings.HasPrefix(u.UserName, "user-") {
				people = append(people, u)
			}
		}
		start += len(page.Resources)
		if len(page.Resources) == 0 || start > page.Total {
			return people, nil
		}
	}
}

// askTarget sends a request to the target, and reads the answer.
func (s *stage) askTarget(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header = s.kind.header(false, s.token)
	return do(req, http.StatusOK)
}

// places are where a text has marks.
func places(text []byte) (at []int) {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(mark))
		if i < 0 {
			return at
		}
		at = append(at, from+i)
		from += i + len(mark)
	}
}

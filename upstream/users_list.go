package upstream

import (
	"context"
	"errors"
	"sync/atomic"
)

// domainLayout is what the client has learnt about how Access reads and lists.
type domainLayout struct {
	// onlyOurs says that the last search of all users of the domains found none
	// that is not ours, so that Access's own paging can be used.
	onlyOurs atomic.Bool
	// unfiltered says that Access refuses to filter by domain or to sort.
	unfiltered atomic.Bool
	// unprojected says that Access refuses to be asked for some attributes only, and
	// wholeLists that it does not do so in lists of groups, or leaves too much out.
	unprojected, wholeLists atomic.Bool
}

// Users lists count users of ours from the 1-based start, in an order that does
// not depend on start and count: domain by domain, as they are configured.
//
// A page costs one request for each domain, where these hold no foreign users.
// To know that, the first call beyond the first page reads the whole list.
func (c *Client) Users(ctx context.Context, start, count int) (Page[User], error) {
	page, err := c.usersPage(ctx, start, count)
	if err != nil {
		return Page[User]{}, err
	}
	page.Resources, err = c.inOwnGroups(ctx, page.Resources)
	return page, err
}

func (c *Client) usersPage(ctx context.Context, start, count int) (Page[User], error) {
	layout := &c.memory.layout
	if (start <= 1 || layout.onlyOurs.Load()) && !layout.unfiltered.Load() && !c.recentUsers.unlisted() {
		page, ok, err := c.windows(ctx, max(start, 1), count)
		if ok || err != nil {
			return page, err
		}
	}
	all, err := c.allUsers(ctx)
	return slicePage(all, start, count), err
}

// windows reads a page that may stretch over several domains. It is not ok where
// one of its parts can't be trusted, or nothing at all was found, which may mean
// that the filter is not understood.
func (c *Client) windows(ctx context.Context, start, count int) (_ Page[User], ok bool, _ error) {
	var page Page[User]
	for _, domain := range c.domains {
		part, ok, err := c.window(ctx, domain, max(start-page.Total, 1), count-len(page.Resources))
		if !ok || err != nil {
			return Page[User]{}, false, err
		}
		page.Total += part.Total
		page.Resources = append(page.Resources, part.Resources...)
	}
	return page, page.Total > 0, nil
}

// slicePage cuts a page out of a whole list.
func slicePage[T any](all []T, start, count int) Page[T] {
	from := min(max(start, 1)-1, len(all))
	to := from + min(max(count, 0), len(all)-from)
	return Page[T]{Total: len(all), Resources: all[from:to]}
}

// domainSearch selects the users of one domain in a fixed order.
func domainSearch(domain string) search {
	return search{op: opListUsers, path: usersPath, key: byDomain, value: domain, sortBy: "userName"}
}

// window reads a page of one domain by Access's own paging. It is not ok when the
// page can't be trusted: a foreign user is in it, so offsets are not ours;
// or Access refuses the query.
func (c *Client) window(ctx context.Context, domain string, start, count int) (_ Page[User], ok bool, _ error) {
	var page Page[User]
	seen := map[string]bool{}
	for {
		answer, err := readPage[userRecord](ctx, c.access, domainSearch(domain),
			start+len(page.Resources), max(count-len(page.Resources), 1))
		if refusesQuery(err) {
			return Page[User]{}, false, nil
		}
		if err != nil {
			return Page[User]{}, false, err
		}
		if !allNew(answer.Resources, seen) || len(page.Resources) > 0 && answer.Total != page.Total {
			return Page[User]{}, false, nil // it changed while it was read
		}
		page.Total = answer.Total
		for _, record := range answer.Resources {
			u, ours := c.judgeUser(record)
			if !ours || u.Domain != domain {
				c.memory.layout.onlyOurs.Store(false)
				return Page[User]{}, false, nil
			}
			page.Resources = append(page.Resources, u)
		}
		got := len(page.Resources)
		switch {
		case got >= count || start+got > page.Total:
			page.Resources = page.Resources[:min(got, max(count, 0))]
			return page, true, nil
		case len(answer.Resources) == 0:
			return Page[User]{}, false, unavailable(opListUsers, errListEnds)
		}
	}
}

// refusesQuery reports whether Access does not take a search as it is. It answers 404
// to values of sortBy and count that it does not know (Omnissa Access OpenAPI).
func refusesQuery(err error) bool { return isRefusal(err) || errors.Is(err, ErrNoSuchPath) }

// allUsers reads all users of ours, with groups that nobody has judged, in the order in
// which window gives them.
func (c *Client) allUsers(ctx context.Context) ([]User, error) {
	g := gathering{keeps: true}
	if err := c.gather(ctx, &g); err != nil {
		return nil, err
	}
	return c.withRecentUsers(ctx, g.users, "", func(Attributes) bool { return true })
}

// learnUsers is allUsers for the judgement alone, which is remembered.
func (c *Client) learnUsers(ctx context.Context) error { return c.gather(ctx, &gathering{}) }

// gathering is what comes out of the lists of users.
type gathering struct {
	keeps       bool // else users are only counted
	users       []User
	ours, other int
}

// gather reads the users of each domain, or of the whole tenant where Access can't list
// those of a domain.
func (c *Client) gather(ctx context.Context, g *gathering) error {
	layout := &c.memory.layout
	unfiltered := layout.unfiltered.Load()
	if !unfiltered {
		err := c.gatherByDomain(ctx, g)
		if err == nil && g.ours > 0 || err != nil && !refusesQuery(err) {
			return err
		}
		unfiltered = err != nil
	}
	*g = gathering{keeps: g.keeps}
	if err := c.gatherFrom(ctx, search{op: opListUsers, path: usersPath}, g); err != nil {
		return err
	}
	sortUsers(g.users)
	layout.unfiltered.Store(unfiltered)
	return nil
}

func (c *Client) gatherByDomain(ctx context.Context, g *gathering) error {
	for _, domain := range c.domains {
		if err := c.gatherFrom(ctx, domainSearch(domain), g); err != nil {
			return err
		}
	}
	c.memory.layout.onlyOurs.Store(g.other == 0)
	return nil
}

// gatherFrom judges the users of a list, also of one that turns out not to be complete.
func (c *Client) gatherFrom(ctx context.Context, s search, g *gathering) error {
	before := *g
	return eachPage(ctx, c.access, s, func(records []userRecord, isFirst bool) {
		if isFirst {
			*g = before
		}
		for _, record := range records {
			u, ours := c.judgeUser(record)
			switch {
			case !ours || s.key == byDomain && u.Domain != s.value:
				g.other++
				continue
			case g.keeps:
				g.users = append(g.users, u)
			}
			g.ours++
		}
	})
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// loadCommand is the command for the first load: load [flags].
const loadCommand = "load"

// load is what the command line says about the first load.
type load struct {
	bench

	latency time.Duration
	scale   float64
	big     bool
}

func parseLoad(args []string, out io.Writer) (l load, err error) {
	flags := flag.NewFlagSet("bench-http load", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&l.program, "bin", "bin/ws1bridge", "`file` of the bridge")
	flags.DurationVar(&l.latency, "latency", 100*time.Millisecond, "how long Access takes for a request")
	flags.Float64Var(&l.scale, "scale", 1, "`share` of the people and groups")
	flags.BoolVar(&l.big, "big", false, "a group of 50,000 members and pages of 50,000 users, in place of the first load")
	if err := flags.Parse(args); err != nil {
		return l, err
	}
	if flags.NArg() > 0 || l.latency <= 0 || l.scale <= 0 || l.scale > 10 {
		return l, errors.New("wrong arguments; see bench-http load -h")
	}
	l.ports = newPorts()
	return l, nil
}

func runLoad(ctx context.Context, args []string, out io.Writer) error {
	l, err := parseLoad(args, out)
	if err != nil {
		return err
	}
	if l.big {
		return l.runBig(ctx, out)
	}
	_, _ = fmt.Fprintf(out, "first load, Access takes %v for a request; ideal is requests x latency / jobs\n\n%s",
		l.latency, heading(loadColumns()))
	for _, org := range orgs(l.scale) {
		results, err := l.firstLoad(ctx, org)
		if err != nil {
			return fmt.Errorf("%d jobs: %w", org.jobs, err)
		}
		for _, r := range results {
			_, _ = fmt.Fprint(out, line(loadColumns(), r.cells()))
		}
	}
	return nil
}

// org is who is pushed for the first time, and by how many jobs.
type org struct{ jobs, users, groups, size int }

// orgs are sized so that each takes two to three minutes at the scale of 1.
func orgs(scale float64) (all []org) {
	share := func(n, part int) int { return max(int(float64(n)/float64(part)*scale), 1) }
	for _, o := range []struct{ jobs, part int }{{1, 16}, {4, 4}, {16, 1}} {
		users := share(10_000, o.part)
		all = append(all, org{o.jobs, users, share(200, o.part), min(commonSize, users)})
	}
	return all
}

// loadResult is what was measured of a first load, or of a part of it.
type loadResult struct {
	cost

	what     string
	jobs     int
	latency  time.Duration
	repeated int64 // pushes
}

// firstLoad pushes everybody to a new bridge: a search and a creation for each user, and
// then a creation for each group. The last of the results is of both.
func (l *load) firstLoad(ctx context.Context, o org) (results []loadResult, _ error) {
	w, err := l.newWorld(ctx, bridge, 0, l.latency)
	if err != nil {
		return nil, err
	}
	defer w.stop()
	if err := l.startTarget(ctx, w); err != nil {
		return nil, err
	}
	okta := newOkta(w, o.jobs)
	defer okta.transport.CloseIdleConnections()
	var users []user
	all := loadResult{what: "both", jobs: o.jobs, latency: l.latency}
	for _, part := range []struct {
		what string
		push func() error
	}{
		{fmt.Sprintf("%d users", o.users), func() (err error) { users, err = okta.pushUsers(ctx, o.users); return err }},
		{fmt.Sprintf("%d groups", o.groups), func() error { return okta.pushGroups(ctx, o, users) }},
	} {
		c, err := w.costOf(ctx, part.push)
		if err != nil {
			return nil, err
		}
		repeated := okta.repeated.Load()
		results = append(results, loadResult{c, part.what, o.jobs, l.latency, repeated - all.repeated})
		all.cost, all.repeated = all.plus(c), repeated
	}
	return append(results, all), nil
}

// pushUsers pushes new users.
func (o *okta) pushUsers(ctx context.Context, n int) ([]user, error) {
	users := make([]user, n)
	err := o.each(ctx, n, func(ctx context.Context, i int) (err error) {
		users[i], err = o.pushUser(ctx, i)
		return err
	})
	return users, err
}

// pushGroups pushes new groups of users.
func (o *okta) pushGroups(ctx context.Context, org org, users []user) error {
	return o.each(ctx, org.groups, func(ctx context.Context, i int) error {
		// Neighbors have most of their members in common.
		people := make([]user, org.size)
		for k := range people {
			people[k] = users[(i*org.size/5+k)%len(users)]
		}
		_, err := o.push(ctx, http.MethodPost, "/Groups", oktaGroup(fmt.Sprintf("Group %d", i), people), http.StatusCreated)
		return err
	})
}

// pushUser looks for a user, who is not there, and creates them.
func (o *okta) pushUser(ctx context.Context, i int) (created user, _ error) {
	body := numbered(oktaUser, i)
	if err := json.Unmarshal([]byte(body), &created); err != nil {
		return user{}, err
	}
	if _, err := o.push(ctx, http.MethodGet, filtered(created.UserName), "", http.StatusOK); err != nil {
		return user{}, err
	}
	answer, err := o.push(ctx, http.MethodPost, "/Users", body, http.StatusCreated)
	if err != nil {
		return user{}, err
	}
	err = json.Unmarshal(answer, &created)
	return created, err
}

// oktaGroup is the body with which Okta creates a group.
func oktaGroup(name string, people []user) string {
	members := make([]object, len(people))
	for i, u := range people {
		members[i] = object{"value": u.ID, "display": u.UserName}
	}
	return encode(object{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"},
		"displayName": name, "members": members})
}

func loadColumns() []column {
	return []column{
		{"pushed", 11}, {"jobs", 4}, {"elapsed s", 9}, {"requests", 8}, {"ideal s", 7}, {"ideal/elapsed", 13},
		{"repeated", 8}, {"CPU s", 6}, {"emulator s", 10}, {"peak MB", 7},
	}
}

// ideal is how long the requests to Access take where each job has always one under way.
func (r loadResult) ideal() time.Duration {
	return time.Duration(r.requests) * r.latency / time.Duration(r.jobs)
}

func (r loadResult) cells() []string {
	return []string{
		r.what, strconv.Itoa(r.jobs), seconds(r.elapsed), strconv.Itoa(r.requests),
		seconds(r.ideal()), fmt.Sprintf("%.1f %%", 100*float64(r.ideal())/float64(r.elapsed)),
		strconv.FormatInt(r.repeated, 10), seconds(r.cpu), seconds(r.emulator), megabytes(r.memory),
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) }

package upstream

import (
	"context"
	"slices"
	"time"
)

// Exchange is one request to Access, and what came of it. Apart from Values it holds ids
// and names of attributes, and no value of any.
type Exchange struct {
	// Op is what it is for, such as "update user".
	Op string
	// Method and Path are those of the request; the path has no query.
	Method, Path string
	// Status is that of the answer, 0 where none came.
	Status int
	Took   time.Duration
	// Set and Cleared are the attributes that a change writes. A creation writes all of
	// the record, and has neither.
	Set, Cleared []string
	// Joined and Left are how many members come and go.
	Joined, Left int
	// Values are those of Set, where the observer asks for them: personal data.
	Values map[string]any
}

// Observer sees the requests to Access that are made for one caller.
type Observer struct {
	// Tell is told of each request when it is over. Requests may be made side by side,
	// and be over after what they were made for. Required.
	Tell func(Exchange)
	// Values lets Exchange have them.
	Values bool
}

type observerKey struct{}

// Observed returns a context whose requests to Access the observer sees.
func Observed(ctx context.Context, o *Observer) context.Context {
	return context.WithValue(ctx, observerKey{}, o)
}

// observe tells whoever observes ctx of a request.
func observe(ctx context.Context, r call, status int, took time.Duration) {
	o, _ := ctx.Value(observerKey{}).(*Observer)
	if o == nil {
		return
	}
	x := Exchange{Op: r.op, Method: r.method, Path: r.fullPath(), Status: status, Took: took}
	if !r.atRoot {
		x.Path = apiPath + x.Path
	}
	if b, ok := r.body.(body); ok {
		b.describe(&x, o.Values)
	}
	o.Tell(x)
}

// describe tells what the body writes.
func (b body) describe(x *Exchange, values bool) {
	for path, v := range b.set {
		name := path.String()
		x.Set = append(x.Set, name)
		if values {
			if x.Values == nil {
				x.Values = map[string]any{}
			}
			x.Values[name] = v
		}
	}
	slices.Sort(x.Set)
	for _, path := range b.cleared {
		x.Cleared = append(x.Cleared, path.String())
	}
	if b.leaving {
		x.Left = len(b.members)
	} else {
		x.Joined = len(b.members)
	}
}

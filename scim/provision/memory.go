package provision

import (
	"context"

	"ws1bridge/scim/guard"
	"ws1bridge/scim/problem"
)

// Creations remembers what is being created, from before the first request for it until
// the caller uses its id: until then its repetition is the same push, whatever became of
// the answer. It is safe for concurrent use.
type Creations interface {
	// Begin notes the creation of a name, with the externalId that was made up for it. It
	// returns that of an earlier attempt whose id nobody has used since, with the id if
	// it was answered, or this one.
	Begin(ctx context.Context, kind, name, externalID string) (counts, answered string)
	// Adopt tells that the creation goes on with what has another externalId.
	Adopt(kind, name, externalID string)
	// Made tells which id the creation is answered with.
	Made(ctx context.Context, kind, name, id string)
	// Used tells that the caller knows an id.
	Used(ctx context.Context, id string)
}

// Order puts writes to one record in order, also those of other copies of the bridge. It is
// safe for concurrent use.
type Order interface {
	// IsShared reports whether other copies keep to the order too.
	IsShared() bool
	// Lock waits until nobody else writes to what the keys name; release ends that, and
	// within is for what is done meanwhile. It is not ok where somebody does write for
	// longer than a write may wait, or ctx has ended.
	Lock(ctx context.Context, keys ...string) (within context.Context, release func(), ok bool)
}

// Guard judges changes that do damage in masses. It is safe for concurrent use.
type Guard interface {
	// Allow judges changes of a kind to what the keys name. Its error says why they are held back.
	Allow(ctx context.Context, kind guard.Kind, keys ...string) error
}

// Common is what users and groups have in common.
type Common struct {
	Creations Creations
	Order     Order
	Guard     Guard
}

// alone does a write while nobody else writes to what the keys name.
func alone(ctx context.Context, o Order, write func(context.Context) error, keys ...string) error {
	within, release, ok := o.Lock(ctx, keys...)
	switch {
	case !ok && ctx.Err() != nil:
		return context.Cause(ctx)
	case !ok:
		return problem.OtherWrite()
	}
	defer release()
	return write(within)
}

package upstream

import (
	"context"
	"errors"
	"net/http"

	"ws1bridge/upstream/keyed"
)

// collection is what writes to users and to groups have in common. Writes to one
// record happen one after the other.
type collection[T any] struct {
	access sender
	path   string
	// read reads a record of ours; ErrNotFound where there is none.
	read func(ctx context.Context, op, id string) (T, error)
	// lose is told of a record that is deleted.
	lose   func(id string)
	recent *recentWrites
	// drop forgets what was read of a record that is written.
	drop func(id string)

	writes *keyed.Lock
}

// hold reads a record and keeps it from other writers while use has it.
func (k *collection[T]) hold(
	ctx context.Context, op, id string, read func(context.Context) (T, error), use func(T) error,
) error {
	unlock, err := k.writes.Lock(ctx, id)
	if err != nil {
		return waitedTooLong(ctx, op)
	}
	defer unlock()
	current, err := read(ctx)
	if err != nil {
		return err
	}
	defer k.drop(id)
	return use(current)
}

// delete deletes a record, unless allow fails for what Access holds; its error
// is returned as it is.
func (k *collection[T]) delete(ctx context.Context, op, id string, allow func(T) error) error {
	read := func(ctx context.Context) (T, error) { return k.read(ctx, op, id) }
	return k.hold(ctx, op, id, read, func(current T) error {
		if err := allow(current); err != nil {
			return err
		}
		k.recent.mayBeGone(id)
		err := k.access.send(ctx, call{op: op, method: http.MethodDelete, path: k.path, id: id}, nil)
		if isUnconfirmed(err) || errors.Is(err, ErrNotFound) {
			err = k.unlessGone(ctx, op, id, err)
		}
		if err == nil {
			k.lose(id)
			k.recent.remove(id)
		}
		return err
	})
}

// unlessGone is the failure of a deletion, or nil where the record is gone: somebody
// else may have been faster, and a gateway may say 404 for whatever it is asked.
func (k *collection[T]) unlessGone(ctx context.Context, op, id string, failure error) error {
	switch _, err := k.read(ctx, op, id); {
	case errors.Is(err, ErrNotFound):
		return nil
	case errors.Is(failure, ErrNotFound):
		return markInDoubt(lagging(op))
	}
	return failure
}

// isUnconfirmed reports whether err is an answer of success that does not confirm
// the write.
func isUnconfirmed(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.InDoubt && e.Status/100 == 2
}

// patchTries is how often a change is sent that Access answers without confirming it.
const patchTries = 2

// patch sends a change until Access confirms it, or shows a record to which it is
// applied. out is as in sender.
func (k *collection[T]) patch(ctx context.Context, r call, out any, applied func(T) bool) (err error) {
	r.method, r.path = http.MethodPatch, k.path
	for range patchTries {
		if err = k.access.send(ctx, r, out); !isUnconfirmed(err) {
			return err
		}
		if current, readErr := k.read(ctx, r.op, r.id); readErr != nil {
			return err
		} else if applied(current) {
			return nil
		}
	}
	return err
}

// orStillThere is the failure of a change. That the record is not found is believed only
// where it is not there to be read, either.
func (k *collection[T]) orStillThere(ctx context.Context, op, id string, failure error) error {
	if !errors.Is(failure, ErrNotFound) {
		return failure
	}
	if _, err := k.read(ctx, op, id); err != nil {
		return err
	}
	return unavailable(op, errors.New("Access does not find a record that it shows"))
}

// get reads the record of a call into out, ours or not.
func (c *Client) get(ctx context.Context, r call, out any) error {
	if !plausibleID(r.id) {
		return notFound(r.op)
	}
	r.method = http.MethodGet
	return c.access.send(ctx, r, out)
}

// plausibleID reports whether id can be an id of Access (a UUID today). What
// cannot be one is not worth a request, and never becomes part of a URL.
func plausibleID(id string) bool { return id != "" && len(id) <= 128 && IsID(id) }

// IsID reports whether a text is of characters that ids are made of: letters, digits, hyphens
// and underscores.
func IsID(text string) bool {
	for _, c := range []byte(text) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', 'A' <= c && c <= 'Z', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

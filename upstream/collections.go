package upstream

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// collection is what writes to users and to groups have in common. Writes to one
// record happen one after the other.
type collection[T any] struct {
	access sender
	path   string
	// read reads a record of ours; ErrNotFound where there is none.
	read func(ctx context.Context, op, id string) (T, error)
	// lose is told of a record that is deleted.
	lose func(id string)

	writes keyedLock
}

// hold reads a record and keeps it from other writers while use has it.
func (k *collection[T]) hold(ctx context.Context, op, id string, use func(T) error) error {
	unlock, err := k.writes.lock(ctx, id)
	if err != nil {
		return waitedTooLong(ctx, op)
	}
	defer unlock()
	current, err := k.read(ctx, op, id)
	if err != nil {
		return err
	}
	return use(current)
}

// delete deletes a record, unless allow fails for what Access holds; its error
// is returned as it is.
func (k *collection[T]) delete(ctx context.Context, op, id string, allow func(T) error) error {
	return k.hold(ctx, op, id, func(current T) error {
		if err := allow(current); err != nil {
			return err
		}
		err := k.access.send(ctx, call{op: op, method: http.MethodDelete, path: k.path + "/" + url.PathEscape(id)}, nil)
		k.lose(id)
		if errors.Is(err, ErrNotFound) {
			return nil // somebody else was faster: what was asked for is so
		}
		return err
	})
}

func (k *collection[T]) patch(ctx context.Context, op, id string, b body) error {
	r := call{op: op, method: http.MethodPatch, path: k.path + "/" + url.PathEscape(id), body: b}
	return k.access.send(ctx, r, nil)
}

// get reads the record with that id into out, ours or not.
func (c *Client) get(ctx context.Context, op, path, id string, out any) error {
	if !plausibleID(id) {
		return notFound(op)
	}
	return c.access.send(ctx, call{op: op, method: http.MethodGet, path: path + "/" + url.PathEscape(id)}, out)
}

// plausibleID reports whether id can be an id of Access (a UUID today). What
// cannot be one is not worth a request, and never becomes part of a URL.
func plausibleID(id string) bool {
	const characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	return id != "" && len(id) <= 128 && strings.Trim(id, characters) == ""
}

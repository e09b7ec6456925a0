package login

import (
	"context"

	"ws1bridge/upstream"
)

// ReadBack compares what Access shows with a plan, as Apply does after it wrote.
func ReadBack(ctx context.Context, p Plan, c *upstream.Client) (Done, error) {
	return p.readBack(ctx, c, Done{ID: p.ID}, nil)
}

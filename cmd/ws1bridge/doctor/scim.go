package doctor

import (
	"context"
	"errors"

	"ws1bridge/upstream"
)

// checkRead looks whether the role may read users, without which the bridge can
// do nothing.
func (d *Doctor) checkRead(ctx context.Context) verdict {
	if err := d.access.client.Ready(ctx); err != nil {
		return failed(explainSCIM("reading users", err))
	}
	return ok("users can be read")
}

// explainSCIM is Explain for what every role of the bridge must allow.
func explainSCIM(what string, err error) (finding, fix string) {
	finding, fix = Explain(what, err)
	if errors.Is(err, upstream.ErrNotPermitted) && fix == superAdmin {
		fix = "give the OAuth client an admin role in Access that may manage users and groups, such as Super Admin"
	}
	return finding, fix
}

package history

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"ws1bridge/auth/loopback"
	"ws1bridge/auth/neterr"
	"ws1bridge/scim/journal"
)

// Remote is the journal of a running bridge on this machine.
type Remote struct {
	// Address is that of ops_listen.
	Address string
}

// maxPage bounds what a bridge is believed to answer, in bytes.
const maxPage = 64 << 20

// Find asks the bridge.
func (r Remote) Find(ctx context.Context, q journal.Query) ([]journal.Record, error) {
	var p page
	err := Ask(ctx, http.MethodGet, r.Address, Path+"?"+encode(q), &p)
	return p.Records, err
}

// Ask asks the running bridge on this machine whose ops_listen is an address for what is at a
// path, and reads its answer.
func Ask(ctx context.Context, method, address, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	address, err := loopback.ToReach(address)
	if err != nil {
		return fmt.Errorf("ops_listen: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+address+path, nil)
	if err != nil {
		return err
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req) // without a proxy
	if err != nil {
		return fmt.Errorf("no bridge answers at %s: %w; it is asked because journal.url is not set",
			address, neterr.Class(ctx, err))
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxPage))
	if err != nil {
		return fmt.Errorf("the bridge: %w", neterr.Class(ctx, err))
	}
	if res.StatusCode != http.StatusOK {
		var said failure
		_ = json.Unmarshal(b, &said) // without it the status has to do
		return errors.New(cmp.Or(said.Error, fmt.Sprintf("the bridge answers %d", res.StatusCode)))
	}
	if err := json.Unmarshal(b, into); err != nil {
		return errors.New("what answers at ops_listen is no bridge that knows what it is asked")
	}
	return nil
}

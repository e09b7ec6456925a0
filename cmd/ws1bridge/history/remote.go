package history

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

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
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	host, port, err := net.SplitHostPort(r.Address)
	if err != nil {
		return nil, fmt.Errorf("ops_listen: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	where := "http://" + net.JoinHostPort(host, port) + Path + "?" + encode(q)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return nil, err
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req) // without a proxy
	if err != nil {
		return nil, fmt.Errorf("no bridge answers at %s: %w; it is asked because journal.url is not set",
			net.JoinHostPort(host, port), neterr.Class(ctx, err))
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxPage))
	if err != nil {
		return nil, fmt.Errorf("the bridge: %w", neterr.Class(ctx, err))
	}
	if res.StatusCode != http.StatusOK {
		var said failure
		_ = json.Unmarshal(b, &said) // without it the status has to do
		return nil, errors.New(cmp.Or(said.Error, fmt.Sprintf("the bridge answers %d", res.StatusCode)))
	}
	var p page
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, errors.New("what answers at ops_listen is no bridge that has a journal")
	}
	return p.Records, nil
}

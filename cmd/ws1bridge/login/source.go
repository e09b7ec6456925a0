package login

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ws1bridge/auth/neterr"
	"ws1bridge/cmd/ws1bridge/regular"
)

const (
	// maxMetadata bounds metadata in bytes; that of an identity provider has a few KB.
	maxMetadata = 1 << 20
	// metadataTimeout bounds the reading of it.
	metadataTimeout = 30 * time.Second
)

// FetchMetadata reads metadata from a file, or from an https address.
func FetchMetadata(ctx context.Context, client *http.Client, source string) ([]byte, error) {
	if !strings.Contains(source, "://") {
		text, err := regular.Read(source, maxMetadata, "metadata of one identity provider")
		if err != nil {
			return nil, problem("the metadata cannot be read: "+err.Error(), "give a file that Okta's metadata was saved to")
		}
		return text, nil
	}
	u, err := url.Parse(source)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, problem("--metadata is neither a file nor an https address", whereMetadata)
	}
	ctx, cancel := context.WithTimeout(ctx, metadataTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, source, nil)
	if err != nil {
		return nil, problem("--metadata is not an address", whereMetadata)
	}
	return fetch(client, req)
}

// byHand is what to do where the address cannot be asked.
const byHand = "open the Metadata URL of Okta's app in a browser, save what it shows, and give the file"

func fetch(client *http.Client, req *http.Request) ([]byte, error) {
	safe := *client
	safe.CheckRedirect = func(next *http.Request, _ []*http.Request) error {
		if next.URL.Scheme != "https" {
			return errors.New("redirect to plain http")
		}
		return nil
	}
	res, err := safe.Do(req)
	if err != nil {
		return nil, problem("the metadata cannot be read from "+req.URL.Host+": "+neterr.Class(req.Context(), err).Error(),
			byHand)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, problem(fmt.Sprintf("%s answers %d instead of metadata", req.URL.Host, res.StatusCode), byHand)
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, maxMetadata+1))
	switch {
	case err != nil:
		return nil, problem("the metadata breaks off: "+neterr.Class(req.Context(), err).Error(), byHand)
	case len(text) > maxMetadata:
		return nil, notMetadata("it is larger than 1 MiB")
	}
	return text, nil
}

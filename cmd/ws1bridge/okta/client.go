// Package okta is Okta as the bridge meets it: it sends the requests that Okta
// sends, for the demo and for tests. It knows nothing of the bridge but its URL
// and a token.
package okta

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Client pushes to one bridge.
type Client struct {
	// Base is the SCIM base URL, and Token the bearer token.
	Base, Token string
}

// Reply is what the bridge answered.
type Reply struct {
	Status     int
	RetryAfter string
	Body       Object
}

// Request is a request as Okta sends it. body may be nil.
func (c Client) Request(ctx context.Context, method, path string, body any) (*http.Request, error) {
	var payload io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		payload = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, payload)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	req.Header.Set("Accept", "application/scim+json")
	req.Header.Set("User-Agent", "Okta SCIM Client 1.0.0")
	if body != nil {
		req.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	return req, nil
}

// Send sends a request and reads the answer.
func (c Client) Send(ctx context.Context, method, path string, body any) (Reply, error) {
	req, err := c.Request(ctx, method, path, body)
	if err != nil {
		return Reply{}, err
	}
	res, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return Reply{}, err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Status: res.StatusCode, RetryAfter: res.Header.Get("Retry-After")}
	if len(b) == 0 {
		return reply, nil
	}
	if err := json.Unmarshal(b, &reply.Body); err != nil {
		return reply, fmt.Errorf("%s %s: the answer is not JSON: %w", method, path, err)
	}
	return reply, nil
}

// ID is the id of the resource that was answered.
func (r Reply) ID() string {
	id, _ := r.Body["id"].(string)
	return id
}

// Filtered is the path of Okta's search for one resource.
func Filtered(path, attribute, value string) string {
	return path + "?filter=" + url.QueryEscape(attribute+` eq "`+value+`"`) + "&startIndex=1&count=100"
}

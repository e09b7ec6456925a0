package auth

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
)

// credentials are those of the OAuth client, which can be in a Basic header in two
// forms: form-encoded, as RFC 6749 section 2.3.1 has it, and raw, as servers take
// them that do not decode. Access does not document which it takes.
type credentials struct {
	id, secret string
	raw        atomic.Bool // that form was the one that worked last
}

// over sends token requests in the form that worked last, at first the encoded one,
// and once more in the other form where the server refuses the client.
func (c *credentials) over(base http.RoundTripper) http.RoundTripper {
	if url.QueryEscape(c.id) == c.id && url.QueryEscape(c.secret) == c.secret || strings.Contains(c.id, ":") {
		return base // there is one form: in the raw one, a colon ends the id (RFC 7617 section 2)
	}
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		raw := c.raw.Load()
		res, err := base.RoundTrip(c.sign(req, raw))
		if err != nil || !refusesClient(res) {
			return res, err
		}
		again, err := repeatable(req)
		if again == nil || err != nil {
			return res, nil //nolint:nilerr // the refusal is what is known
		}
		other, err := base.RoundTrip(c.sign(again, !raw))
		if err != nil || other.StatusCode/100 != 2 || refusesClient(other) {
			return res, nil //nolint:nilerr // the refusal is what is known
		}
		c.raw.Store(!raw)
		return other, nil
	})
}

// roundTrip is a function as an http.RoundTripper.
type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// sign returns a request with the credentials in one of the forms.
func (c *credentials) sign(req *http.Request, raw bool) *http.Request {
	if !raw {
		return req // as package oauth2 made it
	}
	req = req.Clone(req.Context())
	req.SetBasicAuth(c.id, c.secret)
	return req
}

// refusesClient reports whether an answer of answerGuard, which is in memory, says
// that the client is not known by these credentials.
func refusesClient(res *http.Response) bool {
	body, _ := io.ReadAll(res.Body)
	res.Body = io.NopCloser(strings.NewReader(string(body)))
	var answer tokenAnswer
	return res.StatusCode == http.StatusUnauthorized ||
		json.Unmarshal(body, &answer) == nil && answer.ErrorCode == "invalid_client"
}

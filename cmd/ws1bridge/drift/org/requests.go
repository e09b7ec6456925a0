package org

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ws1bridge/auth/neterr"
	"ws1bridge/cmd/ws1bridge/drift"
)

const (
	// maxAnswer bounds a page, in bytes: 1,000 members have some 2 MB.
	maxAnswer = 32 << 20
	// maxAttempts is how often a request is made that Okta asks to repeat, or fails.
	maxAttempts = 6
	// maxWait bounds how long Okta's limit of requests is waited for: it begins anew each
	// minute.
	maxWait = 90 * time.Second
	// sparedShare is the part of Okta's limit of requests that is left to others: a tenth.
	sparedShare = 10
)

// get reads what is at a path. next is the path of the following page, "" after the last. A token
// may end, or be revoked, before its time: one that Okta does not take is replaced once.
func (o *Org) get(ctx context.Context, path string, into any) (next string, err error) {
	isRenewed := false
	for attempt := 1; ; attempt++ {
		as, wait, err := o.As.authorization(ctx)
		if err == nil {
			next, wait, err = o.try(ctx, path, as, into)
		}
		if errors.Is(err, errUnauthorized) && !isRenewed && o.As.drop(as) {
			isRenewed = true
			continue
		}
		if err == nil || wait == 0 || attempt >= maxAttempts {
			return next, err
		}
		if err := pause(ctx, wait); err != nil {
			return "", err
		}
	}
}

// pause waits, or fails when ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// try makes one request, with a header Authorization. wait is how long to wait before another one, 0
// where that is no use.
func (o *Org) try(ctx context.Context, path, as string, into any) (next string, wait time.Duration, _ error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(o.URL, "/")+path, nil)
	if err != nil {
		return "", 0, errors.New("okta.org_url is no URL")
	}
	req.Header.Set("Authorization", as)
	req.Header.Set("Accept", "application/json")
	res, err := o.HTTPClient.Do(req)
	if err != nil {
		return "", time.Second, fmt.Errorf("okta cannot be reached: %w", neterr.Class(ctx, err))
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return "", time.Second, fmt.Errorf("okta cannot be read: %w", neterr.Class(ctx, err))
	case len(body) > maxAnswer:
		return "", 0, fmt.Errorf("okta answers with more than %d bytes", maxAnswer)
	case res.StatusCode == http.StatusTooManyRequests:
		return "", untilReset(res.Header, time.Now()), errors.New("okta asks to slow down")
	case res.StatusCode >= http.StatusInternalServerError:
		return "", time.Second, fmt.Errorf("okta has an error of its own (%d)", res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return "", 0, o.refused(path, res.StatusCode, body)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // as a push is read
	if err := decoder.Decode(into); err != nil {
		return "", 0, errNotDocumented
	}
	if err := o.spareLimit(ctx, res.Header); err != nil {
		return "", 0, err
	}
	next, err = o.nextPage(res.Header)
	return next, 0, err
}

// spareLimit waits where little is left of Okta's limit of requests, which others need, too.
func (*Org) spareLimit(ctx context.Context, h http.Header) error {
	limit, err := strconv.Atoi(h.Get("X-Rate-Limit-Limit"))
	left, leftErr := strconv.Atoi(h.Get("X-Rate-Limit-Remaining"))
	isTold := err == nil && leftErr == nil
	if !isTold || left*sparedShare >= limit {
		return nil
	}
	return pause(ctx, untilReset(h, time.Now()))
}

var errNotDocumented = errors.New("okta answered with something else than the JSON that it documents")

// errUnauthorized says that Okta does not take the header Authorization.
var errUnauthorized = errors.New("okta does not know who asks")

// refused is why Okta refuses a request, with what to do.
func (o *Org) refused(path string, status int, body []byte) error {
	var said struct {
		ErrorCode string `json:"errorCode"`
	}
	_ = json.Unmarshal(body, &said) // without it the status has to do
	if !oktaCode.MatchString(said.ErrorCode) {
		said.ErrorCode = ""
	}
	isNotFound := status == http.StatusNotFound && said.ErrorCode == codeNotFound
	answers := strings.TrimSpace(fmt.Sprintf("okta answers %d %s", status, said.ErrorCode))
	fix := ""
	switch {
	case status == http.StatusUnauthorized:
		return fmt.Errorf("%w: %s: %s", errUnauthorized, answers, o.As.fix(status))
	case status == http.StatusForbidden:
		fix = ": " + o.As.fix(status)
	case isNotFound && strings.HasPrefix(path, "/api/v1/groups/"):
		return drift.ErrNoGroup
	case isNotFound && strings.Contains(path, "/users/"):
		return drift.ErrNotAssigned
	case status/100 == 3:
		fix = ": see that okta.org_url is the address of the org itself"
	case status == http.StatusNotFound:
		fix = ": see that okta.app_id is the id of the app, which its address in Okta's console has"
	}
	return errors.New(answers + fix)
}

// oktaCode is the form of an error of Okta. Nothing else of its answer is quoted: it may be
// anything.
var oktaCode = regexp.MustCompile(`^E\d{7}$`)

// codeNotFound says that Okta has no such resource (Okta error codes).
const codeNotFound = "E0000007"

// untilReset is how long Okta's limit lasts, by Okta's own clock where it tells that.
func untilReset(h http.Header, now time.Time) time.Duration {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	seconds, err := strconv.ParseInt(h.Get("X-Rate-Limit-Reset"), 10, 64)
	if err != nil {
		return 5 * time.Second
	}
	return min(max(time.Unix(seconds, 0).Sub(now)+time.Second, time.Second), maxWait)
}

var errOtherHost = errors.New("okta's next page is at another host, to which the token is not sent")

// nextPage is the path of the next page (RFC 8288), "" where there is none.
func (o *Org) nextPage(h http.Header) (string, error) {
	for _, value := range h.Values("Link") {
		for link := range strings.SplitSeq(value, ",") {
			target, params, _ := strings.Cut(strings.TrimSpace(link), ">")
			if !strings.Contains(params, `rel="next"`) {
				continue
			}
			u, err := url.Parse(strings.TrimPrefix(target, "<"))
			org, orgErr := url.Parse(o.URL)
			if err != nil || orgErr != nil || u.Host != org.Host {
				return "", errOtherHost
			}
			return u.RequestURI(), nil
		}
	}
	return "", nil
}

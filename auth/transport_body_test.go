package auth_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/auth"
)

func TestTransportClosesTheBodyWithoutAToken(t *testing.T) {
	want := &auth.Error{Kind: auth.ErrCredentials, Status: http.StatusUnauthorized}
	tokens, access := &counter{fail: want, drops: 1}, &api{}
	closed := false
	transport := &auth.Transport{Source: tokens, Host: "TENANT.example", Base: access}
	_, err := transport.RoundTrip(request(t, closer{strings.NewReader("b"), func() { closed = true }}))
	if !errors.Is(err, auth.ErrCredentials) || !closed || len(access.seen) > 0 {
		t.Errorf("error = %v, closed = %t, requests = %v", err, closed, access.seen)
	}
}

func TestBodyThatFailsToRewindIsAnError(t *testing.T) {
	want := errors.New("gone")
	access := &api{status: func(string) int { return http.StatusUnauthorized }}
	transport := &auth.Transport{Source: &counter{}, Host: "tenant.example", Base: access}
	req := request(t, strings.NewReader("b"))
	req.GetBody = func() (io.ReadCloser, error) { return nil, want }
	if _, err := transport.RoundTrip(req); !errors.Is(err, want) || len(access.seen) != 1 || access.closed != 1 {
		t.Errorf("error = %v, requests = %d, closed = %d", err, len(access.seen), access.closed)
	}
}

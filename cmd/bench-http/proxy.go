package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"time"
)

// proxyCommand is the hidden command as which this program is the proxy that it
// measures: proxy ADDRESS URL.
const proxyCommand = "proxy"

// serveProxy runs the yardstick on an address until ctx ends: a reverse proxy that
// knows nothing of what it forwards, but has all of a request before it sends it, and
// all of an answer, as the bridge must.
func serveProxy(ctx context.Context, address, target string) error {
	to, err := url.Parse(target)
	if err != nil {
		return err
	}
	server := &http.Server{Addr: address, Handler: newProxy(to), ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func newProxy(to *url.URL) http.Handler {
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(to) },
		Transport:      &http.Transport{MaxIdleConnsPerHost: 64},
		ModifyResponse: bufferAnswer,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		proxy.ServeHTTP(w, r)
	})
}

func bufferAnswer(res *http.Response) error {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if len(body) > 0 {
		res.Header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	return nil
}

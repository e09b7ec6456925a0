package neterr

import (
	"net/http"
	"net/url"
	"strings"
)

// RedirectHost is the host that a redirect leads to, "" where it names none that can be one.
func RedirectHost(res *http.Response) string {
	const characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:"
	target, err := url.Parse(res.Header.Get("Location"))
	if err != nil || strings.Trim(target.Host, characters) != "" || len(target.Host) > 253 {
		return ""
	}
	return target.Host
}

// Package loopback tells the addresses of this machine, which nobody else reaches: what is
// secret may go there in clear.
package loopback

import (
	"net"
	"strings"
)

// Is reports whether a host, with or without a port, is this machine.
func Is(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

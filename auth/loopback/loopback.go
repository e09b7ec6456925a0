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

// ToReach is the address by which a program on this machine reaches one that listens at an
// address: one of loopback where it listens everywhere.
func ToReach(listens string) (address string, _ error) {
	host, port, err := net.SplitHostPort(listens)
	if err != nil {
		return "", err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

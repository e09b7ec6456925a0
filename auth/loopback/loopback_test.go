package loopback

import "testing"

func TestIs(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:9090": true, "127.8.9.1": true, "::1": true, "[::1]": true, "[::1]:80": true,
		"localhost": true, "LocalHost:80": true, "::ffff:127.0.0.1": true,
		"": false, ":9090": false, "0.0.0.0:9090": false, "[::]:80": false, "10.0.0.1": false,
		"localhost.example.com": false, "127.0.0.1.example.com": false, "bridge:80": false, "127.0.0.1:80:90": false,
	} {
		if got := Is(address); got != want {
			t.Errorf("Is(%q) = %v", address, got)
		}
	}
}

func TestToReach(t *testing.T) {
	for listens, want := range map[string]string{
		":9090": "127.0.0.1:9090", "0.0.0.0:9090": "127.0.0.1:9090", "[::]:80": "127.0.0.1:80", "[::1]:80": "[::1]:80",
		"10.0.0.1:80": "10.0.0.1:80", "bridge:80": "bridge:80", "9090": "", "": "",
	} {
		if got, err := ToReach(listens); got != want || (err != nil) != (want == "") {
			t.Errorf("ToReach(%q) = %q, %v; want %q", listens, got, err, want)
		}
	}
}

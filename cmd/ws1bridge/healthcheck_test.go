package main

import (
	"net/http"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

// A page takes the place of the bridge's own, and of what the configuration says.
func TestHealthcheckOfAPage(t *testing.T) {
	emulator := accesstest.Start(t, accesstest.Config{ClientID: "bridge", ClientSecret: cmdtest.Secret})
	const usage = "ws1bridge: --url takes an address such as http://127.0.0.1:8444/modes\n"
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	for name, tt := range map[string]struct {
		url        string
		want       int
		wantStderr string
	}{
		"an emulator":               {url: emulator.ControlURL + "/modes"},
		"a page that is not there":  {url: emulator.ControlURL + "/nothing", want: exitFailed, wantStderr: " answers 404\n"},
		"nobody there":              {url: "http://127.0.0.1:1/modes", want: exitFailed, wantStderr: "127.0.0.1:1 does not"},
		"an address without scheme": {url: "127.0.0.1:8444", want: exitUsage, wantStderr: usage},
		"a scheme without host":     {url: "http:///modes", want: exitUsage, wantStderr: usage},
		"nothing":                   {url: "", want: exitUsage, wantStderr: usage},
		"HTTPS":                     {url: "https://127.0.0.1:8444/", want: exitUsage, wantStderr: usage},
		"a password":                {url: "http://user:hush@127.0.0.1/", want: exitUsage, wantStderr: usage},
		"an impossible address":     {url: "http://127.0.0.1:port/", want: exitUsage, wantStderr: usage},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, []string{"WS1BRIDGE_LISTEN=no address"}, "healthcheck", "--url", tt.url)
			if got := p.end(t); got != tt.want {
				t.Errorf("exit code %d, want %d", got, tt.want)
			}
			if got := p.stderr.String(); !strings.Contains(got, tt.wantStderr) || tt.wantStderr == "" && got != "" {
				t.Errorf("standard error %q, want %q", got, tt.wantStderr)
			}
		})
	}
}

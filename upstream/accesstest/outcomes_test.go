package accesstest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// TestGateways has what firewalls and proxies answer in place of Access.
func TestGateways(t *testing.T) {
	tests := []struct {
		name   string
		fault  accesstest.Fault
		header string
		want   string
	}{
		{"a login is asked for", accesstest.Fault{Status: 401, Body: "foreign"}, "Location", ""},
		{"a page blocks", accesstest.Fault{Status: 403, Body: "html"}, "Content-Type", "text/html"},
		{"the path is unknown", accesstest.Fault{Status: 404, Body: "foreign"}, "Content-Type", "application/json"},
		{"the method is not allowed", accesstest.Fault{Status: 405, Body: "html"}, "Content-Type", "text/html"},
		{"the proxy wants credentials", accesstest.Fault{Status: 407, Body: "html"}, "Proxy-Authenticate",
			`Basic realm="proxy"`},
		{"the method is unknown", accesstest.Fault{Status: 501, Body: "html"}, "Content-Type", "text/html"},
		{"a redirect to a portal", accesstest.Fault{Status: 302, Body: "html"}, "Location",
			"https://portal.network.example/login"},
		{"a redirect with JSON", accesstest.Fault{Status: 307, Body: "maintenance"}, "Content-Type", "application/json"},
		{"a redirect to another host", accesstest.Fault{Status: 308, Location: "https://new.example/x"}, "Location",
			"https://new.example/x"},
		{"accepted", accesstest.Fault{Status: 202}, "Content-Type", ""},
		{"not authoritative", accesstest.Fault{Status: 203, Apply: true, Body: "served"}, "Content-Type", "application/json"},
		{"no content", accesstest.Fault{Status: 204, Apply: true}, "Content-Type", ""},
		{"partial content", accesstest.Fault{Status: 206, Apply: true, Body: "served"}, "Content-Type", "application/json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{})
			tn.AddFault(tt.fault)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, tn.URL+usersPath, nil)
			r.RequestURI = ""
			r.Header.Set("Authorization", "Bearer "+tn.token)
			connection := &http.Transport{DisableKeepAlives: true}
			got, err := connection.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer got.Body.Close()
			recorded := httptest.NewRecorder()
			tn.Handler().ServeHTTP(recorded, r)
			for way, answer := range map[string]*http.Response{"over a connection": got, "in process": recorded.Result()} {
				if answer.StatusCode != tt.fault.Status || answer.Header.Get(tt.header) != tt.want {
					t.Errorf("%s: got %d with %s %q, want %q", way, answer.StatusCode, tt.header, answer.Header.Get(tt.header),
						tt.want)
				}
			}
		})
	}
}

// A 101 leaves the connection to whoever asked for it, and it ends with the emulator.
func TestSwitchingProtocols(t *testing.T) {
	ended := make(chan struct{})
	t.Run("while the emulator runs", func(t *testing.T) {
		tn := start(t, accesstest.Config{})
		tn.control(http.StatusCreated, http.MethodPost, "/faults", `{"method":"POST","status":101,"apply":true}`)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, tn.URL+usersPath, http.NoBody)
		r.RequestURI = ""
		got, err := new(http.Transport).RoundTrip(r)
		if err != nil || got.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("got %v, %v", got, err)
		}
		go func() {
			defer close(ended)
			_, _ = io.Copy(io.Discard, got.Body)
			_ = got.Body.Close()
		}()
		recorded := httptest.NewRecorder()
		tn.Handler().ServeHTTP(recorded, r)
		same(t, recorded.Code, `101`)
		for _, request := range tn.Requests() {
			same(t, request.Status, `101`)
		}
		select {
		case <-ended:
			t.Error("the connection ended")
		default:
		}
	})
	<-ended
}

package accesstest

import "net/http"

// serveHealth needs no token. VMware's own command-line client wants allOk in the text, a public
// script wants AllOk to be "true".
func serveHealth(w http.ResponseWriter, _ *http.Request) {
	answer{status: http.StatusOK, body: object{"AllOk": "true", "allOk": true}}.write(w)
}

// serveHeartbeat is what load balancers probe. The text is chosen: not documented.
func serveHeartbeat(w http.ResponseWriter, _ *http.Request) {
	answer{status: http.StatusOK, contentType: "text/plain", body: []byte("ok")}.write(w)
}

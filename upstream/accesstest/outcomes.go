package accesstest

import (
	"context"
	"io"
	"net/http"
	"strconv"
)

// portal is where a redirect leads that does not say: the page on which a guest of a network logs in.
const portal = "https://portal.network.example/login"

// outcome runs the request as far as the fault lets it and returns what is answered. The zero Fault
// lets it be served.
func (f Fault) outcome(tenant http.Handler, r *http.Request) *reply {
	spoiler := spoilers[f.Body]
	out := newReply()
	if f.Apply || f.Status == 0 && !f.Drop {
		asked := r
		if spoiler.ask != nil {
			asked = spoiler.ask(r)
		}
		tenant.ServeHTTP(out, asked)
	}
	if f.Drop {
		return &reply{cut: true}
	}
	if f.Status != 0 {
		out = f.refusal(out, spoiler.keeps)
	}
	if spoiler.spoil != nil {
		spoiler.spoil(out, r)
	}
	if f.Status == 0 && out.status == http.StatusNoContent && out.body.Len() > 0 {
		out.status = http.StatusOK // a 204 has no body (RFC 9110 section 15.3.5)
	}
	if f.ContentType != "" {
		out.header.Set("Content-Type", f.ContentType)
	}
	return out
}

// refusal is the fault's own answer. A success may show what the request was served with.
func (f Fault) refusal(served *reply, keep bool) *reply {
	out := newReply()
	out.status = f.Status
	switch {
	case f.Status >= http.StatusMultipleChoices:
		out.says(faultBody, typeJSON)
	case keep:
		out.header, out.body = served.header, served.body
	}
	if f.RetryAfter > 0 {
		out.header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	switch {
	case f.Status == http.StatusProxyAuthRequired: // which must have it (RFC 9110 section 15.5.8)
		out.header.Set("Proxy-Authenticate", `Basic realm="proxy"`)
	case f.Location != "":
		out.header.Set("Location", f.Location)
	case f.Status >= http.StatusMultipleChoices && f.Status < http.StatusBadRequest:
		out.header.Set("Location", portal)
	case f.Status == http.StatusSwitchingProtocols:
		out.header.Set("Connection", "Upgrade")
		out.header.Set("Upgrade", "websocket")
	}
	return out
}

// switchProtocols answers 101 and then holds the connection until one side closes it: for net/http
// that connection is the body of the answer, and it never ends.
func (p *reply) switchProtocols(ctx context.Context, w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // there is no connection, as with a recorder
		w.WriteHeader(p.status)
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\n")
	_ = w.Header().Write(conn)
	_, _ = io.WriteString(conn, "\r\n")
	_, _ = io.Copy(io.Discard, conn)
}

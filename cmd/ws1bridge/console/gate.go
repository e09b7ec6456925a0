package console

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"ws1bridge/auth"
	"ws1bridge/auth/loopback"
)

// maxLoginBody bounds a form, in bytes.
const maxLoginBody = 8 << 10

// gate lets people in who are on other machines.
type gate struct {
	cookies *sealed
	token   *token  // nil: no token lets anybody in
	signOn  *signOn // nil: nobody signs in elsewhere
}

// newGate makes what the configuration asks for; nil where it lets nobody in.
func newGate(cfg Config) (*gate, error) {
	if cfg.TokenSHA256 == "" && cfg.OIDC == nil {
		return nil, nil
	}
	token, err := newToken(cfg.TokenSHA256)
	if err != nil {
		return nil, err
	}
	if cfg.OIDC == nil {
		return &gate{cookies: newSealed("", false), token: token}, nil
	}
	// Who may see the console is part of the key: when that changes, everybody signs in again.
	rules := append([]string{cfg.TokenSHA256, cfg.OIDC.Issuer, cfg.OIDC.ClientID, cfg.OIDC.URL, cfg.OIDC.GroupsClaim},
		cfg.OIDC.Groups...)
	return &gate{cookies: newSealed(cfg.OIDC.ClientSecret, strings.HasPrefix(cfg.OIDC.URL, "https:"), rules...),
		token: token, signOn: newSignOn(*cfg.OIDC)}, nil
}

// token is one that lets people in.
type token struct {
	digest [sha256.Size]byte
	// wrong bounds how many wrong tokens of an address are judged: 256 bits are not guessed, but
	// a token of a person's making may be.
	wrong auth.Throttle
}

// newToken takes the digest in hexadecimal form; nil without one.
func newToken(digest string) (*token, error) {
	if digest == "" {
		return nil, nil
	}
	sum, ok := auth.ReadDigest(digest)
	if !ok {
		return nil, errors.New("the digest of the console's token is no SHA-256, 64 hexadecimal digits")
	}
	return &token{digest: sum}, nil
}

var errWrongToken = errors.New("not the token of the console")

// isIn reports whether a form has the token.
func (t *token) isIn(r *http.Request) bool {
	sum := sha256.Sum256([]byte(strings.TrimSpace(r.PostFormValue("token"))))
	return subtle.ConstantTimeCompare(sum[:], t.digest[:]) == 1
}

// guard lets nobody see the pages who is neither on the machine nor let in, and has browsers
// run, load and frame nothing from elsewhere.
func (c *console) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "+
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		switch {
		case isFromAnotherSite(r):
			c.write(w, r, http.StatusForbidden, "trouble", trouble{"Not from another site",
				"A page of another site asked for this. Enter the address of the console in the browser yourself."})
		case c.isLocal(r), strings.HasPrefix(r.URL.Path, "/static/"), c.gate.isOpen(r.URL.Path), c.gate.isIn(r):
			next.ServeHTTP(w, r)
		case c.gate != nil:
			c.ask(w, r, login{Next: r.URL.RequestURI()})
		default:
			c.write(w, r, http.StatusForbidden, "trouble", trouble{Title: "The console is switched off",
				Text: "It shows names of people, and this address can be reached from other machines. Let ops_listen be an " +
					"address of loopback, such as 127.0.0.1:9090, and open it from the machine itself; or set console.oidc, " +
					"so that people sign in at Okta; or set console.token_sha256 to the digest of a token that is asked for " +
					"here (ws1bridge token new prints both)."})
		}
	})
}

// isLocal reports whether a request is of somebody on the machine. Where there is a gate, nobody
// is: a proxy on the machine, in front of the console, asks for people elsewhere.
func (c *console) isLocal(r *http.Request) bool {
	// A page of another site could ask by a name of its own that leads here.
	return c.gate == nil && c.IsPrivate() && loopback.Is(r.Host)
}

// isFromAnotherSite reports whether a page of another site has a browser ask, other than by a
// link to a page that costs little: it could have the console read the whole tenant, again and
// again (Fetch Metadata Request Headers).
func isFromAnotherSite(r *http.Request) bool {
	isLink := r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" &&
		!r.URL.Query().Has("everywhere")
	return r.Header.Get("Sec-Fetch-Site") == "cross-site" && !isLink
}

// isOpen reports whether a page is one by which people come in.
func (g *gate) isOpen(path string) bool {
	return g != nil && (path == "/login" || g.signOn != nil && strings.HasPrefix(path, "/oidc/"))
}

// isIn reports whether a request is of somebody who was let in.
func (g *gate) isIn(r *http.Request) bool { return g != nil && g.cookies.isIn(r) }

// login is the page that asks who it is.
type login struct {
	Wrong bool
	Next  string

	Token  bool   // it asks for the token
	Issuer string // where one can sign in, "" for nowhere
}

// ask makes the page that asks who it is.
func (c *console) ask(w http.ResponseWriter, r *http.Request, l login) {
	l.Token = c.gate.token != nil
	if c.gate.signOn != nil {
		l.Issuer = c.gate.signOn.host()
	}
	c.write(w, r, http.StatusUnauthorized, "login", l)
}

// enter lets somebody in by the token, or asks for it.
func (c *console) enter(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxLoginBody)
	next, t := ownPage(r.FormValue("next")), c.gate.token
	if r.Method != http.MethodPost || t == nil {
		c.ask(w, r, login{Next: next})
		return
	}
	client, _, err := net.SplitHostPort(r.RemoteAddr)
	if err == nil && !t.wrong.IsSlowed(client) && t.isIn(r) {
		put(c.gate.cookies, w, r, sessionCookie, struct{}{})
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // it begins with one slash: a page of ours
		return
	}
	if err := t.wrong.Refuse(client, errWrongToken); !errors.Is(err, errWrongToken) {
		c.write(w, r, http.StatusTooManyRequests, "trouble", trouble{"Too many wrong tokens", "Wait some seconds."})
		return
	}
	c.ask(w, r, login{Wrong: true, Next: next})
}

// ownPage is a page of the console, never one of another server.
func ownPage(next string) string {
	u, err := url.Parse(next) // which takes no tab or line end, that browsers drop
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.Contains(next, `\`) {
		return "/"
	}
	return "/" + strings.TrimLeft(u.RequestURI(), "/")
}

// leave ends a session.
func (c *console) leave(w http.ResponseWriter, r *http.Request) {
	if c.gate != nil {
		c.gate.cookies.remove(w, r, sessionCookie)
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

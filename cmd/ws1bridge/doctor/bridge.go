package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// basePath is where the bridge serves SCIM.
const basePath = "/scim/v2"

// checkPublicURL looks at the form of the URL that is entered in Okta.
func (d *Doctor) checkPublicURL(context.Context) verdict {
	if d.cfg.PublicURL == "" {
		return unknown("public_url is not set, so the bridge as Okta sees it cannot be checked",
			"set public_url to the base URL that is entered in Okta, such as https://bridge.example.com"+basePath)
	}
	u, err := url.Parse(d.cfg.PublicURL)
	switch {
	case err != nil || u.Host == "":
		return failed("public_url is not a URL",
			"set it to the base URL that is entered in Okta, such as https://bridge.example.com"+basePath)
	case u.Scheme != "https":
		return failed("public_url does not begin with https://: Okta calls nothing else",
			"put something that ends TLS before the bridge, and write https:// in public_url")
	case strings.Contains(u.Host, "_"):
		return failed("the host of public_url has an underscore: Okta refuses that", "give the bridge a host name without _")
	case strings.TrimRight(u.Path, "/") != basePath:
		return failed("public_url does not end in "+basePath,
			"set public_url to "+u.Scheme+"://"+u.Host+basePath+", unless something before the bridge changes the path")
	}
	return ok("the base URL for Okta is " + d.cfg.PublicURL)
}

func (d *Doctor) publicPeer() peer {
	u, _ := url.Parse(d.cfg.PublicURL) // checkPublicURL was OK
	return peer{url: u, setting: "public_url", owner: "whoever ends TLS before the bridge"}
}

// configURL is the smallest resource that takes a token.
func (d *Doctor) configURL() string {
	return strings.TrimRight(d.cfg.PublicURL, "/") + "/ServiceProviderConfig"
}

// checkReach calls the bridge by its public URL, without a token: it must refuse
// in the form of SCIM.
func (d *Doctor) checkReach(ctx context.Context) verdict {
	peer := d.publicPeer()
	a, err := d.probe(ctx, d.configURL(), "")
	if v, isOne := d.unknownAuthority(err, peer.url.Hostname()); isOne {
		return v
	}
	if err != nil {
		return peer.unreached(err)
	}
	if a.status != http.StatusUnauthorized || !speaksSCIM(a) {
		return failed(fmt.Sprintf("what answers at public_url is not the bridge (%d)", a.status),
			"let what ends TLS pass "+basePath+" on to the address listen of the bridge, and start the bridge")
	}
	finding := "the bridge answers at " + peer.url.Host
	if c := certificate(a); c != "" {
		finding += "; " + c
	}
	if a.tls != nil {
		d.presented = a.tls.PeerCertificates
	}
	switch {
	case isPrivate(a.remote) && !d.proxied(peer.url):
		return advised(finding+"; from here its address is a private one",
			"make sure that the name leads to the bridge from the internet too: Okta calls from there")
	case endsSoon(a):
		return advised(finding, "renew the certificate in time")
	}
	return ok(finding)
}

// speaksSCIM reports whether an answer is an error of SCIM (RFC 7644 section
// 3.12), as the bridge gives without a token.
func speaksSCIM(a page) bool {
	var body struct{ Schemas []string }
	return json.Unmarshal(a.body, &body) == nil &&
		slices.Contains(body.Schemas, "urn:ietf:params:scim:api:messages:2.0:Error")
}

func isPrivate(address net.Addr) bool {
	tcp, ok := address.(*net.TCPAddr)
	return ok && (tcp.IP.IsPrivate() || tcp.IP.IsLoopback())
}

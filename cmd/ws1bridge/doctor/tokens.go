package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/connection"
)

// shortLife is what a token should live at least. Access gives hours unless it is told
// otherwise, and every token that is fetched is one more request that may fail.
const shortLife = 15 * time.Minute

// idForm is what Access takes as the id of an OAuth client (Access documentation
// of OAuth clients).
var idForm = regexp.MustCompile(`^[A-Za-z0-9._@-]{1,256}$`)

// checkToken gets a token with the bridge's credentials. What comes after it is
// asked with that token.
func (d *Doctor) checkToken(ctx context.Context) verdict {
	if d.cfg.ClientID == "" || d.cfg.ClientSecret == "" {
		return unknown("not checked, because the OAuth client is not configured",
			"set access.client_id and access.client_secret")
	}
	client := connection.ForOperator(d.cfg.Domains)
	client.Timeout = d.cfg.Timeout
	tenant, err := connection.New(d.tenant, d.transport, auth.Config{
		ClientID: d.cfg.ClientID, ClientSecret: d.cfg.ClientSecret,
		HTTPClient: &http.Client{Transport: d.transport}, FetchTimeout: d.cfg.Timeout,
	}, client)
	if err != nil {
		return failed("the OAuth client cannot be used: "+err.Error(), "correct access.client_id and access.client_secret")
	}
	token, err := tenant.Tokens.Token(ctx)
	if err != nil {
		return d.noToken(err)
	}
	d.token, d.access.client, d.domains = token, tenant.Client, client.Domains
	return ok("Access gave the client " + d.cfg.ClientID + " a token")
}

func (d *Doctor) noToken(err error) verdict {
	var e *auth.Error
	if !errors.As(err, &e) {
		return failed("no token could be had", "look at access.url")
	}
	status := fmt.Sprintf(" (%d)", e.Status)
	switch {
	case slices.Contains([]string{"unauthorized_client", "unsupported_grant_type"}, e.Code):
		return failed("the OAuth client "+d.cfg.ClientID+" may not ask for a token by itself"+status+": it is of the "+
			"wrong type",
			"make a client of the access type Service Client Token in Access: the type of an existing one cannot be changed")
	case errors.Is(err, auth.ErrCredentials) && !idForm.MatchString(d.cfg.ClientID):
		return failed("Access refuses the OAuth client"+status+": its id holds characters that no id of Access has",
			"copy access.client_id from Access again")
	case errors.Is(err, auth.ErrCredentials):
		return failed("Access refuses the OAuth client "+d.cfg.ClientID+status+": there is no client with this id, or its "+
			"secret is another",
			"compare access.client_id with Access; if it is right, make a new shared secret there and set access.client_secret")
	case e.Status == 0:
		return d.tenantPeer().unreached(e.Err)
	case strings.EqualFold(e.Redirect, d.tenant.Host):
		return failed(explainToken(e), "look what answers for "+e.Redirect+", such as a proxy that wants a log-in: it must "+
			"pass on /SAAS/auth/oauthtoken, since no secret is sent to where a redirect leads")
	case e.Redirect != "":
		return failed(explainToken(e), toHost(e.Redirect))
	case e.Status != http.StatusTooManyRequests && e.Status/100 != 5:
		return failed(explainToken(e), toTenant)
	}
	return failed(explainToken(e), "wait, or ask the owner of the tenant")
}

// checkClaims looks at what the token says about itself, without asking Access.
func (d *Doctor) checkClaims(context.Context) verdict {
	claims, err := auth.ReadClaims(d.token)
	if err != nil {
		return unknown("the token does not tell anything about itself", "")
	}
	facts, fixes := lifeOf(claims)
	if claims.Scope != "" {
		facts = append(facts, "scope "+claims.Scope)
	}
	// By the clock of Access, as far as that is known.
	if now := time.Now().Add(d.clock.ahead); !claims.Expires.IsZero() && now.After(claims.Expires) {
		return failed("Access gives tokens that have expired already",
			"look at the access token TTL of the OAuth client in Access")
	}
	if claims.Scope != "" && !slices.ContainsFunc(strings.Fields(claims.Scope),
		func(s string) bool { return strings.EqualFold(s, "admin") }) {
		return failed("the token has the scope "+claims.Scope+", not admin",
			"tick the scope Admin of the OAuth client in Access")
	}
	issuer := claims.IssuerHost()
	switch {
	case issuer == "" || strings.EqualFold(issuer, d.tenant.Host):
		facts = append(facts, "issued by "+d.tenant.Host)
	case sameTenant(issuer, d.tenant.Hostname()):
		facts = append(facts, "issued by "+issuer+", the other spelling of "+d.tenant.Host)
		fixes = append(fixes, "nothing must be done while both answer; https://"+issuer+
			" is the name that the tenant has for itself")
	default:
		facts = append(facts, "issued by "+issuer+", not by "+d.tenant.Host)
		fixes = append(fixes, "make sure that both names stand for one tenant; if "+d.tenant.Host+
			" is a proxy or an alias, all is well")
	}
	return advised(strings.Join(facts, ", "), strings.Join(fixes, "; "))
}

// lifeOf is how long a token lives, and what to do about it.
func lifeOf(claims auth.Claims) (facts, fixes []string) {
	life := claims.Expires.Sub(claims.IssuedAt)
	if claims.Expires.IsZero() || claims.IssuedAt.IsZero() {
		return nil, nil
	}
	if life < shortLife {
		fixes = append(fixes, "set the access token TTL of the OAuth client in Access (Settings > OAuth 2.0 Management > "+
			"Clients) to an hour or more: the bridge has to fetch a new token every few minutes")
	}
	return []string{"lives " + span(life.Round(time.Second))}, fixes
}

func (d *Doctor) checkHealth(ctx context.Context) verdict {
	healthy, err := d.access.client.Health(ctx)
	switch {
	case err != nil:
		return unknown("Access does not tell", "nothing: hosted tenants may hide this page")
	case !healthy:
		return failed("Access itself reports that something is wrong",
			"look at its dashboard System Diagnostics, or ask the owner of the tenant")
	}
	return ok("Access says that all is well")
}

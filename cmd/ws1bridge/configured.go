package main

import (
	"slices"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/inspect"
	"ws1bridge/scim"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// configured is what follows from one configuration. It never changes: a request keeps
// the one with which it came.
type configured struct {
	config.Config

	translator *translate.Translator
	domains    []string         // that are managed
	client     *upstream.Client // of Access, or a dry run over it
	endpoint   *scim.Handler
}

// take has the bridge work by another configuration from now on, as far as that can be
// taken at run time. It fails before anything has changed. A client that is new has yet
// to be warmed up.
func (b *bridge) take(cfg config.Config) (isNewClient bool, err error) {
	now := b.current.Load()
	next := &configured{Config: now.Keep(cfg), client: now.client}
	if next.translator, err = translate.New(cfg.Translation()); err != nil {
		return false, err
	}
	next.domains = next.translator.ManagedDomains()
	isNewClient = !slices.Equal(next.domains, now.domains)
	if isNewClient {
		if next.client, err = now.client.With(next.domains); err != nil {
			return false, err
		}
	}
	endpoint, err := b.endpointConfig(next)
	if err != nil {
		return false, err
	}
	if next.endpoint, err = now.endpoint.With(endpoint); err != nil {
		return false, err
	}
	if err := b.https.use(next.TLS.Files()); err != nil {
		return false, err
	}
	if err := b.access.Tokens.Use(cfg.Access.ClientID, cfg.Access.ClientSecret); err != nil {
		return false, err
	}
	b.limit(next)
	b.current.Store(next)
	b.tokens.measure()
	return isNewClient, nil
}

// limit sets what holds for requests that are under way, too.
func (b *bridge) limit(c *configured) {
	b.level.SetLevel(logLevel(c.Log.Level))
	c.client.LimitRate(c.Access.RateLimit)
	if !b.dry.held() { // which shows what was planned, and not what was read
		c.client.ReuseReads(reuseReads(c.Access.ReuseReads))
	}
}

// inspector looks at one record of the tenant.
func (c *configured) inspector() inspect.Inspector {
	return inspect.Inspector{Client: c.client, Translator: c.translator, Domains: c.domains}
}

func (b *bridge) endpointConfig(c *configured) (scim.Config, error) {
	bearer, err := auth.NewBearer(c.Okta.Keys())
	if err != nil {
		return scim.Config{}, err
	}
	proxies, err := c.Proxies()
	if err != nil {
		return scim.Config{}, err
	}
	return scim.Config{
		Users: c.client, Groups: c.client, Translator: c.translator, GroupDomain: c.GroupDomain(),
		Authenticate: bearer.Identify, Refuse: b.throttle.Refuse,
		TrustedProxies: proxies, PublicURL: c.PublicURL, MaxScan: int(c.SCIM.MaxScan),
		AllowDeleteUsers: c.SCIM.AllowDeleteUsers,
		Journal:          b.journal, Guard: b.guard, Log: b.log.Named("scim"), Registerer: b.metrics,
	}, nil
}

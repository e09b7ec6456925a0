package scim_test

import (
	"testing"

	"ws1bridge/scim"
	"ws1bridge/upstream/accesstest"
)

func TestNewHandlerRefusals(t *testing.T) {
	if _, err := scim.NewHandler(scim.Config{}); err == nil {
		t.Error("an empty configuration was accepted")
	}
	var good scim.Config
	newWorld(t, accesstest.Config{}, func(c *scim.Config) { good = *c })
	tests := []struct {
		name   string
		change func(*scim.Config)
	}{
		{"no users", func(c *scim.Config) { c.Users = nil }},
		{"no groups", func(c *scim.Config) { c.Groups = nil }},
		{"no translator", func(c *scim.Config) { c.Translator = nil }},
		{"no authentication", func(c *scim.Config) { c.Authenticate = nil }},
		{"no domain of groups", func(c *scim.Config) { c.GroupDomain = "" }},
		{"no log", func(c *scim.Config) { c.Log = nil }},
		{"a public URL without a host", func(c *scim.Config) { c.PublicURL = "/scim/v2" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := good
			tt.change(&cfg)
			if _, err := scim.NewHandler(cfg); err == nil {
				t.Error("was accepted")
			}
		})
	}
}

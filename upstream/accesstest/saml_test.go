package accesstest_test

import (
	"encoding/xml"
	"net/http"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

func TestServiceProviderMetadata(t *testing.T) {
	tn := start(t, accesstest.Config{})
	res, err := http.Get(tn.URL + "/SAAS/API/1.0/GET/metadata/sp.xml") // without a token
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var got struct {
		EntityID string `xml:"entityID,attr"`
		SP       struct {
			ACS []struct{ Binding, Location string } `xml:"AssertionConsumerService"`
		} `xml:"SPSSODescriptor"`
	}
	if err := xml.NewDecoder(res.Body).Decode(&got); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("got %d, %v", res.StatusCode, err)
	}
	if want := "https://canonical.access.example/SAAS/API/1.0/GET/metadata/sp.xml"; got.EntityID != want {
		t.Errorf("the entity is %s, want %s", got.EntityID, want)
	}
}

func TestIdentityProviderMetadata(t *testing.T) {
	for _, entity := range []string{"http://www.okta.com/exk1", `https://acme.example/"&<`} {
		var got struct {
			EntityID string `xml:"entityID,attr"`
		}
		err := xml.Unmarshal([]byte(accesstest.IdentityProviderMetadata(entity, time.Now())), &got)
		if err != nil || got.EntityID != entity {
			t.Errorf("got %q, %v, want %q", got.EntityID, err, entity)
		}
	}
}

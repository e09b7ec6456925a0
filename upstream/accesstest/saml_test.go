package accesstest_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

// endpoints are where SAML metadata says that something is, by binding.
type endpoints []struct {
	Binding  string `xml:"Binding,attr"`
	Location string `xml:"Location,attr"`
}

func TestServiceProviderMetadata(t *testing.T) {
	tn := startWith(t, accesstest.Mistakes{Role: "none"})
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	res, err := http.Get(tn.URL + "/SAAS/API/1.0/GET/metadata/sp.xml") // without a token
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var got struct {
		XMLName  xml.Name
		EntityID string `xml:"entityID,attr"`
		SP       struct {
			ACS endpoints `xml:"AssertionConsumerService"`
		} `xml:"SPSSODescriptor"`
	}
	if err := xml.NewDecoder(res.Body).Decode(&got); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("got %d, %v", res.StatusCode, err)
	}
	same(t, []any{res.Header.Get("Content-Type"), got.XMLName.Space, got.EntityID},
		`["application/xml","urn:oasis:names:tc:SAML:2.0:metadata",`+
			`"https://canonical.access.example/SAAS/API/1.0/GET/metadata/sp.xml"]`)
	same(t, got.SP.ACS, `[{"Binding":"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",`+
		`"Location":"https://canonical.access.example/SAAS/auth/saml/response"}]`)
	tn.want(http.StatusMethodNotAllowed, http.MethodPost, "/SAAS/API/1.0/GET/metadata/sp.xml", "")
}

// idp is what a client reads of the metadata of an identity provider.
type idp struct {
	EntityID string `xml:"entityID,attr"`
	IDP      struct {
		Key struct {
			Use         string `xml:"use,attr"`
			Certificate string `xml:"KeyInfo>X509Data>X509Certificate"`
		} `xml:"KeyDescriptor"`
		NameIDFormat        []string
		SingleSignOnService endpoints
	} `xml:"IDPSSODescriptor"`
}

// certificate is the one to check signatures with.
func (i idp) certificate(t *testing.T) *x509.Certificate {
	t.Helper()
	der, err := base64.StdEncoding.DecodeString(i.IDP.Key.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func checkOwnSignature(c *x509.Certificate) error {
	return c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
}

func TestIdentityProviderMetadata(t *testing.T) {
	notAfter := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	for entity, sso := range map[string]string{
		"https://acme.example/exk1":     "https://acme.example/exk1/sso/saml",
		`https://acme.example/"&<\é'>`:  `https://acme.example/"&<\é'>/sso/saml`,
		"http://www.okta.com/exk1":      "https://acme.okta.com/app/acme/sso/saml",
		"urn:acme:a name with no place": "https://acme.okta.com/app/acme/sso/saml",
	} {
		var got idp
		if err := xml.Unmarshal([]byte(accesstest.IdentityProviderMetadata(entity, notAfter)), &got); err != nil {
			t.Fatal(err)
		}
		certificate := got.certificate(t)
		if !certificate.NotAfter.Equal(notAfter) || !certificate.NotBefore.Equal(notAfter.AddDate(-10, 0, 0)) {
			t.Errorf("the certificate is valid from %v until %v", certificate.NotBefore, certificate.NotAfter)
		}
		if err := checkOwnSignature(certificate); err != nil {
			t.Errorf("the certificate does not sign itself: %v", err)
		}
		same(t, []any{got.EntityID, got.IDP.Key.Use, len(got.IDP.NameIDFormat), len(got.IDP.SingleSignOnService)},
			text(t, []any{entity, "signing", 2, 2}))
		for i, binding := range []string{"HTTP-POST", "HTTP-Redirect"} {
			same(t, got.IDP.SingleSignOnService[i], text(t, map[string]string{
				"Binding": "urn:oasis:names:tc:SAML:2.0:bindings:" + binding, "Location": sso}))
		}
	}
}

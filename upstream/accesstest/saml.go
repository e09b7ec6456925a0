package accesstest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"
)

const (
	samlMetadata = "urn:oasis:names:tc:SAML:2.0:metadata"
	samlProtocol = "urn:oasis:names:tc:SAML:2.0:protocol"
	samlBindings = "urn:oasis:names:tc:SAML:2.0:bindings:"
	// serviceProviderPath is where a tenant has its SAML metadata (Access documentation).
	serviceProviderPath = "/SAAS/API/1.0/GET/metadata/sp.xml"
)

// serveServiceProvider shows the metadata of the tenant as a service provider. It states the host that
// the tenant has for itself, whatever host was called.
func serveServiceProvider(w http.ResponseWriter, _ *http.Request) {
	base := "https://" + canonicalHost
	text := fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md=%q entityID=%q>
<md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" protocolSupportEnumeration=%q>
<md:NameIDFormat>%s1.1:nameid-format:unspecified</md:NameIDFormat>
<md:AssertionConsumerService Binding="%sHTTP-POST" Location="%s/SAAS/auth/saml/response" index="0" isDefault="true"/>
</md:SPSSODescriptor>
</md:EntityDescriptor>
`, samlMetadata, base+serviceProviderPath, samlProtocol, nameIDFormat, samlBindings, base)
	answer{status: http.StatusOK, contentType: "application/xml", body: []byte(text)}.write(w)
}

// IdentityProviderMetadata is the SAML metadata of an identity provider as Okta shows that of an app,
// with a certificate made on the spot that is valid for ten years until notAfter. People are sent to
// /sso/saml below an entity ID that is an https address; Okta's own is not, so it names its host.
func IdentityProviderMetadata(entityID string, notAfter time.Time) string {
	sso := xmlText(entityID) + "/sso/saml"
	if !strings.HasPrefix(entityID, "https://") {
		sso = "https://acme.okta.com/app/acme/sso/saml"
	}
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="%s" xmlns:md=%q>`+
		`<md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration=%q>`+
		`<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>`+
		"<ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"+
		"<md:NameIDFormat>%s1.1:nameid-format:unspecified</md:NameIDFormat>"+
		"<md:NameIDFormat>%s1.1:nameid-format:emailAddress</md:NameIDFormat>"+
		`<md:SingleSignOnService Binding="%sHTTP-POST" Location="%s"/>`+
		`<md:SingleSignOnService Binding="%sHTTP-Redirect" Location="%s"/>`+
		"</md:IDPSSODescriptor></md:EntityDescriptor>",
		xmlText(entityID), samlMetadata, samlProtocol, signingCertificate(notAfter), nameIDFormat,
		nameIDFormat, samlBindings, sso, samlBindings, sso)
}

func xmlText(s string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(s)) // a Builder takes everything
	return out.String()
}

// signingCertificate is a certificate in Base64 that signs itself. Nothing fails here but the source of
// randomness, which ends the program.
func signingCertificate(notAfter time.Time) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(fmt.Sprintf("accesstest: %v", err))
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "acme"},
		NotBefore: notAfter.AddDate(-10, 0, 0), NotAfter: notAfter}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(fmt.Sprintf("accesstest: %v", err))
	}
	return base64.StdEncoding.EncodeToString(der)
}

package login

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/crewjam/saml"

	"ws1bridge/upstream"
)

// Metadata is what an identity provider says about itself (SAML 2.0 metadata).
type Metadata struct {
	EntityID string
	// Text is the document as it was read.
	Text string
	// Certificates are those that it signs with.
	Certificates []*x509.Certificate
}

// ValidUntil is when the last certificate ends.
func (m Metadata) ValidUntil() (last time.Time) {
	for _, c := range m.Certificates {
		if c.NotAfter.After(last) {
			last = c.NotAfter
		}
	}
	return last
}

// isSame reports whether two documents say the same of who signs.
func (m Metadata) isSame(other Metadata) bool {
	return m.EntityID == other.EntityID && slices.EqualFunc(m.Certificates, other.Certificates,
		func(a, b *x509.Certificate) bool { return a.Equal(b) })
}

// where Okta's metadata is.
const whereMetadata = "take the one that Okta shows at the app for Access under Sign On > SAML 2.0 > Metadata URL"

// ReadMetadata reads the metadata of an identity provider, and refuses what nobody could
// log in with at that time.
func ReadMetadata(text []byte, now time.Time) (Metadata, error) {
	m, idp, err := parseMetadata(text)
	if err != nil {
		return Metadata{}, err
	}
	if len(m.Certificates) == 0 {
		return Metadata{}, problem("the metadata of "+m.EntityID+" has no certificate to check signatures with",
			whereMetadata)
	}
	if err := m.checkTime(now); err != nil {
		return Metadata{}, err
	}
	return m, checkBinding(idp)
}

func parseMetadata(text []byte) (Metadata, saml.IDPSSODescriptor, error) {
	none := saml.IDPSSODescriptor{}
	entities, err := entitiesOf(text)
	if err != nil {
		return Metadata{}, none, err
	}
	entities = slices.DeleteFunc(entities, func(e saml.EntityDescriptor) bool { return len(e.IDPSSODescriptors) == 0 })
	switch {
	case len(entities) == 0:
		return Metadata{}, none, problem("the metadata is not that of an identity provider (it has no IDPSSODescriptor)",
			whereMetadata+"; what Access shows for Okta is the other side's")
	case len(entities) > 1:
		return Metadata{}, none, problem("the metadata is about several identity providers", "give that of one of them")
	case entities[0].EntityID == "":
		return Metadata{}, none, problem("the metadata names no entity ID", whereMetadata)
	}
	idp := entities[0].IDPSSODescriptors[0]
	m := Metadata{EntityID: entities[0].EntityID, Text: string(text)}
	m.Certificates, err = certificatesOf(idp)
	return m, idp, err
}

// entitiesOf reads one entity, or a list of them.
func entitiesOf(text []byte) ([]saml.EntityDescriptor, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var root struct{ XMLName xml.Name }
	if err := xml.Unmarshal(text, &root); err != nil {
		return nil, notMetadata("it is no XML")
	}
	switch root.XMLName.Local {
	case "EntityDescriptor":
		var one saml.EntityDescriptor
		if err := xml.Unmarshal(text, &one); err != nil {
			return nil, notMetadata(err.Error())
		}
		return []saml.EntityDescriptor{one}, nil
	case "EntitiesDescriptor":
		var several saml.EntitiesDescriptor
		if err := xml.Unmarshal(text, &several); err != nil {
			return nil, notMetadata(err.Error())
		}
		return several.EntityDescriptors, nil
	}
	return nil, notMetadata("its first element is " + root.XMLName.Local)
}

func notMetadata(why string) error {
	return problem("this is not SAML metadata: "+why,
		whereMetadata+", and look whether that address shows XML without a login")
}

// certificatesOf are those for signatures, and those that are not said to be for anything.
func certificatesOf(idp saml.IDPSSODescriptor) (list []*x509.Certificate, err error) {
	for _, key := range idp.KeyDescriptors {
		if key.Use != "" && key.Use != "signing" {
			continue
		}
		for _, encoded := range key.KeyInfo.X509Data.X509Certificates {
			der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded.Data), ""))
			if err != nil {
				return nil, notMetadata("a certificate in it is not Base64")
			}
			certificate, err := x509.ParseCertificate(der)
			if err != nil {
				return nil, notMetadata("a certificate in it cannot be read")
			}
			list = append(list, certificate)
		}
	}
	return list, nil
}

// checkTime refuses metadata of which no certificate is valid.
func (m Metadata) checkTime(now time.Time) error {
	valid := func(c *x509.Certificate) bool { return now.After(c.NotBefore) && now.Before(c.NotAfter) }
	if slices.ContainsFunc(m.Certificates, valid) {
		return nil
	}
	const date = "2006-01-02"
	if until := m.ValidUntil(); now.After(until) {
		return problem(fmt.Sprintf("the certificate in the metadata of %s expired on %s", m.EntityID, until.Format(date)),
			"make a new signing certificate active in Okta's app (Sign On > SAML Signing Certificates), and read its metadata "+
				"again")
	}
	return problem(fmt.Sprintf("the certificate in the metadata of %s is valid from %s only", m.EntityID,
		m.Certificates[0].NotBefore.Format(date)), "look at the clock of this machine")
}

// checkBinding refuses a provider to which nobody can be sent in the way that Access is set
// up for.
func checkBinding(idp saml.IDPSSODescriptor) error {
	i := slices.IndexFunc(idp.SingleSignOnServices,
		func(e saml.Endpoint) bool { return e.Binding == upstream.BindingPOST })
	if i < 0 {
		return problem("the identity provider does not offer the binding HTTP-POST", whereMetadata)
	}
	u, err := url.Parse(idp.SingleSignOnServices[i].Location)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return problem("the address for log-ins in the metadata does not begin with https://", whereMetadata)
	}
	return nil
}

// ServiceProvider is what Access tells Okta about itself.
type ServiceProvider struct {
	// EntityID is the audience of assertions, ACS where Okta sends people.
	EntityID string `json:"entity_id"`
	ACS      string `json:"acs_url"`
}

// readServiceProvider reads the metadata of Access.
func readServiceProvider(text []byte) (ServiceProvider, error) {
	entities, err := entitiesOf(text)
	if err != nil {
		return ServiceProvider{}, err
	}
	for _, e := range entities {
		for _, sp := range e.SPSSODescriptors {
			for _, acs := range sp.AssertionConsumerServices {
				if acs.Binding == upstream.BindingPOST {
					return ServiceProvider{EntityID: e.EntityID, ACS: acs.Location}, nil
				}
			}
		}
	}
	return ServiceProvider{}, problem("the SAML metadata of Access names no place for assertions",
		"look in the console under Settings > SAML Metadata")
}

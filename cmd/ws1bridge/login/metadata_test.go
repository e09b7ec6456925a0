package login_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/login"
	"ws1bridge/upstream/accesstest"
)

func TestReadMetadata(t *testing.T) {
	now := time.Now()
	good := accesstest.IdentityProviderMetadata(entity, now.AddDate(5, 0, 0))
	m, err := login.ReadMetadata([]byte("\xef\xbb\xbf"+good), now)
	if err != nil || m.EntityID != entity || len(m.Certificates) != 1 {
		t.Fatalf("got %+v, %v", m, err)
	}
	list := `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">` +
		strings.TrimPrefix(good, `<?xml version="1.0" encoding="UTF-8"?>`) + "</md:EntitiesDescriptor>"
	if m, err := login.ReadMetadata([]byte(list), now); err != nil || m.EntityID != entity {
		t.Errorf("of a list of one: got %+v, %v", m, err)
	}
	// A certificate that was replaced is still in the document for a while.
	_, old, _ := strings.Cut(accesstest.IdentityProviderMetadata(entity, now.AddDate(0, 0, -1)), "<md:KeyDescriptor")
	old, _, _ = strings.Cut(old, "<md:NameIDFormat>")
	both := strings.Replace(good, "<md:NameIDFormat>", "<md:KeyDescriptor"+old+"<md:NameIDFormat>", 1)
	if m, err := login.ReadMetadata([]byte(both), now); err != nil || len(m.Certificates) != 2 {
		t.Errorf("with an old certificate too: got %+v, %v", m, err)
	}
}

func TestReadMetadataRefuses(t *testing.T) {
	now := time.Now()
	good := accesstest.IdentityProviderMetadata(entity, now.AddDate(5, 0, 0))
	of := func(changes ...string) string { return strings.NewReplacer(changes...).Replace(good) }
	_, certificate, _ := strings.Cut(good, "<ds:X509Certificate>")
	certificate, _, _ = strings.Cut(certificate, "</ds:X509Certificate>")
	w := newWorld(t, accesstest.Config{})
	ownMetadata, err := w.ServiceProviderMetadata(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ in, want string }{
		"nothing":                   {"", "no XML"},
		"a page":                    {"<!DOCTYPE html><html><body>Sign in", "no XML"},
		"a page that is XML":        {"<html></html>", "first element is html"},
		"JSON":                      {"{}", "no XML"},
		"that of Access itself":     {string(ownMetadata), "not that of an identity provider"},
		"no entity ID":              {of(entity, ""), "no entity ID"},
		"no certificate":            {of("ds:X509Certificate>", "ds:Other>"), "no certificate"},
		"a certificate for secrets": {of(`use="signing"`, `use="encryption"`), "no certificate"},
		"half a certificate":        {of(certificate, certificate[:100]), "cannot be read"},
		"no Base64":                 {of(certificate, "%%%"), "not Base64"},
		"no HTTP-POST":              {of("HTTP-POST", "HTTP-Artifact"), "does not offer the binding HTTP-POST"},
		"log-in without TLS":        {of("https://acme.okta.com", "http://acme.okta.com"), "https://"},
		"an expired certificate":    {accesstest.IdentityProviderMetadata(entity, now.AddDate(0, 0, -1)), "expired on"},
		"a certificate of tomorrow": {accesstest.IdentityProviderMetadata(entity, now.AddDate(10, 0, 1)), "is valid from"},
		"two providers": {`<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">` +
			strings.Repeat(of(`<?xml version="1.0" encoding="UTF-8"?>`, ""), 2) + "</EntitiesDescriptor>",
			"several identity providers"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := login.ReadMetadata([]byte(tt.in), now)
			mustRefuse(t, err, tt.want)
		})
	}
}

func TestFetchMetadata(t *testing.T) {
	const text = "<metadata/>"
	file := filepath.Join(t.TempDir(), "metadata.xml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/metadata", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) })
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(strings.Repeat("x", 1<<20+1)))
	})
	mux.HandleFunc("/half", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte(text))
	})
	mux.Handle("/moved", http.RedirectHandler("/metadata", http.StatusFound))
	mux.Handle("/plain", http.RedirectHandler("http://127.0.0.1:1/metadata", http.StatusFound))
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	for _, source := range []string{file, server.URL + "/metadata", server.URL + "/moved"} {
		if got, err := login.FetchMetadata(t.Context(), server.Client(), source); err != nil || string(got) != text {
			t.Errorf("%s: got %q, %v", source, got, err)
		}
	}
	for source, want := range map[string]string{
		file + ".absent": "no such file", filepath.Dir(file): "not a regular file",
		"http://127.0.0.1:1/metadata": "neither a file nor an https address",
		"https://%zz/metadata":        "neither a file nor an https address",
		server.URL + "/absent":        "answers 404", server.URL + "/large": "larger than 1 MiB",
		server.URL + "/half": "breaks off", server.URL + "/plain": "cannot be read from",
		"https://127.0.0.1:1/metadata": "cannot be read from 127.0.0.1:1",
	} {
		_, err := login.FetchMetadata(t.Context(), server.Client(), source)
		mustRefuse(t, err, want)
	}
}

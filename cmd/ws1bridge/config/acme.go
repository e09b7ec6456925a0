package config

import (
	"crypto/x509"
	"errors"
	"io/fs"
	"net/mail"
	"net/url"
	"os"
	"strings"
	"syscall"

	"golang.org/x/net/idna"

	"ws1bridge/cmd/ws1bridge/certificates"
)

// ACME says how a certificate is obtained by ACME. Without domains it is not.
type ACME struct {
	// Domains are the host names to obtain certificates for.
	Domains []string `koanf:"domains"`
	// Cache is the folder that keeps certificates, keys and the account. Required.
	Cache string `koanf:"cache"`
	// DirectoryURL is that of the ACME server. Default Let's Encrypt.
	DirectoryURL string `koanf:"directory_url"`
	// Email is where the server sends warnings. Optional.
	Email string `koanf:"email"`
	// CAFile holds the authorities of the server's own certificate, instead of those of
	// the system. Optional.
	CAFile string `koanf:"ca_file"`
}

const settingACMECA = "tls.acme.ca_file"

// On says that certificates are obtained by ACME.
func (a *ACME) On() bool { return len(a.Domains) > 0 }

// Roots are the authorities of the ACME server's own certificate; nil for those of the
// system. The error is a *certificates.Mistake.
func (a *ACME) Roots() (*x509.CertPool, error) {
	if a.CAFile == "" {
		return nil, nil //nolint:nilnil // as package tls takes it
	}
	return certificates.ReadAuthorities(settingACMECA, a.CAFile)
}

// isHostName reports whether an ACME server can look at a name on port 443. A wildcard
// takes another kind of challenge.
func isHostName(name string) bool {
	_, err := idna.Lookup.ToASCII(name)
	return err == nil && name != "" && !strings.HasSuffix(name, ".")
}

func (a *ACME) check(problems *Problems) {
	if !a.On() {
		if a.Cache != "" || a.Email != "" || a.CAFile != "" {
			problems.report("tls.acme.domains", "is required with the other settings of tls.acme: "+
				"the host names of the bridge, such as bridge.example.com")
		}
		return
	}
	for _, domain := range a.Domains {
		if !isHostName(domain) {
			problems.report("tls.acme.domains", "must be host names, such as bridge.example.com, without https://, port and *")
			break
		}
	}
	if wrong := checkCache(a.Cache); wrong != "" {
		problems.report("tls.acme.cache", "%s", wrong)
	}
	u, err := url.Parse(a.DirectoryURL)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		problems.report("tls.acme.directory_url", "must look like https://acme-v02.api.letsencrypt.org/directory")
	}
	if address, err := mail.ParseAddress(a.Email); a.Email != "" && (err != nil || address.Address != a.Email) {
		problems.report("tls.acme.email", "must be one address of e-mail, such as admin@example.com")
	}
	_, err = a.Roots()
	problems.mistake(err)
}

// accessWrite and accessSearch ask whether a folder can be written to and looked into, as
// access(2) has them.
const accessWrite, accessSearch = 2, 1

// checkCache says what is wrong with the folder for certificates. It makes none: one at a
// wrong place would be lost with the container, and the ACME server soon refuses to give
// the same certificate again.
func checkCache(path string) string {
	if path == "" {
		return "is required with tls.acme.domains: a folder that outlives the bridge, " +
			"so that a restart needs no new certificate"
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such folder: create it, writable for the bridge alone, where it outlives the bridge"
	case err != nil:
		return "the folder cannot be read: " + pathless(err)
	case !info.IsDir():
		return "must be a folder"
	}
	if err := syscall.Access(path, accessWrite|accessSearch); err != nil {
		return "the bridge cannot write into the folder: " + err.Error()
	}
	return ""
}

// pathless is an error of the operating system without the path.
func pathless(err error) string {
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		return cause.Err.Error()
	}
	return err.Error()
}

package config

import (
	"errors"

	"ws1bridge/cmd/ws1bridge/certificates"
)

// TLS says how the bridge serves HTTPS by itself. Without a certificate it serves plain
// HTTP.
type TLS struct {
	// CertFile holds the certificate in PEM, with those between it and a known authority.
	CertFile string `koanf:"cert_file"`
	// KeyFile holds its key in PEM.
	KeyFile string `koanf:"key_file"`
	// ClientCAFile holds the authorities of certificates that callers must have. Optional.
	ClientCAFile string `koanf:"client_ca_file"`
	// ACME obtains the certificate instead of the files.
	ACME ACME `koanf:"acme"`
}

// On says that the bridge serves HTTPS.
func (t *TLS) On() bool { return t.CertFile != "" || t.KeyFile != "" || t.ACME.On() }

// Files are the files that HTTPS is served with.
func (t *TLS) Files() certificates.Files {
	return certificates.Files{Cert: t.CertFile, Key: t.KeyFile, ClientCA: t.ClientCAFile}
}

func (t *TLS) check(problems *Problems) {
	t.ACME.check(problems)
	switch {
	case t.ACME.On() && (t.CertFile != "" || t.KeyFile != ""):
		problems.report("tls.acme.domains", "the certificate comes from files or by ACME, not both: "+
			"remove these domains, or tls.cert_file and tls.key_file")
	case t.CertFile == "" && t.KeyFile != "":
		problems.report("tls.cert_file", "is required with tls.key_file: the certificate of that key")
	case t.CertFile != "" && t.KeyFile == "":
		problems.report("tls.key_file", "is required with tls.cert_file: the key of that certificate")
	case t.ClientCAFile != "" && !t.On():
		problems.report("tls.client_ca_file",
			"callers have certificates with HTTPS only: set tls.cert_file and tls.key_file, or tls.acme, too")
	case t.On():
		_, err := certificates.Read(t.Files())
		problems.mistake(err)
	}
}

// mistake reports what is wrong with a file of certificates, if anything is.
func (ps *Problems) mistake(err error) {
	if mistake, ok := errors.AsType[*certificates.Mistake](err); ok {
		ps.report(mistake.Setting, "%s", mistake.Reason)
	}
}

// warn reports what is doubtful with files that can be served.
func (t *TLS) warn(warnings *Problems) {
	if t.CertFile == "" {
		return
	}
	material, err := certificates.Read(t.Files())
	if err != nil {
		return // check says so
	}
	if doubt := material.Warning(); doubt != "" {
		warnings.report("tls.cert_file", "%s", doubt)
	}
}

// keep is what was read as far as a running bridge can take it: other files, but no
// other way to the certificate, and nothing of ACME.
func (t *TLS) keep(read TLS) TLS {
	if t.On() != read.On() || t.ACME.On() != read.ACME.On() {
		return *t
	}
	read.ACME = t.ACME
	return read
}

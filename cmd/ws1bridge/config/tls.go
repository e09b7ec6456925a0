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
}

// On says that the bridge serves HTTPS.
func (t *TLS) On() bool { return t.CertFile != "" || t.KeyFile != "" }

// Files are the files that HTTPS is served with.
func (t *TLS) Files() certificates.Files {
	return certificates.Files{Cert: t.CertFile, Key: t.KeyFile, ClientCA: t.ClientCAFile}
}

func (t *TLS) check(problems *Problems) {
	switch {
	case t.CertFile == "" && t.KeyFile != "":
		problems.report("tls.cert_file", "is required with tls.key_file: the certificate of that key")
	case t.CertFile != "" && t.KeyFile == "":
		problems.report("tls.key_file", "is required with tls.cert_file: the key of that certificate")
	case t.ClientCAFile != "" && !t.On():
		problems.report("tls.client_ca_file",
			"callers have certificates with HTTPS only: set tls.cert_file and tls.key_file too")
	case t.On():
		_, err := certificates.Read(t.Files())
		if mistake, ok := errors.AsType[*certificates.Mistake](err); ok {
			problems.report(mistake.Setting, "%s", mistake.Reason)
		}
	}
}

// warn reports what is doubtful with files that can be served.
func (t *TLS) warn(warnings *Problems) {
	if !t.On() {
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

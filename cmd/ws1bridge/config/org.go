package config

import (
	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/drift/assertion"
)

// OrgSettings are those of Okta's management API, without the tokens that Okta presents.
func OrgSettings() []string {
	return []string{"okta.org_url", "okta.app_id", "okta.api_token", "okta.api_token_file", "okta.client_id",
		"okta.private_key", "okta.private_key_file", "okta.key_id"}
}

// HasServiceApp says that a service app asks Okta's management API, and no token of an administrator.
func (o *Okta) HasServiceApp() bool { return o.ClientID != "" || o.PrivateKey != "" || o.KeyID != "" }

// Key is the key of the service app. The error quotes nothing of it.
func (o *Okta) Key() (*assertion.Key, error) { return assertion.ReadKey(string(o.PrivateKey), o.KeyID) }

// checkOrg judges where Okta's management API is, and by whom it is asked.
func (o *Okta) checkOrg(problems *Problems) {
	if o.OrgURL != "" {
		if err := checkSecureURL(o.OrgURL); err != nil {
			problems.report("okta.org_url", "%v, such as https://acme.okta.com", err)
		}
	}
	switch {
	case !o.HasServiceApp():
		return
	case o.APIToken != "":
		problems.report("okta.api_token", "a service app asks already: drop this token and its file, "+
			"or okta.client_id, okta.private_key, its file and okta.key_id")
		return
	}
	o.checkServiceApp(problems)
}

func (o *Okta) checkServiceApp(problems *Problems) {
	if o.ClientID == "" {
		problems.report("okta.client_id", "is required with okta.private_key: the client id of the service app, "+
			"which begins with 0oa")
	} else if err := auth.CheckCredential(o.ClientID); err != nil {
		problems.report("okta.client_id", "%v", err)
	}
	if err := auth.CheckCredential(o.KeyID); err != nil {
		problems.report("okta.key_id", "%v", err)
	}
	if o.PrivateKey == "" {
		problems.report("okta.private_key", "is required with okta.client_id: the private key of the service app, "+
			"better in the file of okta.private_key_file")
	} else if _, err := o.Key(); err != nil {
		problems.report("okta.private_key", "%v", err)
	}
}

package accesstest_test

import (
	"encoding/xml"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

const (
	providersPath = api + "/identityProviders"
	providerType  = horizon + "external.identityprovider+json"
)

func (tn *tenant) providers() []any {
	tn.tb.Helper()
	return tn.want(http.StatusOK, http.MethodGet, providersPath+"?onlyEnabledAdapters=true", "",
		"Accept", horizon+"identityprovider.summary.list+json").json()["items"].([]any)
}

// provider is the whole of the seeded provider for Okta, and its path.
func (tn *tenant) provider() (whole object, path string) {
	tn.tb.Helper()
	path = providersPath + "/" + tn.providers()[1].(object)["id"].(string)
	return tn.want(http.StatusOK, http.MethodGet, path, "").json(), path
}

// without is an object without some names.
func without(o object, names ...string) object {
	rest := maps.Clone(o)
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}

// with is an object with another value.
func with(o object, name string, value any) object {
	changed := without(o, "_links")
	changed[name] = value
	return changed
}

func TestProviders(t *testing.T) {
	tn := start(t, accesstest.Config{})
	whole, one := tn.provider()
	summary := tn.providers()[1].(object)
	for _, key := range []string{"metaData", "nameIdFormatAttributeMappings", "orgNetworks"} {
		if whole[key] == nil || summary[key] != nil {
			t.Errorf("%s: the whole has %v, the summary %v", key, whole[key], summary[key])
		}
	}
	same(t, []any{summary["name"], summary["identityProviderType"]}, `["Okta SAML","MANUAL"]`)
	same(t, summary["directoryConfigurations"].([]any)[0].(object)["directoryId"],
		text(t, tn.State().Directories[1]["directoryId"]))

	tn.want(http.StatusOK, http.MethodPut, one, text(t, with(whole, "nIDPStatus", 0)), "Content-Type", "application/json")
	same(t, len(tn.providers()), `1`)
	changed := with(without(whole, "description", "id"), "unknown", "kept")
	tn.want(http.StatusOK, http.MethodPut, one, text(t, changed), "Content-Type", providerType)
	now := tn.want(http.StatusOK, http.MethodGet, one, "").json()
	same(t, []any{now["id"], now["unknown"], now["description"]}, text(t, []any{whole["id"], "kept", nil}))

	more := with(with(whole, "name", "More"), "authMethods", []any{object{"authMethodName": "More"}})
	created := tn.want(http.StatusCreated, http.MethodPost, providersPath, text(t, more), "Content-Type",
		providerType).json()
	same(t, len(tn.providers()), `3`)
	tn.want(http.StatusOK, http.MethodDelete, providersPath+"/"+created["id"].(string), "")
	same(t, len(tn.State().Providers), `2`)
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		checkError(t, tn.want(http.StatusNotFound, method, providersPath+"/absent", `{}`))
	}
	builtIn := providersPath + "/" + tn.providers()[0].(object)["id"].(string)
	checkError(t, tn.want(http.StatusForbidden, http.MethodPut, builtIn, text(t, more), "Content-Type", providerType))
	checkError(t, tn.want(http.StatusForbidden, http.MethodDelete, builtIn, ""))
}

// TestWhatProvidersGet is what Access adds to what it is sent.
func TestWhatProvidersGet(t *testing.T) {
	tn := start(t, accesstest.Config{})
	whole, one := tn.provider()
	methodIDs := func(provider object) (ids []any) {
		for _, method := range provider["authMethods"].([]any) {
			ids = append(ids, method.(object)["authMethodId"])
		}
		return ids
	}
	network := func(provider object) object { return provider["orgNetworks"].([]any)[0].(object) }
	same(t, methodIDs(whole), `[2]`)
	bare := with(whole, "orgNetworks", []any{without(network(whole), "_links")})
	bare["authMethods"] = []any{object{"authMethodName": "New", "authMethodId": 1}, object{"authMethodName": "Okta SAML"}}
	got := tn.want(http.StatusOK, http.MethodPut, one, text(t, bare), "Content-Type", providerType).json()
	same(t, methodIDs(got), `[3,2]`)
	same(t, network(got), text(t, network(whole)))
	if network(whole)["_links"] == nil {
		t.Error("a network has no links")
	}
	created := tn.newProvider(t, "Okta 3")
	created["authMethods"] = []any{object{"authMethodName": "Okta 3", "authMethodId": 1}}
	got = tn.want(http.StatusCreated, http.MethodPost, providersPath, text(t, created), "Content-Type",
		providerType).json()
	same(t, methodIDs(got), `[4]`)
	same(t, network(got), text(t, network(whole)))
}

func TestProviderRefusals(t *testing.T) {
	tn := startWith(t, accesstest.Mistakes{OktaProvider: "two"})
	whole, one := tn.provider()
	absent := []any{object{"directoryId": "absent"}}
	half := []any{object{"directoryId": tn.State().Directories[1]["directoryId"]}}
	for name, tt := range map[string]struct {
		body   object
		status int
		want   string
	}{
		"links":                    {maps.Clone(whole), 400, "_links"},
		"no name":                  {with(whole, "name", ""), 400, "The name is missing"},
		"no friendly name":         {without(whole, "friendlyName", "_links"), 400, "The friendlyName is missing"},
		"an unknown type":          {with(whole, "identityProviderType", "SAML"), 400, "'SAML' is not known"},
		"the type of the system's": {with(whole, "identityProviderType", "BUILT_IN"), 400, "cannot be made"},
		"no metadata":              {with(whole, "metaData", nil), 400, "The metadata is missing"},
		"metadata that is no XML":  {with(whole, "metaData", "https://acme.okta.com"), 400, "not that of an identity"},
		"metadata of another kind": {with(whole, "metaData", "<EntityDescriptor><SPSSODescriptor/></EntityDescriptor>"),
			400, "not that of an identity"},
		"a method without a name": {with(whole, "authMethods", []any{object{"authMethodName": "x"}, object{}}), 400,
			"has no name"},
		"a method that is none":  {with(whole, "authMethods", []any{"Okta SAML"}), 400, "has no name"},
		"no methods":             {with(whole, "authMethods", []any{}), 400, "methods are missing"},
		"an absent directory":    {with(whole, "directoryConfigurations", absent), 400, "'absent' does not exist"},
		"half of a directory":    {with(whole, "directoryConfigurations", half), 400, "not as it is listed"},
		"directories in no list": {with(whole, "directoryConfigurations", "all"), 400, "no list"},
		"no networks":            {with(whole, "orgNetworks", nil), 400, "networks are missing"},
		"an absent network":      {with(whole, "orgNetworks", []any{object{"uuid": "x"}}), 400, "network does not exist"},
		"the name of another":    {with(whole, "name", "okta 2"), 409, "is taken"},
		"the method of another":  {with(whole, "authMethods", []any{object{"authMethodName": "Okta 2"}}), 409, "is taken"},
	} {
		t.Run(name, func(t *testing.T) {
			for method, path := range map[string]string{http.MethodPut: one, http.MethodPost: providersPath} {
				got := tn.want(tt.status, method, path, text(t, tt.body), "Content-Type", "application/json")
				checkError(t, got)
				if !strings.Contains(got.body, tt.want) {
					t.Errorf("%s: got %s, want %q in it", method, got.body, tt.want)
				}
			}
		})
	}
	if now, _ := tn.provider(); text(t, now) != text(t, whole) || len(tn.providers()) != 3 {
		t.Error("a refusal changed the providers")
	}
}

// TestSeededProvider is what public clients send for one that they make.
func TestSeededProvider(t *testing.T) {
	tn := start(t, accesstest.Config{})
	whole, _ := tn.provider()
	for key, want := range map[string]string{
		"friendlyName": `"Okta SAML"`, "description": `""`, "identityProviderType": `"MANUAL"`, "nIDPStatus": `1`,
		"preferredBinding": `"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"`, "jitEnabled": `false`,
		"saml2IdPSLOConfiguration": `{"sendSLORequest":true}`, "identityFromSamlAttribute": `false`, "idpUrl": `null`,
	} {
		if _, has := whole[key]; !has {
			t.Errorf("there is no %s", key)
		}
		same(t, whole[key], want)
	}
	if format, _ := whole["nameIdFormatType"].(string); whole["nameIdFormatAttributeMappings"].(object)[format] == nil {
		t.Errorf("no attribute is mapped to %q", format)
	}
	directory := whole["directoryConfigurations"].([]any)[0].(object)
	same(t, directory, text(t, without(tn.State().Directories[1], "domains")))
	var metadata idp
	if err := xml.Unmarshal([]byte(whole["metaData"].(string)), &metadata); err != nil {
		t.Fatal(err)
	}
	left := time.Until(metadata.certificate(t).NotAfter)
	if years := left.Hours() / 24 / 365; years < 9.9 || years > 10.1 {
		t.Errorf("the certificate is valid for %.1f years more", years)
	}
}

func TestOktaProviders(t *testing.T) {
	tn := start(t, accesstest.Config{})
	for _, tt := range []struct{ mode, want string }{
		{"none", `[]`}, {"unassociated", `["Okta SAML",1,0]`}, {"disabled", `["Okta SAML",0,1]`},
		{"two", `["Okta SAML",1,0,"Okta 2",1,0]`}, {"associated", `["Okta SAML",1,1]`},
	} {
		if err := tn.SetModes(accesstest.Modes{Mistakes: accesstest.Mistakes{OktaProvider: tt.mode}}); err != nil {
			t.Fatal(err)
		}
		got := []any{}
		for _, p := range tn.State().Providers[1:] {
			got = append(got, p["name"], p["nIDPStatus"], len(p["directoryConfigurations"].([]any)))
		}
		same(t, got, tt.want)
	}
}

// TestLostProviderAnswers loses only answers to what was applied, and no more of them than it is told.
func TestLostProviderAnswers(t *testing.T) {
	tn := startWith(t, accesstest.Mistakes{LoseProviderAnswers: 2})
	whole, one := tn.provider()
	checkError(t, tn.want(http.StatusBadRequest, http.MethodPut, one, `{}`, "Content-Type", providerType))
	changed, created := with(whole, "description", "x"), tn.newProvider(t, "Okta 3")
	for method, sent := range map[string]object{http.MethodPut: changed, http.MethodPost: created} {
		path := map[string]string{http.MethodPut: one, http.MethodPost: providersPath}[method]
		if got := tn.send(method, path, text(t, sent), "Content-Type", providerType); got.err == nil {
			t.Errorf("the answer %d to %s was not lost", got.status, method)
		}
	}
	now, _ := tn.provider()
	same(t, []any{now["description"], len(tn.providers())}, `["x",3]`)
	tn.want(http.StatusOK, http.MethodPut, one, text(t, changed), "Content-Type", providerType)
	tn.want(http.StatusOK, http.MethodDelete, one, "")
}

// TestProviderForgets confirms what it does not keep.
func TestProviderForgets(t *testing.T) {
	tn := startWith(t, accesstest.Mistakes{OktaProvider: "unassociated", ProviderForgets: true})
	whole, one := tn.provider()
	directory := without(tn.State().Directories[1], "domains")
	sent := with(with(whole, "directoryConfigurations", []any{directory}), "description", "x")
	got := tn.want(http.StatusOK, http.MethodPut, one, text(t, sent), "Content-Type", providerType).json()
	same(t, len(got["directoryConfigurations"].([]any)), `1`)
	now, _ := tn.provider()
	same(t, []any{now["description"], now["directoryConfigurations"]}, `["x",[]]`)
	sent = with(tn.newProvider(t, "Okta 3"), "directoryConfigurations", []any{directory})
	got = tn.want(http.StatusCreated, http.MethodPost, providersPath, text(t, sent), "Content-Type", providerType).json()
	same(t, len(got["directoryConfigurations"].([]any)), `1`)
	now = tn.want(http.StatusOK, http.MethodGet, providersPath+"/"+got["id"].(string), "").json()
	same(t, now["directoryConfigurations"], `[]`)
}

func TestUnreadableProviders(t *testing.T) {
	tn := startWith(t, accesstest.Mistakes{ProviderUnreadable: true})
	summary := tn.providers()[1].(object)
	same(t, summary["directoryConfigurations"], `null`)
	checkError(t, tn.want(http.StatusBadRequest, http.MethodGet, providersPath+"/"+summary["id"].(string), ""))
}

package accesstest_test

import (
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

const (
	directories = api + "/connectormanagement/directoryconfigs"
	horizon     = "application/vnd.vmware.horizon.manager."
	otherType   = horizon + "connector.management.directory.other+json"
	localType   = horizon + "connector.management.directory.local+json"
	listType    = horizon + "connector.management.directory.list+json"
)

func TestDirectories(t *testing.T) {
	tn := start(t, accesstest.Config{Modes: accesstest.Modes{SyncedDomain: "corp.local"}})
	items := tn.want(http.StatusOK, http.MethodGet, directories+"?includeJitDirectories=true", "").json()["items"].([]any)
	kinds := []any{}
	for _, item := range items {
		kinds = append(kinds, item.(object)["type"])
	}
	same(t, kinds, `["LOCAL_DIRECTORY","OTHER_DIRECTORY","OTHER_DIRECTORY","ACTIVE_DIRECTORY_LDAP"]`)
	same(t, keys(items[1].(object)), `["countDomains","deleteInProgress","directoryId","migratedToEnterpriseService",`+
		`"name","syncConfigurationEnabled","type","userstoreId"]`)

	id := items[1].(object)["directoryId"].(string)
	same(t, tn.want(http.StatusOK, http.MethodGet, directories+"/"+id, "").json(), text(t, items[1]))
	domains := tn.want(http.StatusOK, http.MethodGet, directories+"/"+id+"/domains", "").json()["items"].([]any)
	same(t, domains[0].(object)["name"], `"acme.com"`)
	same(t, tn.State().Directories[1]["domains"], `["acme.com"]`)
	checkError(t, tn.want(http.StatusNotFound, http.MethodGet, directories+"/absent", ""))
	checkError(t, tn.want(http.StatusNotFound, http.MethodGet, directories+"/absent/domains", ""))
}

func TestCreateDirectory(t *testing.T) {
	const good = `{"type":"OTHER_DIRECTORY","domains":["new.example"],"name":"New"}`
	with := func(old, replacement string) string { return strings.Replace(good, old, replacement, 1) }
	tests := []struct {
		name, mode, mediaType, body string
		want                        int
	}{
		{name: "with the vendor type", mediaType: otherType, body: good, want: 201},
		{name: "with JSON", mediaType: "application/json; charset=utf-8", body: good, want: 201},
		{name: "a local one", mediaType: localType, body: with("OTHER", "LOCAL"), want: 201},
		{name: "the type must fit the vendor type", mediaType: localType, body: good, want: 400},
		{name: "no content type is 415", body: good, want: 415},
		{name: "another type is 415", mediaType: "text/plain", body: good, want: 415},
		{name: "legacy takes the vendor type", mode: "legacy", mediaType: otherType, body: good, want: 201},
		{name: "legacy finds nothing for JSON", mode: "legacy", mediaType: "application/json", body: good, want: 404},
		{name: "legacy answers 415 to other types", mode: "legacy", mediaType: "text/plain", body: good, want: 415},
		{name: "json takes JSON", mode: "json", mediaType: "application/json", body: good, want: 201},
		{name: "json answers 415 to the vendor type", mode: "json", mediaType: otherType, body: good, want: 415},
		{name: "a domain of another directory is taken", mediaType: otherType, body: with("new.example", "ACME.com"),
			want: 409},
		{name: "the system domain is taken", mediaType: otherType, body: with("new.example", "System Domain"), want: 409},
		{name: "a name is taken", mediaType: otherType, body: with(`"New"`, `"okta"`), want: 409},
		{name: "a name is required", mediaType: otherType, body: with(`"New"`, `""`), want: 400},
		{name: "domains are required", mediaType: otherType, body: with(`"new.example"`, ``), want: 400},
		{name: "an empty domain is refused", mediaType: otherType, body: with(`new.example`, ``), want: 400},
		{name: "another kind is refused", mediaType: "application/json", body: with("OTHER_DIRECTORY", "JIT_DIRECTORY"),
			want: 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{Modes: accesstest.Modes{MediaTypes: tt.mode}})
			got := tn.want(tt.want, http.MethodPost, directories, tt.body, "Content-Type", tt.mediaType)
			if tt.want == 201 {
				same(t, got.json()["name"], `"New"`)
			} else {
				checkError(t, got)
			}
		})
	}
}

func TestAccept(t *testing.T) {
	tests := []struct {
		name, mode, accept string
		want               int
		contentType        string
	}{
		{"without Accept it is JSON", "", "", 200, "application/json"},
		{"the vendor type if asked for", "both", listType, 200, listType},
		{"the first that is spoken", "both", "text/html, application/json;q=0.9", 200, "application/json"},
		{"another type is 406", "both", "text/html", 406, ""},
		{"legacy speaks the vendor type", "legacy", "*/*", 200, listType},
		{"legacy speaks no JSON", "legacy", "application/json", 406, ""},
		{"json speaks no vendor type", "json", listType, 406, ""},
		{"a client that takes both is served by json", "json", listType + ", application/json;q=0.9", 200,
			"application/json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{Modes: accesstest.Modes{MediaTypes: tt.mode}})
			got := tn.want(tt.want, http.MethodGet, directories, "", "Accept", tt.accept)
			if tt.want == 200 && got.header.Get("Content-Type") != tt.contentType {
				t.Errorf("got %s, want %s", got.header.Get("Content-Type"), tt.contentType)
			}
		})
	}
}

func TestDeleteDirectory(t *testing.T) {
	tn := start(t, accesstest.Config{SeedUsers: 5})
	tn.group("Sales")
	dirs := tn.State().Directories
	tn.want(http.StatusForbidden, http.MethodDelete, directories+"/"+dirs[0]["directoryId"].(string), "")
	path := directories + "/" + dirs[1]["directoryId"].(string) + "?asyncDelete=true"
	tn.want(http.StatusOK, http.MethodDelete, path, "")
	tn.want(http.StatusNotFound, http.MethodDelete, path, "")
	state := tn.State()
	same(t, []int{len(state.Users), len(state.Groups), len(state.Directories)}, `[1,1,2]`)
	tn.want(http.StatusBadRequest, http.MethodPost, usersPath, provisioned("x", "y", "acme.com"))
	got := tn.want(http.StatusOK, http.MethodGet, api+"/identityProviders", "").json()["items"].([]any)
	same(t, got[1].(object)["directoryConfigurations"], `[]`)
}

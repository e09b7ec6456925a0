package accesstest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

func TestRecordBodies(t *testing.T) {
	for _, records := range []bool{false, true} {
		tn := start(t, accesstest.Config{RecordBodies: records})
		tn.send(http.MethodPost, "/SAAS/auth/oauthtoken", "grant_type=client_credentials",
			"Authorization", basic("client", "s3cret/+"), "Content-Type", "application/x-www-form-urlencoded")
		tn.want(http.StatusCreated, http.MethodPost, api+"/scim/Groups", `{"displayName":"A",
			"schemas":["urn:scim:schemas:core:1.0","urn:scim:schemas:extension:workspace:1.0"],
			"urn:scim:schemas:extension:workspace:1.0":{"domain":"acme.com","internalGroupType":"INTERNAL"}}`)
		tn.want(http.StatusBadRequest, http.MethodPost, api+"/scim/Groups", "no JSON")
		tn.want(http.StatusBadRequest, http.MethodPost, api+"/scim/Groups", strings.Repeat("x", 70<<10))
		history := tn.Requests()
		if !records {
			for _, r := range history {
				if r.RequestBody != nil || r.ResponseBody != nil {
					t.Errorf("%s %s was recorded", r.Method, r.Path)
				}
			}
			continue
		}
		token, created, broken, long := history[0], history[1], history[2], history[3]
		whole, err := json.Marshal(token)
		if err != nil || strings.Contains(string(whole), "grant_type") || strings.Contains(string(whole), "access_token") {
			t.Errorf("the token request is %s, %v", whole, err)
		}
		var group struct{ ID, DisplayName string }
		if err := json.Unmarshal(created.ResponseBody, &group); err != nil || group.ID == "" || group.DisplayName != "A" ||
			!strings.Contains(string(created.RequestBody), `"domain":"acme.com"`) {
			t.Errorf("got %s and %s", created.RequestBody, created.ResponseBody)
		}
		if string(broken.RequestBody) != `"no JSON"` || len(long.RequestBody) > 66<<10 ||
			!strings.Contains(string(long.RequestBody), "cut off") {
			t.Errorf("got %s, and %d bytes", broken.RequestBody, len(long.RequestBody))
		}
	}
}

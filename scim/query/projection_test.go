package query

import (
	"reflect"
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/schematest"

	scimerrors "github.com/elimity-com/scim/errors"
)

func TestProjection(t *testing.T) {
	const all = `{"schemas":["$USER"],"id":"1","meta":{"version":"v"},"userName":"ada",
		"name":{"givenName":"A","familyName":"L"},"emails":[{"value":"a@x","type":"work"},{"value":"b@x"}],
		"$ENTERPRISE":{"department":"d","manager":{"value":"m","displayName":"M"}}}`
	tests := []struct{ name, only, without, want string }{
		{"everything", "", "", all},
		{"one attribute, and what is always there", "userName", "", `{"schemas":["$USER"],"id":"1","userName":"ada"}`},
		{"several in any case, with spaces", " USERNAME , Name", "",
			`{"schemas":["$USER"],"id":"1","userName":"ada","name":{"givenName":"A","familyName":"L"}}`},
		{"a sub-attribute", "name.familyName", "", `{"schemas":["$USER"],"id":"1","name":{"familyName":"L"}}`},
		{"a sub-attribute of each value", "emails.value", "",
			`{"schemas":["$USER"],"id":"1","emails":[{"value":"a@x"},{"value":"b@x"}]}`},
		{"an attribute and one of its parts", "name,name.familyName", "",
			`{"schemas":["$USER"],"id":"1","name":{"givenName":"A","familyName":"L"}}`},
		{"the URN of the core schema", "$USER:userName", "", `{"schemas":["$USER"],"id":"1","userName":"ada"}`},
		{"an extension", "$ENTERPRISE", "",
			`{"schemas":["$USER"],"id":"1","$ENTERPRISE":{"department":"d","manager":{"value":"m","displayName":"M"}}}`},
		{"an attribute of an extension", "$ENTERPRISE:department", "",
			`{"schemas":["$USER"],"id":"1","$ENTERPRISE":{"department":"d"}}`},
		{"a sub-attribute of an extension", "$ENTERPRISE:manager.displayName", "",
			`{"schemas":["$USER"],"id":"1","$ENTERPRISE":{"manager":{"displayName":"M"}}}`},
		{"part of meta", "meta.version", "", `{"schemas":["$USER"],"id":"1","meta":{"version":"v"}}`},
		{"what nobody knows", "shoeSize", "", `{"schemas":["$USER"],"id":"1"}`},
		{"empty names", ",,", "", all},
		{"all but one", "", "emails",
			strings.Replace(all, `"emails":[{"value":"a@x","type":"work"},{"value":"b@x"}],`, "", 1)},
		{"all but a sub-attribute", "", "name.givenName", strings.Replace(all, `"givenName":"A",`, "", 1)},
		{"all but a sub-attribute of each value", "", "EMAILS.value",
			strings.NewReplacer(`"value":"a@x",`, "", `"value":"b@x"`, "").Replace(all)},
		{"all but a part of an extension", "", "$ENTERPRISE:manager.value", strings.Replace(all, `"value":"m",`, "", 1)},
		{"all but what is always there", "", "id,schemas,meta", strings.Replace(all, `"meta":{"version":"v"},`, "", 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list := func(s string) []string { return strings.Split(schematest.URNs(s), ",") }
			p, err := Request{Attributes: list(tt.only), ExcludedAttributes: list(tt.without)}.Project(schema.User)
			if err != nil {
				t.Fatal(err)
			}
			got, want := p.Apply(schematest.Resource(t, all)), schematest.Resource(t, tt.want)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
	_, err := Request{Attributes: []string{"a"}, ExcludedAttributes: []string{"b"}}.Project(schema.User)
	schematest.WantProblem(t, err, scimerrors.ScimTypeInvalidValue)
}

package translate_test

import (
	"errors"
	"reflect"
	"testing"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

func TestGroupToSCIM(t *testing.T) {
	const schemas = `"schemas":["` + schema.Group + `"]`
	for name, tt := range map[string]struct {
		group upstream.Group
		want  string
	}{
		"a name alone": {upstream.Group{ID: "g1", DisplayName: "Sales"},
			`{` + schemas + `,"displayName":"Sales","members":[]}`},
		"all of it": {
			upstream.Group{DisplayName: "Sales", ExternalID: "x",
				Members: []upstream.Member{{ID: "1", Display: "Ada"}, {ID: "2"}}},
			`{` + schemas + `,"displayName":"Sales","externalId":"x",
				"members":[{"value":"1","type":"User","display":"Ada"},{"value":"2","type":"User"}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, want := schema.Copy(translate.GroupToSCIM(tt.group)), any(resource(t, tt.want))
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestGroupFromSCIM(t *testing.T) {
	sales := upstream.Group{DisplayName: "Sales", Members: []upstream.Member{{ID: "1"}}}
	for name, tt := range map[string]struct {
		in   string
		want upstream.Group
		err  *problem.Error
	}{
		"a name alone": {`{"displayName":"Sales","externalId":"x"}`,
			upstream.Group{DisplayName: "Sales", ExternalID: "x"}, nil},
		"no name":                   {`{"externalId":"x"}`, upstream.Group{}, problem.GroupNameMissing()},
		"a name of spaces":          {`{"displayName":"  "}`, upstream.Group{}, problem.GroupNameMissing()},
		"white space around a name": {`{"displayName":"\u00a0 Sales\r\n","members":[{"value":"1"}]}`, sales, nil},
		"white space within stays":  {`{"displayName":"Sales  EU"}`, upstream.Group{DisplayName: "Sales  EU"}, nil},
		"a line end within a name":  {`{"displayName":"Sales\nEU"}`, upstream.Group{}, problem.BrokenName("displayName")},
		"a name that nobody sees":   {`{"displayName":"\u200b"}`, upstream.Group{}, problem.GroupNameMissing()},
		"a name that is a list":     {`{"displayName":["Sales"]}`, upstream.Group{}, problem.NotText("displayName")},
		"an externalId that is a flag": {`{"displayName":"Sales","externalId":true}`, upstream.Group{},
			problem.NotText("externalId")},
		"numbers keep their digits": {`{"displayName":7,"externalId":1234567890123456789,"members":[{"value":1}]}`,
			upstream.Group{DisplayName: "7", ExternalID: "1234567890123456789", Members: sales.Members}, nil},
		"a member":       {`{"displayName":"Sales","members":[{"value":"1"}]}`, sales, nil},
		"a member alone": {`{"displayName":"Sales","members":{"value":"1"}}`, sales, nil},
		"a member with a name": {`{"displayName":"Sales","members":[{"value":"1","display":"Ada","type":"User"}]}`,
			upstream.Group{DisplayName: "Sales", Members: []upstream.Member{{ID: "1", Display: "Ada"}}}, nil},
		"a group in the group": {`{"displayName":"Sales","members":[{"value":"1"},{"value":"2","type":"group"}]}`, sales,
			nil},
		"a member that is an id": {`{"displayName":"Sales","members":["1"]}`, upstream.Group{}, problem.MemberForm()},
		"a member without an id": {`{"displayName":"Sales","members":[{"display":"Ada"}]}`, upstream.Group{},
			problem.MemberForm()},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := translate.GroupFromSCIM(resource(t, tt.in))
			p, _ := errors.AsType[*problem.Error](err)
			if !reflect.DeepEqual(got, tt.want) || (p != nil) != (tt.err != nil) || p != nil && p.Entry != tt.err.Entry {
				t.Errorf("got %+v and the error %v, want %+v and %v", got, err, tt.want, tt.err)
			}
		})
	}
}

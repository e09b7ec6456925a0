package trace

import (
	"encoding/json"
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
)

func table(tb testing.TB) Table {
	tb.Helper()
	t, err := translate.New(translate.Config{DefaultDomain: "acme.com"})
	if err != nil {
		tb.Fatal(err)
	}
	return Table{Users: schema.Users(t.SchemaAttributes()), Names: map[string]string{
		"login": "userName", "firstname": "name.givenName", "email": "emails", "mobilephone": "phoneNumbers#mobile",
	}}
}

func TestReadCSV(t *testing.T) {
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	for name, tt := range map[string]struct{ in, want, unknown string }{
		"paths": {"userName,name.givenName,emails,active\nada,Ada,a@x.y,false\n",
			`{"active":false,"emails":[{"primary":true,"type":"work","value":"a@x.y"}],"externalId":"line-2",` +
				`"name":{"givenName":"Ada"},"userName":"ada"}`, ""},
		"other names, in any case": {"LOGIN,FirstName\nada,Ada\n",
			`{"active":true,"externalId":"line-2","name":{"givenName":"Ada"},"userName":"ada"}`, ""},
		"a BOM, semicolons and CRLF": {"\xef\xbb\xbfuserName;title\r\nada;\"a;b\"\r\n",
			`{"active":true,"externalId":"line-2","title":"a;b","userName":"ada"}`, ""},
		"tabs": {"userName\ttitle\nada\tx, y\n",
			`{"active":true,"externalId":"line-2","title":"x, y","userName":"ada"}`, ""},
		"extensions, with and without a URN": {"userName,department," + enterprise + ":costCenter\nada,D,C\n",
			`{"active":true,"externalId":"line-2","` + enterprise + `":{"costCenter":"C","department":"D"},` +
				`"userName":"ada"}`, ""},
		"two kinds of one list, and parts of one value": {
			"userName,phoneNumbers,mobilePhone,addresses.locality,addresses.country\nada,1,2,London,GB\n",
			`{"active":true,"addresses":[{"country":"GB","locality":"London","primary":true,"type":"work"}],` +
				`"externalId":"line-2","phoneNumbers":[{"primary":true,"type":"work","value":"1"},` +
				`{"primary":false,"type":"mobile","value":"2"}],"userName":"ada"}`, ""},
		"what is empty is not there": {"userName,title,externalId\nada,,00u1\n",
			`{"active":true,"externalId":"00u1","userName":"ada"}`, ""},
		"unknown columns": {"userName,status,groups\nada,ACTIVE,x\n",
			`{"active":true,"externalId":"line-2","userName":"ada"}`, "status groups"},
		"lines within a value": {"userName,title\n\"ada\",\"a\nb\"\n",
			`{"active":true,"externalId":"line-2","title":"a\nb","userName":"ada"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			users, unknown, err := ReadCSV(strings.NewReader(tt.in), table(t))
			if err != nil || len(users) != 1 {
				t.Fatalf("got %+v, %v", users, err)
			}
			delete(users[0].okta, "schemas")
			got, _ := json.Marshal(users[0].okta)
			if string(got) != tt.want || strings.Join(unknown, " ") != tt.unknown {
				t.Errorf("got %s and %q, want %s and %q", got, unknown, tt.want, tt.unknown)
			}
		})
	}
}

func TestReadCSVRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                              "the table is empty",
		"userName\n":                    "no users below it",
		"userName,title\nada\n":         "line 2 has another number of fields",
		"userName,title\na,b\nc,d,e\n":  "line 3 has another number of fields",
		"userName,login\na,b\n":         "userName and login are the same attribute",
		"status,up\na,b\n":              "no column names an attribute: there are status, up",
		"userName,title\nada,\"half\n":  "line 2",
		"userName,title\nada,x\"y\"z\n": "line 2",
	} {
		if _, _, err := ReadCSV(strings.NewReader(in), table(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error = %v, want %q", in, err, want)
		}
	}
}

// FuzzReadCSV reads any table, or says why not; what it reads can be followed.
func FuzzReadCSV(f *testing.F) {
	f.Add("userName,title\nada,x\n")
	f.Add("\xef\xbb\xbflogin;mobilePhone;department\r\nada;1;\"a;b\"\r\n")
	f.Add("userName\t\"a\nb\"\nada\t\n")
	translator, err := translate.New(translate.Config{DefaultDomain: "acme.com"})
	if err != nil {
		f.Fatal(err)
	}
	names := table(f)
	f.Fuzz(func(t *testing.T, in string) {
		users, _, err := ReadCSV(strings.NewReader(in), names)
		if (err == nil) == (len(users) == 0) {
			t.Fatalf("%d users, and the error %v", len(users), err)
		}
		for _, u := range users[:min(len(users), 3)] {
			u.follow(translator)
		}
	})
}

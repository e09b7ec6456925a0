package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
)

var _ drift.Source = (*File)(nil)

// kept are the attributes that the bridge keeps as it is delivered, and two more.
func kept(tb testing.TB) []schema.Mapped {
	tb.Helper()
	t, err := translate.New(translate.Config{DefaultDomain: "acme.com", Attributes: []translate.Attribute{
		{SCIM: "urn:acme:User:badge_number", Access: schema.Tenant + "acme:1.0:badge"},
		{SCIM: "urn:acme:User:remote", Access: schema.Tenant + "acme:1.0:remote", Type: "boolean"},
	}})
	if err != nil {
		tb.Fatal(err)
	}
	return t.SchemaAttributes()
}

// told is what was read, with a line for each person and group.
func told(f *File) string {
	var b strings.Builder
	for _, u := range f.people {
		profile, _ := json.Marshal(u.Profile) // texts and flags
		fmt.Fprintf(&b, "%s id=%s link=%s %s %s\n", u.Credentials.UserName, u.ID, u.ExternalID, u.Status, profile)
	}
	for _, g := range f.groups {
		fmt.Fprintf(&b, "%s: %s\n", g.SourceGroupID, strings.Join(f.members[g.SourceGroupID], " "))
	}
	return b.String()
}

func utf16(tb testing.TB, e unicode.Endianness, text string) string {
	tb.Helper()
	wide, err := unicode.UTF16(e, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		tb.Fatal(err)
	}
	return wide
}

func TestRead(t *testing.T) {
	const two = "ada id=00u1 link= ACTIVE {\"title\":\"Countess\"}\nzoë id= link= SUSPENDED {}\n"
	for name, tt := range map[string]struct{ in, want, ignored string }{
		"commas": {"userName,id,title,status\nada,00u1,Countess,\nzoë,,,Suspended\n", two, ""},
		"semicolons and CRLF": {"userName;id;title;status\r\nada;00u1;Countess;ACTIVE\r\nzoë;;;SUSPENDED\r\n",
			two, ""},
		"tabs, and no end of the last line": {
			"userName\tid\ttitle\tstatus\nada\t00u1\tCountess\t\nzoë\t\t\tsuspended", two, ""},
		"a byte order mark": {
			"\xef\xbb\xbfuserName,id,title,status\nada,00u1,Countess,\nzoë,,,Suspended\n", two, ""},
		"UTF-16, little end first": {utf16(t, unicode.LittleEndian,
			"userName\tid\ttitle\tstatus\r\nada\t00u1\tCountess\t\r\nzoë\t\t\tSuspended\r\n"), two, ""},
		"UTF-16, big end first": {utf16(t, unicode.BigEndian,
			"userName,id,title,status\r\nada,00u1,Countess,\r\nzoë,,,Suspended\r\n"), two, ""},
		"names of columns in other spellings": {"User Name,OKTA_ID,Title,user-status\nada,00u1,Countess,Active\n" +
			"zoë,,,SUSPENDED\n", two, ""},
		"names of columns as expressions have them": {"user.login,user.id,user.title,user.status\n" +
			"ada,00u1,Countess,\nzoë,,,Suspended\n", two, ""},
		"white space around what is no attribute": {"userName , id ,title, status\n ada , 00u1 ,Countess,\n" +
			"zoë ,,, Suspended \n", two, ""},
		"rows without anything": {"userName,id,title,status\nada,00u1,Countess,\n,,,\n\nzoë,,,Suspended\n,,,\n", two, ""},
		"quotes around names with separators": {"userName,id,title,status,\"a;b;c;d;e\"\nada,00u1,Countess,,\n" +
			"zoë,,,Suspended,x\n", two, "a;b;c;d;e"},
		"columns that nobody knows": {"userName,Last password change,,domain,active,name,userName.value," +
			"roles,name.formatted\n" +
			"ada,x,x,x,x,x,x,x,x\n", "ada id= link= ACTIVE {}\n",
			"Last password change 3 (without a name) domain active name userName.value roles name.formatted"},
		"a name of a column that is no text": {"userName,a\x1bb," + strings.Repeat("é", 100) + "\nada,x,x\n",
			"ada id= link= ACTIVE {}\n", "a·b " + strings.Repeat("é", 60) + "…"},
		"links": {"Okta username,External ID\nada,a-1\nzoe,\n", "ada id= link=a-1 ACTIVE {}\nzoe id= link= ACTIVE {}\n", ""},
		"groups, in several forms": {"id,login,groups\n1,ada,Team A; team b |Team A\n2,zoe,\"TEAM B\nTeam;\"\n3,bob,\n",
			"ada id=1 link= ACTIVE {}\nzoe id=2 link= ACTIVE {}\nbob id=3 link= ACTIVE {}\n" +
				"Team A: 1\nteam b: 1 2\nTeam: 2\n", ""},
		"groups of people without ids": {"Login,groups\nAda,Team\n", "Ada id= link= ACTIVE {}\nTeam: userName:ada\n", ""},
		"a value stays as it is": {"userName,title,nickName\nada,\" a \"\"b\"\",\nc \",'x\n",
			"ada id= link= ACTIVE {\"nickName\":\"'x\",\"title\":\" a \\\"b\\\",\\nc \"}\n", ""},
		"true and false": {"userName,urn:acme:User:remote,badge_number\nada,TRUE,7\nzoe,false,\nbob,,\n",
			"ada id= link= ACTIVE {\"urn:acme:User:badge_number\":\"7\",\"urn:acme:User:remote\":true}\n" +
				"zoe id= link= ACTIVE {\"urn:acme:User:remote\":false}\nbob id= link= ACTIVE {}\n", ""},
		"an id before lines within a cell": {"title,userName,id\n\"a\nb\",ada,\n\"c\nd\",zoe,\n",
			"ada id= link= ACTIVE {\"title\":\"a\\nb\"}\nzoe id= link= ACTIVE {\"title\":\"c\\nd\"}\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(strings.NewReader(tt.in), kept(t))
			if err != nil {
				t.Fatal(err)
			}
			if got := told(f); got != tt.want {
				t.Errorf("got\n%s, want\n%s", got, tt.want)
			}
			if got := strings.Join(f.Ignored(), " "); got != tt.ignored {
				t.Errorf("ignored are %q, want %q", got, tt.ignored)
			}
		})
	}
}

func TestStatuses(t *testing.T) {
	for said, want := range map[string]string{
		"": "ACTIVE", "ACTIVE": "ACTIVE", "Active": "ACTIVE", "PROVISIONED": "PROVISIONED",
		"Pending user action": "PROVISIONED", "STAGED": "STAGED", "Staged": "STAGED", "PENDING": "PENDING",
		"Suspended": "SUSPENDED", "DEPROVISIONED": "DEPROVISIONED", "Deactivated": "DEPROVISIONED",
		"INACTIVE": "INACTIVE", "PASSWORD_EXPIRED": "PASSWORD_EXPIRED", "Password expired": "PASSWORD_EXPIRED",
		"LOCKED_OUT": "LOCKED_OUT", "Locked out": "LOCKED_OUT", "RECOVERY": "RECOVERY", "Password reset": "RECOVERY",
		"REVOKED": "REVOKED", "UNASSIGNED": "UNASSIGNED",
	} {
		f, err := Read(strings.NewReader("userName,status\nada,"+said+"\n"), nil)
		if err != nil || f.people[0].Status != want {
			t.Errorf("%q: got %v, %v, want %s", said, f, err, want)
		}
	}
	for _, status := range statuses {
		if !strings.Contains(knownStatuses, status) {
			t.Errorf("%s is not among %s", status, knownStatuses)
		}
	}
}

func TestAttributes(t *testing.T) {
	const enterprise = schema.Enterprise + ":"
	for column, want := range map[string]string{
		"firstName": "name.givenName", "First name": "name.givenName", "givenName": "name.givenName",
		"NAME.GIVENNAME": "name.givenName", schema.User + ":name.familyName": "name.familyName",
		"last_name":   "name.familyName",
		"Middle Name": "name.middleName", "honorificPrefix": "name.honorificPrefix",
		"email": "emails.^[primary==true].value", "Primary email": "emails.^[primary==true].value",
		"emails": "emails.^[primary==true].value", "emails.value": "emails.^[primary==true].value",
		"emails.^[primary==true].value": "emails.^[primary==true].value", "user.email": "emails.^[primary==true].value",
		`emails[type eq "work"].value`:  "emails.^[type=='work'].value",
		"emails.^[type=='work'].type":   "emails.^[type=='work'].type",
		"Emails[Primary eq true].Value": "emails.^[primary==true].value",
		"mobilePhone":                   "phoneNumbers.^[type=='mobile'].value",
		"primaryPhone":                  "phoneNumbers.^[primary==true].value", "phoneNumbers[type eq 'x'].value": "",
		"city": "addresses.^[primary==true].locality", "Zip code": "addresses.^[primary==true].postalCode",
		"state": "addresses.^[primary==true].region", "countryCode": "addresses.^[primary==true].country",
		"addresses": "", "displayName": "displayName", "title": "title", "nickName": "nickName",
		"preferred language": "preferredLanguage", "locale": "locale", "timezone": "timezone", "userType": "userType",
		"profileUrl": "profileUrl", "department": enterprise + "department", "Cost center": enterprise + "costCenter",
		enterprise + "division": enterprise + "division", "organization": enterprise + "organization",
		"employeeNumber": enterprise + "employeeNumber", "manager": enterprise + "manager.displayName",
		"managerId": enterprise + "manager.value", enterprise + "manager.value": enterprise + "manager.value",
		"userPrincipalName": schema.Workspace + ":userPrincipalName", "badge_number": "urn:acme:User:badge_number",
		schema.Tenant + "ACME:1.0:shoeSize": schema.Tenant + "acme:1.0:shoeSize", schema.Tenant + "ACME:1.0": "",
		schema.Tenant + "ACME:1.0:shoe.size": "", "secondEmail": "", "domain": "", "active": "", "password": "",
		"emails[value co x].value": "", "emails[a eq true].value": "", "emails[primary eq 7].value": "",
		"emails[primary eq true and type eq \"work\"].value": "", `emails[type eq "a]b"].value`: "", "title.value": "",
		"title[primary eq true]": "", "name[primary eq true].givenName": "", "name.initials": "", "urn:other:title": "",
		".^[]": "", ".^[==": "",
	} {
		p, _, ok := propertyOf(column, kept(t))
		if got := variable(p); ok != (want != "") || ok && got != want {
			t.Errorf("%s: got %q, %t, want %q", column, got, ok, want)
		}
	}
}

func TestSource(t *testing.T) {
	f, err := Read(strings.NewReader("userName,id,department,groups\nAda,00u1,Engines,Team\nZoe,,,Team\n"), kept(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	var keys []string
	if err := f.EachUser(ctx, func(u drift.AppUser) error { keys = append(keys, u.Key()); return nil }); err != nil {
		t.Error(err)
	}
	if want := []string{"00u1", "userName:zoe"}; !slices.Equal(keys, want) {
		t.Errorf("got the keys %q, want %q", keys, want)
	}
	for i, key := range keys {
		u, err := f.User(ctx, key)
		want := []string{"Ada", "Zoe"}[i]
		if err != nil || u.Credentials.UserName != want || u.Profile == nil || !u.LinkUnknown {
			t.Errorf("%s: got %+v, %v, want %s without a link", key, u, err, want)
		}
	}
	for _, key := range []string{"", "nobody", "userName:ada"} {
		if _, err := f.User(ctx, key); !errors.Is(err, drift.ErrNotAssigned) {
			t.Errorf("%q: the error is %v", key, err)
		}
	}
	mappings, _ := f.Mappings(ctx)
	if want := []drift.Mapping{{SourceGroupID: "Team", Status: "ACTIVE", NameOnly: true}}; !slices.Equal(mappings, want) {
		t.Errorf("got %+v, want %+v", mappings, want)
	}
	if name, err := f.GroupName(ctx, "Team"); err != nil || name != "Team" {
		t.Errorf("got %q, %v", name, err)
	}
	if members, err := f.Members(ctx, "Team"); err != nil || !slices.Equal(members, keys) {
		t.Errorf("got %q, %v, want %q", members, err, keys)
	}
	if _, err := f.GroupName(ctx, "none"); !errors.Is(err, drift.ErrNoGroup) {
		t.Errorf("the name of no group: %v", err)
	}
	if _, err := f.Members(ctx, "none"); !errors.Is(err, drift.ErrNoGroup) {
		t.Errorf("the members of no group: %v", err)
	}
	app, _ := f.App(ctx)
	want := map[string]drift.Property{schema.Enterprise + ":department": {ExternalName: "department",
		ExternalNamespace: schema.Enterprise}}
	if !maps.Equal(app.Properties, want) || !app.TellsAll {
		t.Errorf("got %+v, want %+v", app, want)
	}
	stop := errors.New("stop")
	if err := f.EachUser(ctx, func(drift.AppUser) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

// TestPartial tells whether the columns are enough to say of somebody that they could be created.
func TestPartial(t *testing.T) {
	for columns, want := range map[string]bool{
		"userName":                           true,
		"userName,firstName,lastName":        true,
		"userName,firstName,lastName,title":  true,
		"userName,firstName,lastName,email":  false,
		"Login,familyName,emails,given name": false,
	} {
		row := strings.Repeat(",x", strings.Count(columns, ","))
		f, err := Read(strings.NewReader(columns+"\nada"+row+"\n"), kept(t))
		if err != nil || f.people[0].IsPartial != want {
			t.Errorf("%s: got %v, %v, want %t", columns, f, err, want)
		}
	}
}

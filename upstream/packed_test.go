package upstream

import (
	"reflect"
	"testing"
	"time"
)

// createdAttributes are those of a user with a value of every form.
func createdAttributes() Attributes {
	return Attributes{
		userNamePath: "ada", externalIDPath: "00u1", activePath: false, emailsPath: "ada@acme.com",
		PathOf("", "name", "givenName"): "Ada", PathOf("", "name", "familyName"): "Lovelace",
		CorePath("phoneNumbers"):                                     []Element{{"value": "1", "type": "work"}},
		PathOf(EnterpriseSchema, "department", ""):                   "Engines",
		PathOf(EnterpriseSchema, "manager", "managerId"):             "babbage",
		PathOf(WorkspaceSchema, "userPrincipalName", ""):             "ada@corp",
		PathOf(tenantPrefix+"acme:1.0", "shoeSize", ""):              "7",
		PathOf("urn:scim:schemas:extension:other:2.0", "remote", ""): true,
	}
}

func packed(t *testing.T, a Attributes) packedBody {
	t.Helper()
	b, err := creationBody(a, "internalUserType", UserProvisioned, "acme.com").pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What a user was created with is kept as it was sent, and comes out as it was put in.
func TestPackedBodiesKeepEveryValue(t *testing.T) {
	sent := createdAttributes()
	sent[CorePath("title")], sent[CorePath("nickName")] = "", nil // nobody is created with nothing
	if got := packed(t, sent).attributes(); !reflect.DeepEqual(got, createdAttributes()) {
		t.Errorf("got  %v\nwant %v", got, createdAttributes())
	}
	if got := packedBody("no JSON").attributes(); len(got) != 0 {
		t.Errorf("what is no body has the attributes %v", got)
	}
}

// Whoever looks at a user who was created sees all that was sent.
func TestCreatedUsersAreRememberedWhole(t *testing.T) {
	want := createdAttributes()
	created := func(*testing.T) *recentWrites {
		w := &recentWrites{lag: time.Minute}
		w.createUser("1", "acme.com", Meta{}, "ada", packed(t, want))
		return w
	}
	w := created(t)
	for name, f := range map[string]*footprint{"of": w.of("1"), "beyond": w.beyond("1", Meta{}, false)} {
		if !reflect.DeepEqual(f.set, want) {
			t.Errorf("%s tells of %v\nwant %v", name, f.set, want)
		}
	}
	if u := w.of("1").createdUser("1"); u.ExternalID() != "00u1" || u.Domain != "acme.com" || !u.Meta.Unsettled {
		t.Errorf("the created user is %+v", u)
	}
	if now, agrees := w.of("1").complete(Attributes{userNamePath: "ada"}); agrees || now.ExternalID() != "00u1" {
		t.Errorf("a reading without an externalId is completed to %v, and agrees: %t", now, agrees)
	}
	for name, write := range map[string]func(w *recentWrites){
		"a change":            func(w *recentWrites) { w.write("1", difference{}) },
		"a change in doubt":   func(w *recentWrites) { w.doubt("1", difference{}) },
		"a confirmed name":    func(w *recentWrites) { w.keepName("1", "ada") },
		"a deletion in doubt": func(w *recentWrites) { w.mayBeGone("1") },
	} {
		w := created(t)
		if write(w); !reflect.DeepEqual(w.of("1").set, want) {
			t.Errorf("after %s: %v\nwant %v", name, w.of("1").set, want)
		}
	}
}

package scim

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"ws1bridge/scim/translate"
)

func TestTidy(t *testing.T) {
	tests := []struct {
		name, in, want string
		unknown        []string
	}{
		{"names as the schemas spell them", `{"userName":"a","name":{"givenName":"G"}}`, `{"userName":"a","name":{"givenName":"G"}}`, nil},
		{"names in any case", `{"USERNAME":"a","Name":{"GIVENNAME":"G"},"eMails":[{"VALUE":"a@x","Primary":true}]}`,
			`{"userName":"a","name":{"givenName":"G"},"emails":[{"value":"a@x","primary":true}]}`, nil},
		{"values keep their case", `{"title":"TITLE"}`, `{"title":"TITLE"}`, nil},
		{"a URN in any case", `{"URN:SCIM:Schemas:extension:workspace:1.0":{"UserPrincipalName":"p"}}`, `{"$WORKSPACE":{"userPrincipalName":"p"}}`, nil},
		{"two spellings of a URN", `{"$ENTERPRISE":{"department":"d"},"URN:IETF:params:scim:schemas:extension:enterprise:2.0:user":{"division":"v"}}`,
			`{"$ENTERPRISE":{"department":"d","division":"v"}}`, nil},
		{"the last of two spellings", `{"userName":"last","USERNAME":"first","name":{"GivenName":"first","givenname":"last"}}`,
			`{"userName":"last","name":{"givenName":"last"}}`, nil},
		{"what must go no further", `{"password":"p","id":"1","meta":{},"groups":[{"value":"g"}],"schemas":["$USER"],"title":"t"}`, `{"title":"t"}`, nil},
		{"what no schema knows", `{"shoeSize":7,"title":"t","$ref":"x","":1}`, `{"title":"t"}`, []string{"", "$ref", "shoeSize"}},
		{"what an extension does not know", `{"$ENTERPRISE":{"floor":"7","department":"d"}}`, `{"$ENTERPRISE":{"department":"d"}}`, []string{"$ENTERPRISE:floor"}},
		{"an extension that nobody knows", `{"urn:okta:acme_1:1.0:user:custom":{"a":"b"}}`, `{}`, []string{"urn:okta:acme_1:1.0:user:custom"}},
		{"a sub-attribute that no schema knows", `{"name":{"givenName":"G","nom":"N"}}`, `{"name":{"givenName":"G"}}`, nil},
		{"an extension that is null", `{"$ENTERPRISE":null}`, `{"$ENTERPRISE":{}}`, nil},
		{"an extension that is a string", `{"$ENTERPRISE":"d"}`, `{"$ENTERPRISE":"d"}`, nil},
		{"a bare string in a list", `{"emails":["a@x",null,7]}`, `{"emails":["a@x",null,7]}`, nil},
		{"a complex attribute that is a string", `{"name":"Ada"}`, `{"name":"Ada"}`, nil},
		{"an object for a simple attribute", `{"title":{"A":1}}`, `{"title":{"A":1}}`, nil},
		{"null", `{"title":null,"emails":null}`, `{"title":null,"emails":null}`, nil},
	}
	users, _ := tables(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := decode(t, tt.in)
			before := copyValue(raw)
			clean, unknown := users.tidy(raw)
			if want := decode(t, tt.want); !reflect.DeepEqual(clean, want) {
				t.Errorf("got  %v\nwant %v", clean, want)
			}
			for i, name := range tt.unknown {
				tt.unknown[i] = urns.Replace(name)
			}
			if !slices.Equal(unknown, tt.unknown) {
				t.Errorf("got %q as unknown, want %q", unknown, tt.unknown)
			}
			if !reflect.DeepEqual(raw, before) {
				t.Errorf("what was read became %v", raw)
			}
		})
	}
}

// recorded is a context whose request has a log line to write to.
func recorded(ctx context.Context) (context.Context, *record) {
	rec := &record{}
	return context.WithValue(ctx, recordKey{}, rec), rec
}

// namesIn are the names of dropped attributes in a log line.
func namesIn(rec *record) (names []any) {
	for _, name := range rec.dropped {
		names = append(names, name)
	}
	return names
}

// TestNameTableIsComplete checks that every attribute that the translation maps
// has a place in the table.
func TestNameTableIsComplete(t *testing.T) {
	tr, err := translate.New(translate.Config{DefaultDomain: "acme.com"})
	if err != nil {
		t.Fatal(err)
	}
	users, groups := tables(t)
	for _, path := range tr.Attributes() {
		if got, known, err := users.target(path); err != nil || !known {
			t.Errorf("%s gives %v (known %t, error %v)", path, got, known, err)
		}
	}
	for _, path := range []string{"displayName", "members.value", "members.display", "externalId"} {
		if got, known, err := groups.target(path); err != nil || !known {
			t.Errorf("%s gives %v (known %t, error %v)", path, got, known, err)
		}
	}
}

func TestNamesAreToldOnce(t *testing.T) {
	var n namesOnce
	if !n.first("a") || n.first("a") || !n.first("b") {
		t.Error("a name is not told once")
	}
	var told sync.Map
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for i := range maxNames * 2 {
				if name := fmt.Sprint("name", i); n.first(name) {
					if _, twice := told.LoadOrStore(name, true); twice {
						t.Errorf("%s was told twice", name)
					}
				}
			}
		})
	}
	workers.Wait()
	if len(n.seen) != maxNames {
		t.Errorf("%d names are remembered, want %d", len(n.seen), maxNames)
	}
}

func TestDroppedNamesAreNoted(t *testing.T) {
	h := &Handler{}
	noted := func(names ...string) []any {
		ctx, rec := recorded(t.Context())
		h.noteDropped(httptest.NewRequestWithContext(ctx, http.MethodPut, "/", nil), names)
		return namesIn(rec)
	}
	long := strings.Repeat("x", 500)
	if got := noted("shoeSize", long); len(got) != 2 || got[0] != "shoeSize" || len(got[1].(string)) > 100 {
		t.Errorf("got %v, want the two names, the long one cut", got)
	}
	if got := noted("shoeSize", long); got != nil {
		t.Errorf("got %v, want nothing the second time", got)
	}
}

package scim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"

	"ws1bridge/auth"
	"ws1bridge/scim"
	"ws1bridge/scim/scimtest"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// pair is a bridge before an emulator without a network between: fuzzing needs
// many of both.
type pair struct {
	tb      testing.TB
	access  *accesstest.Emulator
	bridge  http.Handler
	ids     map[string]string // of what was there from the start, by $NAME
	foreign []string          // what no answer may hold: ids and addresses of users that are not ours
}

func newPair(tb testing.TB) *pair {
	tb.Helper()
	access, err := accesstest.New(accesstest.Config{
		ClientID: "bridge", ClientSecret: secret, Domains: []string{domain},
		Modes: accesstest.Modes{SyncedDomain: "corp.acme.com"},
	})
	check(tb, err)
	p := &pair{tb: tb, access: access, ids: map[string]string{}}
	client := &http.Client{Transport: scimtest.Direct{Handler: access.Handler()}}
	const tenant = "http://localhost"
	tokens, err := auth.NewTokenSource(auth.Config{
		TokenURL: tenant + "/SAAS/auth/oauthtoken", ClientID: "bridge", ClientSecret: secret, HTTPClient: client,
	})
	check(tb, err)
	directory, err := upstream.NewClient(upstream.Config{
		BaseURL: tenant, Domains: []string{domain}, Resilience: upstream.Resilience{Attempts: 1, BreakAfter: 1 << 20},
		HTTPClient: &http.Client{Transport: &auth.Transport{Source: tokens, Base: client.Transport, Host: "localhost"}},
	})
	check(tb, err)
	translator, err := translate.New(translate.Config{DefaultDomain: domain})
	check(tb, err)
	p.bridge, err = scim.NewHandler(scim.Config{
		Users: directory, Groups: directory, Translator: translator, GroupDomain: domain,
		Authenticate: func(string) (string, error) { return "test", nil }, Log: zap.NewNop(), MaxScan: 50,
	})
	check(tb, err)
	for _, u := range access.State().Users {
		id, _ := u["id"].(string)
		p.foreign = append(p.foreign, id)
	}
	p.foreign = append(p.foreign, "@corp.acme.com")
	for _, name := range []string{"ADA", "BOB"} {
		p.ids["$"+name] = p.create(usersPath, user(strings.ToLower(name)+"@acme.com", "ext-"+name))
	}
	p.ids["$POETS"] = p.create(groupsPath, group("Poets", p.ids["$ADA"]))
	return p
}

// check is must for fuzz targets too.
func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func (p *pair) create(path string, body map[string]any) string {
	p.tb.Helper()
	encoded, err := json.Marshal(body)
	check(p.tb, err)
	rec := p.send(http.MethodPost, path, string(encoded))
	var answer map[string]any
	if rec.Code != http.StatusCreated || json.Unmarshal(rec.Body.Bytes(), &answer) != nil {
		p.tb.Fatalf("a creation was answered %d %s", rec.Code, rec.Body)
	}
	return answer["id"].(string)
}

// send sends a request in which $NAMEs stand for ids.
func (p *pair) send(method, target, body string) *httptest.ResponseRecorder {
	for name, id := range p.ids {
		target, body = strings.ReplaceAll(target, name, id), strings.ReplaceAll(body, name, id)
	}
	path, rawQuery, _ := strings.Cut(target, "?")
	r := httptest.NewRequestWithContext(p.tb.Context(), http.MethodGet, "/", strings.NewReader(body))
	r.Method, r.URL = method, &url.URL{Path: path, RawQuery: rawQuery}
	r.Header.Set("Content-Type", "application/scim+json")
	rec := httptest.NewRecorder()
	p.bridge.ServeHTTP(rec, r)
	return rec
}

// checkAnswer checks what holds for every answer.
func (p *pair) checkAnswer(t *testing.T, sent string, rec *httptest.ResponseRecorder) {
	t.Helper()
	var body map[string]any
	if rec.Body.Len() > 0 && json.Unmarshal(rec.Body.Bytes(), &body) != nil {
		t.Fatalf("%s was answered %d with what is not JSON: %.200q", sent, rec.Code, rec.Body)
	}
	if rec.Code >= 500 && rec.Code != http.StatusNotImplemented || rec.Code == http.StatusTooManyRequests {
		t.Fatalf("%s was answered %d %s", sent, rec.Code, rec.Body)
	}
	isHead := strings.HasPrefix(sent, http.MethodHead+" ")
	if rec.Code >= 400 && !isHead && (body["detail"] == "" || body["status"] != fmt.Sprint(rec.Code)) {
		t.Fatalf("%s was answered %d %s, which is no SCIM error", sent, rec.Code, rec.Body)
	}
	for _, private := range p.foreign {
		if strings.Contains(rec.Body.String(), private) && !strings.Contains(sent, private) {
			t.Fatalf("%s was answered with %s, which the caller may not see: %s", sent, private, rec.Body)
		}
	}
}

// FuzzRequest sends any request. It is answered in SCIM and never with an error
// of the bridge, no answer shows a user that is not the bridge's own, reading
// writes nothing, and foreign users stay as they are.
func FuzzRequest(f *testing.F) {
	for _, seed := range [][3]string{
		{"GET", "/scim/v2/Users?filter=userName+sw+%22a%22&sortBy=name.familyName&attributes=userName", ""},
		{"GET", "/scim/v2?filter=displayName+pr+or+userName+pr", ""},
		{"GET", "/scim/v2/Users?filter=urn:scim:schemas:extension:workspace:1.0:userPrincipalName+ne+%22x%22", ""},
		{"GET", "/scim/v2/Users/$ADA?excludedAttributes=name.givenName", ""},
		{"POST", "/scim/v2/Users/.search", `{"filter":"not (userName eq \"admin\")","count":3,"startIndex":2}`},
		{"POST", "/scim/v2/.search",
			`{"filter":"meta.lastModified gt \"2001-01-01T00:00:00Z\"","sortBy":"id","sortOrder":"descending"}`},
		{"POST", "/scim/v2/Users", `{"userName":"c@acme.com","externalId":"c",` +
			`"name":{"givenName":"C","familyName":"C"},"emails":[{"value":"c@acme.com"}],"active":"True"}`},
		{"PUT", "/scim/v2/Users/$ADA",
			`{"userName":"admin","name":{"givenName":"C","familyName":"C"},"emails":"c@acme.com","active":false}`},
		{"PATCH", "/scim/v2/Users/$ADA",
			`{"Operations":[{"op":"replace","path":"name.givenName","value":"G"},{"op":"add","value":{"title":"t"}}]}`},
		{"PATCH", "/scim/v2/Groups/$POETS", `{"Operations":[` +
			`{"op":"add","path":"members","value":[{"value":"$BOB"}]},{"op":"remove","path":"members[value eq \"$ADA\"]"}]}`},
		{"PUT", "/scim/v2/Groups/$POETS", `{"displayName":"ALL USERS","members":[]}`},
		{"POST", "/scim/v2/Groups", `{"displayName":"g","members":[{"value":"$ADA"},{"value":"nobody"}]}`},
		{"POST", "/scim/v2/Bulk", `{"failOnErrors":1,"Operations":[` +
			`{"method":"POST","path":"/Groups","bulkId":"a","data":{"displayName":"b","members":[{"value":"bulkId:a"}]}}]}`},
		{"DELETE", "/scim/v2/Groups/$POETS", ""},
		{"OPTIONS", "/scim/v2/Users", ""},
		{"HEAD", "/scim/v2/Schemas", ""},
		{"PATCH", "/scim/v2/Me", "{}"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	var p *pair
	runs := 0
	f.Fuzz(func(t *testing.T, method, target, body string) {
		if runs++; runs%100 == 1 { // a small tenant is a fast one
			p = newPair(t)
		}
		p.tb = t
		p.access.ClearRequests()
		rec := p.send(method, target, body)
		p.checkAnswer(t, method+" "+target+" "+body, rec)
		reads := []string{http.MethodGet, http.MethodHead, http.MethodOptions}
		if slices.Contains(reads, method) || strings.Contains(target, ".search") {
			for _, r := range p.access.Requests() {
				if r.Method != http.MethodGet && strings.HasPrefix(r.Path, accessAPI) {
					t.Fatalf("%s %s wrote: %s %s", method, target, r.Method, r.Path)
				}
			}
		}
	})
}

// bulkOperation is an operation that can also be sent alone.
type bulkOperation struct {
	Method, Path string
	Data         json.RawMessage
}

// FuzzBulk sends operations in one request and one by one, to two tenants that
// are the same. The answers and what Access holds afterwards are the same too.
func FuzzBulk(f *testing.F) {
	for _, seed := range []string{
		`[{"method":"PATCH","path":"/Users/$ADA","data":{"Operations":[{"op":"replace","value":{"active":false}}]}},` +
			`{"method":"DELETE","path":"/Groups/$POETS"}]`,
		`[{"method":"POST","path":"/Users","data":{"userName":"c@acme.com","externalId":"c",` +
			`"name":{"givenName":"C","familyName":"C"},"emails":[{"value":"c@acme.com"}]}},
		  {"method":"PUT","path":"/Groups/$POETS","data":{"displayName":"P","members":[{"value":"$BOB"},{"value":"x"}]}}]`,
		`[{"method":"DELETE","path":"/Users/$BOB"},{"method":"DELETE","path":"/Users/$BOB"},` +
			`{"method":"PATCH","path":"/Users/$BOB","data":{}}]`,
		`[{"method":"POST","path":"/Groups","data":{"displayName":"poets"}},` +
			`{"method":"PUT","path":"/Users/$ADA","data":{"userName":"bob@acme.com"}}]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var list []bulkOperation
		if json.Unmarshal([]byte(text), &list) != nil || len(list) == 0 || len(list) > 5 || strings.Contains(text, "bulkId") {
			t.Skip("no operations that can be done alone")
		}
		together, alone := newPair(t), newPair(t)
		var batch []map[string]any
		for i, o := range list {
			writes := []string{"POST", "PUT", "PATCH", "DELETE"}
			if !slices.Contains(writes, o.Method) || len(o.Data) == 0 != (o.Method == http.MethodDelete) || !single(o) {
				t.Skip("no operation of a bulk request")
			}
			operation := map[string]any{"method": o.Method, "path": o.Path, "bulkId": fmt.Sprint(i)}
			if o.Data != nil {
				operation["data"] = o.Data
			}
			batch = append(batch, operation)
		}
		encoded, err := json.Marshal(bulk(batch...))
		check(t, err)
		rec := together.send(http.MethodPost, bulkPath, string(encoded))
		together.checkAnswer(t, text, rec)
		if rec.Code != http.StatusOK {
			return // refused as a whole
		}
		var answer response
		check(t, json.Unmarshal(rec.Body.Bytes(), &answer.Body))
		var one []string
		for _, o := range list {
			rec := alone.send(o.Method, root+o.Path, string(o.Data))
			alone.checkAnswer(t, text, rec)
			one = append(one, fmt.Sprint(rec.Code))
		}
		if got, want := statuses(answer), strings.Join(one, " "); got != want {
			t.Errorf("together the operations are answered %s, alone %s", got, want)
		}
		if got, want := together.holdings(), alone.holdings(); !reflect.DeepEqual(got, want) {
			t.Errorf("together Access holds %v, alone %v", got, want)
		}
	})
}

// single reports whether the path is one that a bulk request takes.
func single(o bulkOperation) bool {
	kind, id, one := strings.Cut(strings.TrimPrefix(o.Path, "/"), "/")
	return (kind == "Users" || kind == "Groups") && strings.HasPrefix(o.Path, "/") &&
		one == (o.Method != http.MethodPost) && !strings.ContainsAny(o.Path, "?%#") &&
		(!one || id != "" && id != ".search" && !strings.Contains(id, "/"))
}

// holdings are what Access holds, without what differs between two tenants.
func (p *pair) holdings() []string {
	var out []string
	state := p.access.State()
	names := map[any]any{}
	for _, u := range state.Users {
		names[u["id"]] = u["userName"]
		out = append(out, fmt.Sprint(u["userName"], u["active"], u["name"], u["emails"], u["title"]))
	}
	for _, g := range state.Groups {
		members := []string{fmt.Sprint(g["displayName"])}
		list, _ := g["members"].([]any)
		for _, m := range list {
			members = append(members, fmt.Sprint(names[m.(map[string]any)["value"]]))
		}
		slices.Sort(members[1:])
		out = append(out, strings.Join(members, " "))
	}
	slices.Sort(out)
	return out
}

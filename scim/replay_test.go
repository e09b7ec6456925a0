package scim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"ws1bridge/scim"
	"ws1bridge/upstream/accesstest"
)

// step is one exchange of a recording, in the shape of Okta recordings that are
// public. access, which those do not have, is what Access must hold afterwards
// of the bridge's own.
type step struct {
	Sequence     int
	Note         string
	Method       string
	Path         string
	Query        string
	RequestBody  map[string]any
	Status       int
	ResponseBody map[string]any
	Access       *holdings
}

// holdings is what Access holds of the bridge's own.
type holdings struct {
	Users []struct {
		UserName, ExternalID, Email, GivenName string
		Active                                 bool
	}
	Groups []struct {
		DisplayName string
		Members     []string // userNames
	}
}

func readSteps(t *testing.T, file string) []step {
	t.Helper()
	b, err := os.ReadFile(file)
	must(t, err)
	var steps []step
	must(t, json.Unmarshal(b, &steps))
	if len(steps) == 0 {
		t.Fatalf("%s holds no steps", file)
	}
	return steps
}

// TestReplayStories replays both of Okta's dialects and checks after each step
// what was answered and what Access holds.
func TestReplayStories(t *testing.T) {
	files, err := filepath.Glob("../testdata/okta/story_*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("stories: %v, %v", files, err)
	}
	modes := map[string]accesstest.Modes{
		"Access as documented": {},
		"Access at its most reticent": {
			ListOmitsMembers: true, GroupOmitsExtension: true, DeleteOK: true, IgnoreMetaAttributes: true,
			BadTokenStatus: http.StatusForbidden, MaxCount: 2,
		},
		"Access with a synchronized directory": {SyncedDomain: "corp.local", MediaTypes: "json"},
	}
	for _, file := range files {
		for name, m := range modes {
			t.Run(filepath.Base(file)+", "+name, func(t *testing.T) {
				w := newWorld(t, accesstest.Config{Modes: m})
				replay(t, w, readSteps(t, file))
			})
		}
	}
}

// TestReplayRecording replays a recording of a real Okta org, where there is
// one: WS1BRIDGE_RECORDING names the file.
func TestReplayRecording(t *testing.T) {
	file := os.Getenv("WS1BRIDGE_RECORDING")
	if file == "" {
		t.Skip("WS1BRIDGE_RECORDING names no recording")
	}
	w := newWorld(t, accesstest.Config{})
	replay(t, w, readSteps(t, file))
}

func replay(t *testing.T, w *world, steps []step) {
	t.Helper()
	ids := map[string]string{} // recorded id to the id here
	for _, s := range steps {
		label := fmt.Sprintf("step %d (%s %s: %s)", s.Sequence, s.Method, s.Path, s.Note)
		var header map[string]string
		if s.Status == http.StatusUnauthorized {
			header = map[string]string{"Authorization": "Bearer not-the-token"}
		}
		path := s.Path
		if s.Query != "" {
			path += "?" + s.Query
		}
		var body any
		if s.RequestBody != nil {
			body = mapIDs(s.RequestBody, ids)
		}
		got := w.play(s, mapIDs(path, ids).(string), body, header)
		isBare := s.Method == http.MethodPatch && strings.Contains(s.Path, "/Groups/") && got.Status == http.StatusNoContent
		if isBare && s.Status == http.StatusOK { // Okta takes both
			s.Status, s.ResponseBody = http.StatusNoContent, nil
		}
		if got.Status != s.Status {
			t.Fatalf("%s was answered %d %s, want %d", label, got.Status, got.Raw, s.Status)
		}
		if recorded, _ := s.ResponseBody["id"].(string); recorded != "" && ids[recorded] == "" {
			ids[recorded] = got.ID()
		}
		if s.Status >= 400 {
			w.WantError(got)
			if want := s.ResponseBody["scimType"]; want != nil && got.Body["scimType"] != want {
				t.Errorf("%s has the scimType %v, want %v", label, got.Body["scimType"], want)
			}
		} else if s.ResponseBody != nil {
			for _, d := range differences("", mapIDs(s.ResponseBody, ids), got.Body) {
				t.Errorf("%s: %s", label, d)
			}
			checkSilence(t, label, got)
		}
		if s.Access != nil {
			w.checkHoldings(label, *s.Access)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
}

// play sends a step in its dialect, which the path tells.
func (w *world) play(s step, path string, body any, header map[string]string) response {
	w.T.Helper()
	if !strings.HasPrefix(path, scim.ClassicPath) {
		return w.SendWith(s.Method, path, body, header)
	}
	object, _ := body.(map[string]any)
	return w.SendAnyhow(s.Method, path, object)
}

// checkSilence looks for what must be in no answer.
func checkSilence(t *testing.T, label string, got response) {
	t.Helper()
	for _, forbidden := range []string{"password", "ALL USERS", "canonical", `"admin"`} {
		if strings.Contains(string(got.Raw), forbidden) {
			t.Errorf("%s: the answer holds %s: %s", label, forbidden, got.Raw)
		}
	}
}

// mapIDs replaces recorded ids in all strings of a value.
func mapIDs(v any, ids map[string]string) any {
	b, _ := json.Marshal(v)
	s := string(b)
	for recorded, here := range ids {
		s = strings.ReplaceAll(s, recorded, here)
	}
	var out any
	if err := json.Unmarshal([]byte(s), &out); err != nil {
		panic(err)
	}
	return out
}

// differences says where got lacks something of want. What the bridge says
// beyond the recording is no difference; times, versions and hosts are its own.
func differences(path string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		return objectDifferences(path, want, got)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return []string{fmt.Sprintf("%s is %v, want %v", path, got, want)}
		}
		return listDifferences(path, want, list)
	}
	if strings.HasSuffix(path, ".location") || strings.HasSuffix(path, ".$ref") {
		w, g := fmt.Sprint(want), fmt.Sprint(got)
		_, w, _ = strings.Cut(w, "/scim/")
		_, g, _ = strings.Cut(g, "/scim/")
		want, got = w, g
	}
	if want != got {
		return []string{fmt.Sprintf("%s is %v, want %v", path, got, want)}
	}
	return nil
}

// ignoredAttributes are those that every server makes for itself.
var ignoredAttributes = []string{"created", "lastModified", "version"}

func objectDifferences(path string, want map[string]any, got any) []string {
	object, ok := got.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s is %v, want an object", path, got)}
	}
	var out []string
	for k, v := range want {
		if slices.Contains(ignoredAttributes, k) || k == "display" && v == nil {
			continue
		}
		out = append(out, differences(path+"."+k, v, object[k])...)
	}
	// What is missing from the recording must be missing here: an attribute too
	// many was not cleared.
	for k := range object {
		if _, ok := want[k]; !ok && path == "" && !slices.Contains([]string{"id", "meta", "schemas", "groups"}, k) {
			out = append(out, fmt.Sprintf("%s.%s is %v, want nothing", path, k, object[k]))
		}
	}
	return out
}

// listDifferences compares lists as sets: by value where the elements have one.
func listDifferences(path string, want, got []any) []string {
	key := func(list []any) func(i, j int) bool {
		return func(i, j int) bool { return sortKey(list[i]) < sortKey(list[j]) }
	}
	want, got = slices.Clone(want), slices.Clone(got)
	sort.Slice(want, key(want))
	sort.Slice(got, key(got))
	var out []string
	for i := range want {
		out = append(out, differences(fmt.Sprintf("%s[%d]", path, i), want[i], got[i])...)
	}
	return out
}

func sortKey(v any) string {
	if o, ok := v.(map[string]any); ok {
		return fmt.Sprint(o["value"], o["userName"], o["displayName"])
	}
	return fmt.Sprint(v)
}

// checkHoldings compares what Access holds of the bridge's own with want.
func (w *world) checkHoldings(label string, want holdings) {
	w.T.Helper()
	state := w.Access.State()
	names := map[any]string{}
	var users, groups []string
	for _, u := range state.Users {
		extension := u["urn:scim:schemas:extension:workspace:1.0"].(map[string]any)
		if extension["domain"] != domain {
			continue
		}
		names[u["id"]] = fmt.Sprint(u["userName"])
		emails, _ := u["emails"].([]any)
		if len(emails) != 1 {
			w.T.Errorf("%s: %v has %d e-mails, want one", label, u["userName"], len(emails))
			continue
		}
		name, _ := u["name"].(map[string]any)
		users = append(users, fmt.Sprintf("%v %v %v active=%v %v %v", u["userName"], u["externalId"],
			emails[0].(map[string]any)["value"], u["active"], name["givenName"], extension["internalUserType"]))
	}
	for _, g := range state.Groups {
		extension := g["urn:scim:schemas:extension:workspace:1.0"].(map[string]any)
		if extension["domain"] != domain {
			continue
		}
		var members []string
		list, _ := g["members"].([]any)
		for _, m := range list {
			members = append(members, names[m.(map[string]any)["value"]])
		}
		slices.Sort(members)
		groups = append(groups, fmt.Sprintf("%v %v %v", g["displayName"], extension["internalGroupType"], members))
	}
	var wantUsers, wantGroups []string
	for _, u := range want.Users {
		wantUsers = append(wantUsers, fmt.Sprintf("%v %v %v active=%v %v PROVISIONED",
			u.UserName, u.ExternalID, u.Email, u.Active, u.GivenName))
	}
	for _, g := range want.Groups {
		slices.Sort(g.Members)
		wantGroups = append(wantGroups, fmt.Sprintf("%v INTERNAL %v", g.DisplayName, g.Members))
	}
	for _, pair := range [][2][]string{{users, wantUsers}, {groups, wantGroups}} {
		slices.Sort(pair[0])
		slices.Sort(pair[1])
		if !slices.Equal(pair[0], pair[1]) {
			w.T.Errorf("%s: Access holds\n  %s\nwant\n  %s", label, strings.Join(pair[0], "\n  "), strings.Join(pair[1], "\n  "))
		}
	}
}

package upstream_test

import (
	"errors"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// changing is how an answer to a change is changed on its way, by each pair of what is there
// and what is to be there.
func changing(pairs ...string) func(string) string {
	return strings.NewReplacer(pairs...).Replace
}

// without takes a name and its value out of an answer.
func without(name string) func(string) string {
	part := regexp.MustCompile(`"` + name + `":("[^"]*"|\{[^}]*\}|true|false),?`)
	return func(body string) string { return part.ReplaceAllString(body, "") }
}

// TestAnswersThatDoNotShowTheChange has what Access answers to a change of title, name and
// activity. What shows something else than was sent is looked into, not believed.
func TestAnswersThatDoNotShowTheChange(t *testing.T) {
	const believed, lookedInto = "GET PATCH?", "GET PATCH? GET"
	tests := []struct {
		name   string
		answer func(string) string
		want   string
	}{
		{"what was sent", func(body string) string { return body }, believed},
		{"a flag as text", changing(`"active":false`, `"active":"False"`), believed},
		{"a text as number", changing(`"title":"7"`, `"title":7`), believed},
		{"names in another case", changing(`"title"`, `"TITLE"`, `"userName"`, `"username"`), believed},
		{"more than was asked for", changing(`"title":"7"`, `"title":"7","nickName":"x"`), believed},
		{"the title from before", changing(`"title":"7"`, `"title":"6"`), lookedInto},
		{"the title in another spelling", changing(`"title":"7"`, `"title":"7 "`), lookedInto},
		{"no title", without("title"), lookedInto},
		{"null for the title", changing(`"title":"7"`, `"title":null`), lookedInto},
		{"the name from before", changing("countess", "ada"), lookedInto},
		{"the name in another case", changing("countess", "Countess"), lookedInto},
		{"the user as active", changing(`"active":false`, `"active":true`), lookedInto},
		{"nothing of who is active", without("active"), lookedInto},
		{"nothing but an id", func(body string) string {
			return "{" + regexp.MustCompile(`"id":"[^"]*"`).FindString(body) + "}"
		}, lookedInto},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, access, tp := startTampered(t, accesstest.Config{})
			a := attributes("ada")
			a[titlePath] = "6"
			ada, err := c.CreateUser(t.Context(), domain, a)
			if err != nil {
				t.Fatal(err)
			}
			access.ClearRequests()
			seen := ""
			tp.with(func(req *http.Request, _ *http.Response, body string) string {
				if req.Method != http.MethodPatch {
					return body
				}
				seen = tt.answer(body)
				return seen
			})
			u, err := update(t, c, ada.ID, upstream.Attributes{titlePath: "7", upstream.CorePath("userName"): "countess",
				upstream.CorePath("active"): false})
			if got := told(access); err != nil || got != tt.want {
				t.Errorf("answered %s: it took %s, %v; want %s", seen, got, err, tt.want)
			}
			if u.Attributes[titlePath] != "7" || u.UserName() != "countess" || u.Active() ||
				u.Attributes[upstream.CorePath("nickName")] != nil {
				t.Errorf("answered %s: the user is %v", seen, u.Attributes)
			}
		})
	}
}

// An answer without meta leaves open which version the user has.
func TestAnswersWithoutMeta(t *testing.T) {
	c, _, tp := startTampered(t, accesstest.Config{})
	ada := create(t, c, "ada")
	stop := tp.with(func(req *http.Request, _ *http.Response, body string) string {
		if req.Method != http.MethodPatch {
			return body
		}
		return without("meta")(body)
	})
	u, err := update(t, c, ada.ID, upstream.Attributes{titlePath: "x"})
	if err != nil || !u.Meta.Unsettled || u.Meta.Version != "" || !u.Meta.Created.Equal(ada.Meta.Created) {
		t.Errorf("the meta is %+v, %v", u.Meta, err)
	}
	stop()
	if u, err = c.User(t.Context(), ada.ID); err != nil || u.Meta.Unsettled {
		t.Errorf("read, the meta is %+v, %v", u.Meta, err)
	}
}

// Who may log in, and under which name, is waited for where an answer shows it as it was
// before. Until then it is not believed.
func TestAnswersThatShowTheNameFromBefore(t *testing.T) {
	rename, shutOut := upstream.Attributes{upstream.CorePath("userName"): "countess"},
		upstream.Attributes{upstream.CorePath("active"): false}
	for name, tt := range map[string]struct {
		change  upstream.Attributes
		until   int // the read that shows the change
		lag     time.Duration
		want    error
		inDoubt bool
	}{
		"a name that the next read shows":     {rename, 1, time.Hour, nil, false},
		"a name that a later read shows":      {rename, 2, time.Hour, nil, false},
		"a name that no read shows in time":   {rename, 1 << 20, time.Hour, upstream.ErrLagging, true},
		"a name that no read shows at all":    {rename, 1 << 20, time.Nanosecond, upstream.ErrNameKept, false},
		"activity that the next read shows":   {shutOut, 1, time.Hour, nil, false},
		"activity that a later read shows":    {shutOut, 2, time.Hour, nil, false},
		"activity that no read shows in time": {shutOut, 1 << 20, time.Hour, upstream.ErrLagging, true},
		"activity that no read shows at all":  {shutOut, 1 << 20, time.Nanosecond, upstream.ErrLagging, true},
		"both, which a later read shows":      {both(rename, shutOut), 2, time.Hour, nil, false},
		"both, which no read shows in time":   {both(rename, shutOut), 1 << 20, time.Hour, upstream.ErrLagging, true},
		"a name beside a title":               {both(rename, upstream.Attributes{titlePath: "x"}), 2, time.Hour, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, access := start(t, accesstest.Config{})
			client := authorized(t, access)
			tp := &tamper{base: client.Transport}
			client.Transport = tp
			c := newClientFrom(t, access, upstream.Config{HTTPClient: client, Domains: []string{domain},
				Resilience: upstream.Resilience{Attempts: 1, BreakAfter: 1 << 20, Lag: tt.lag, Settle: 50 * time.Millisecond}})
			ada := create(t, c, "ada")
			reads := -1 // since the change
			before := changing("countess", "ada", `"active":false`, `"active":true`)
			tp.with(func(req *http.Request, _ *http.Response, body string) string {
				switch {
				case req.Method == http.MethodPatch:
					reads = 0
					return before(body)
				case reads >= 0:
					if reads++; reads < tt.until {
						return before(body)
					}
				}
				return body
			})
			u, err := update(t, c, ada.ID, tt.change)
			if !errors.Is(err, tt.want) || upstream.InDoubt(err) != tt.inDoubt {
				t.Errorf("the error is %v, in doubt: %t; want %v, %t", err, upstream.InDoubt(err), tt.want, tt.inDoubt)
			}
			for p, v := range tt.change {
				if err == nil && u.Attributes[p] != v {
					t.Errorf("%s is %v, want %v", p, u.Attributes[p], v)
				}
			}
			if err == nil && reads != tt.until {
				t.Errorf("it took %d reads, want %d", reads, tt.until)
			}
		})
	}
}

func both(a, b upstream.Attributes) upstream.Attributes {
	out := upstream.Attributes{}
	for _, from := range []upstream.Attributes{a, b} {
		maps.Copy(out, from)
	}
	return out
}

// The answer that is no confirmation proves nothing later, either.
func TestAnswersOfAnotherRecordProveNothing(t *testing.T) {
	const other = `{"id":"0f4d2b7e","userName":"countess","title":"x",` +
		`"meta":{"lastModified":"2001-01-01T00:00:00Z","version":"W/\"1\""}}`
	for name, answer := range map[string]string{"a record": other, "half a record": other[:len(other)-1],
		"a record and more": other + "<"} {
		t.Run(name+", where the change was made", func(t *testing.T) {
			c, access, tp := startTampered(t, accesstest.Config{})
			ada := create(t, c, "ada")
			stop := tp.answering(http.MethodPatch, ada.ID, http.StatusOK, answer)
			u, err := update(t, c, ada.ID, upstream.Attributes{titlePath: "x"})
			if stop(); err != nil {
				t.Fatal(err)
			}
			read, err := c.User(t.Context(), ada.ID)
			if err != nil || u.Meta != read.Meta || u.Attributes[titlePath] != held(t, access, ada.ID)["title"] {
				t.Errorf("the user is %+v; read is %+v, %v", u, read, err)
			}
		})
		t.Run(name+", where nothing was changed", func(t *testing.T) {
			c, access, tp := startTampered(t, accesstest.Config{
				Modes: accesstest.Modes{UserNameImmutable: true, PatchIgnoresAttributes: true}})
			ada := create(t, c, "ada")
			writes := 0
			tp.with(func(req *http.Request, res *http.Response, body string) string {
				if req.Method != http.MethodPatch {
					return body
				}
				if writes++; writes > 1 {
					return body // 204
				}
				res.StatusCode = http.StatusOK
				return answer
			})
			short := asSoonAs(t, access, tp)
			_, err := update(t, short, ada.ID, upstream.Attributes{upstream.CorePath("userName"): "countess"})
			if !errors.Is(err, upstream.ErrLagging) || writes != 2 {
				t.Errorf("after %d writes: %v, want the new name to be waited for", writes, err)
			}
		})
	}
}

// asSoonAs is a client that does not wait for what a read should show.
func asSoonAs(t *testing.T, access *accesstest.Running, tp *tamper) *upstream.Client {
	t.Helper()
	return newClientFrom(t, access, upstream.Config{HTTPClient: &http.Client{Transport: tp}, Domains: []string{domain},
		Resilience: upstream.Resilience{Attempts: 1, BreakAfter: 1 << 20, Settle: time.Millisecond}})
}

package journal_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ws1bridge/scim/journal"
	"ws1bridge/scim/journal/journaltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kinds are the kinds of journals, with a URL of a new one.
var kinds = map[string]func(testing.TB) string{
	"memory":     func(testing.TB) string { return "" },
	"SQLite":     sqliteIn,
	"PostgreSQL": postgresFor,
}

func postgresFor(tb testing.TB) string {
	tb.Helper()
	return journaltest.PostgreSQL(tb).URL
}

func sqliteIn(tb testing.TB) string {
	tb.Helper()
	return "sqlite:" + filepath.Join(tb.TempDir(), "journal of mine.db")
}

// running is a journal that is written until stop, or the end of the test.
type running struct {
	*journal.Journal
	stop func()
}

func run(tb testing.TB, cfg journal.Config) running {
	tb.Helper()
	j, err := journal.Open(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(tb.Context())
	done := make(chan error, 1)
	go func() { done <- j.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			tb.Error(err)
		}
	})
	tb.Cleanup(stop)
	return running{j, stop}
}

// await waits until a query finds n records.
func (r running) await(tb testing.TB, q journal.Query, n int) []journal.Record {
	tb.Helper()
	var found []journal.Record
	var err error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if found, err = r.Find(tb.Context(), q); err == nil && len(found) == n {
			return found
		}
	}
	tb.Fatalf("%+v finds %d records (%v, %v), want %d", q, len(found), err, r.Trouble(), n)
	return nil
}

func pushed(name string, status int) journal.Record {
	return journal.Record{Request: "r-" + name, Front: "2.0", Caller: "token 1", Operation: "patch user", Kind: "user",
		ID: "id-" + name, ExternalID: "00u-" + name, Name: name, Domain: "acme.com", Status: status, Took: time.Millisecond,
		Changed: []string{"title"}, Dropped: []string{"shoeSize"}, Joined: 1, Left: 2, LeftOut: 3, LeftOutIDs: []string{"x"},
		Values:   map[string]any{"title": "Dr\x00 “quoted”"},
		Requests: []journal.Request{{Method: "PATCH", Path: "/Users/1", Status: 200, Took: time.Second}}}
}

// TestFind puts records in, and finds them by all that they can be found by.
func TestFind(t *testing.T) {
	for name, newURL := range kinds {
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			j := run(t, journal.Config{URL: url})
			refused := pushed("Ada\x00@acme.com", 409)
			refused.Reason, refused.Cause = "taken by somebody", "taken by …"
			refused.Time = time.Now().Add(-time.Hour)
			j.Add(refused)
			j.Add(pushed("grace@acme.com", 200))
			j.Add(pushed("grace@acme.com", 429))
			all := j.await(t, journal.Query{}, 3)
			if all[0].Status != 429 || all[2].Status != 409 || all[0].Seq <= all[1].Seq || all[1].Seq <= all[2].Seq {
				t.Errorf("they come in another order than the newest first: %+v", all)
			}
			got, want := fmt.Sprintf("%+v", all[1]), "Requests:[{Method:PATCH Path:/Users/1 Status:200 Took:1s}] More:0"
			if !strings.Contains(got, want) || !slices.Equal(all[1].LeftOutIDs, []string{"x"}) || all[1].Values["title"] == nil {
				t.Errorf("got %s", got)
			}
			for name, tt := range map[string]struct {
				q    journal.Query
				want int
			}{
				"a name in another case": {journal.Query{About: "GRACE@acme.com"}, 2},
				"an externalId":          {journal.Query{About: "00u-grace@acme.com"}, 2},
				"an id":                  {journal.Query{About: "id-grace@acme.com"}, 2},
				"a request":              {journal.Query{About: "r-grace@acme.com"}, 2},
				"another name":           {journal.Query{About: "grace"}, 0},
				"an odd name":            {journal.Query{About: "ada\x00@acme.com"}, 1},
				"a name that is SQL":     {journal.Query{About: "' OR 1=1 --"}, 0},
				"one":                    {journal.Query{Seq: all[1].Seq}, 1},
				"a cause":                {journal.Query{Cause: "taken by …"}, 1},
				"a kind":                 {journal.Query{Kind: "group"}, 0},
				"failed":                 {journal.Query{Failed: true}, 2},
				"since":                  {journal.Query{Since: time.Now().Add(-time.Minute)}, 2},
				"limit":                  {journal.Query{Limit: 1}, 1},
				"after":                  {journal.Query{After: all[1].Seq}, 1},
				"before":                 {journal.Query{Before: all[1].Seq}, 1},
				"together":               {journal.Query{About: "grace@acme.com", Failed: true, After: all[2].Seq}, 1},
			} {
				if got, err := j.Find(t.Context(), tt.q); err != nil || len(got) != tt.want {
					t.Errorf("%s: found %d (%v), want %d", name, len(got), err, tt.want)
				}
			}
		})
	}
}

// TestForget leaves nothing of a person, and everything of others.
func TestForget(t *testing.T) {
	for name, newURL := range kinds {
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			j := run(t, journal.Config{URL: url})
			j.Add(pushed("ada_lovelace@acme.com", 200))
			byID := pushed("", 204)
			byID.ID = "id-ada_lovelace@acme.com"
			j.Add(byID)
			mentioned := pushed("grace@acme.com", 409)
			mentioned.Reason = `taken by "ada_lovelace@acme.com"`
			j.Add(mentioned)
			j.Add(pushed("adaxlovelace@acme.com", 200))
			j.Creations().Begin(t.Context(), "user", "acme.com\x1fada_lovelace@acme.com", "x1")
			j.await(t, journal.Query{}, 4)
			if _, err := j.Forget(t.Context(), ""); err == nil {
				t.Error("nobody in particular is forgotten")
			}
			if n, err := j.Forget(t.Context(), "Ada_Lovelace@acme.com"); err != nil || n < 3 {
				t.Errorf("%d records were forgotten (%v), want 3", n, err)
			}
			if left := j.await(t, journal.Query{}, 1); left[0].Name != "adaxlovelace@acme.com" {
				t.Errorf("left is %+v", left)
			}
		})
	}
}

// TestBounds keeps no more than it should, and for no longer.
func TestBounds(t *testing.T) {
	for name, newURL := range kinds {
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			first := run(t, journal.Config{URL: url})
			old := pushed("old@acme.com", 200)
			old.Time = time.Now().Add(-2 * time.Hour)
			first.Add(old)
			for i := range 20 {
				first.Add(pushed(fmt.Sprint("user", i), 200))
			}
			first.await(t, journal.Query{Limit: 100}, 21)
			if url == "" {
				for i := range 2000 {
					first.Add(pushed(fmt.Sprint("more", i), 200))
				}
				first.await(t, journal.Query{Limit: 5000}, 1000)
				return
			}
			first.stop()
			next := run(t, journal.Config{URL: url, Keep: time.Hour, MaxRecords: 5})
			left := next.await(t, journal.Query{}, 5) // pruned at the start
			if left[0].Name != "user19" || left[4].Name != "user15" {
				t.Errorf("left are %s to %s", left[4].Name, left[0].Name)
			}
		})
	}
}

// TestSurvivesTheEnd writes what waits when the bridge ends.
func TestSurvivesTheEnd(t *testing.T) {
	url := sqliteIn(t)
	j := run(t, journal.Config{URL: url})
	for i := range 1200 {
		j.Add(pushed(fmt.Sprint("user", i), 200))
	}
	j.stop()
	reader, err := journal.OpenToRead(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	if found, err := reader.Find(t.Context(), journal.Query{Limit: 5000}); err != nil || len(found) != 1200 {
		t.Errorf("%d records are left (%v), want 1200", len(found), err)
	}
	if _, err := reader.Forget(t.Context(), "user1"); err == nil {
		t.Error("a journal that is only read was changed")
	}
}

// TestDatabaseAway loses no push and no history while a database is away for a while.
func TestDatabaseAway(t *testing.T) {
	server := journaltest.PostgreSQL(t)
	var mu sync.Mutex
	var told []error
	j := run(t, journal.Config{URL: server.URL, OnTrouble: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, err)
	}})
	j.Add(pushed("before@acme.com", 200))
	j.await(t, journal.Query{}, 1)
	counts, _ := j.Creations().Begin(t.Context(), "group", "sales", "x1")
	server.Stop()
	j.Add(pushed("meanwhile@acme.com", 200))
	if again, _ := j.Creations().Begin(t.Context(), "group", "sales", "x2"); again != counts {
		t.Errorf("a repetition while the database is away counts as %s, want %s", again, counts)
	}
	for deadline := time.Now().Add(20 * time.Second); j.Trouble() == nil && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if err := j.Trouble(); err == nil || strings.Contains(err.Error(), "meanwhile") {
		t.Errorf("the trouble is %v", err)
	}
	server.Start()
	j.await(t, journal.Query{}, 2)
	for deadline := time.Now().Add(20 * time.Second); j.Trouble() != nil && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(told) != 2 || told[0] == nil || told[1] != nil {
		t.Errorf("told was %v, want the trouble and its end", told)
	}
}

// TestPasswordIsNotTold has a database that does not answer.
func TestPasswordIsNotTold(t *testing.T) {
	j := run(t, journal.Config{URL: "postgres://bridge:sw0rdfish@127.0.0.1:1/db"})
	j.Add(pushed("ada@acme.com", 200))
	for deadline := time.Now().Add(20 * time.Second); j.Trouble() == nil && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if err := j.Trouble(); err == nil || strings.Contains(err.Error(), "sw0rdfish") {
		t.Errorf("the trouble is %v", err)
	}
	_, err := j.Find(t.Context(), journal.Query{})
	if err == nil || strings.Contains(err.Error(), "sw0rdfish") {
		t.Errorf("a query fails with %v", err)
	}
}

// TestURLs refuses what is no journal, without a password in what it says.
func TestURLs(t *testing.T) {
	for url, want := range map[string]string{
		"sqlite:": "path", "sqlite::memory:": "path", "sqlite:a.db?mode=ro": "path", "mysql://x/y": "sqlite:PATH",
		"postgres:nothing": "sqlite:PATH", "journal.db": "sqlite:PATH", "postgres://u:sw0rdfish@h:port/db": "postgres",
		"postgres://u:sw0rdfish@h/db?sslmode=perhaps": "",
	} {
		err := journal.CheckURL(url)
		if err == nil && want == "" {
			continue // it shows when it connects
		}
		if err == nil || strings.Contains(err.Error(), "sw0rdfish") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", url, err, want)
		}
	}
	for _, url := range []string{"", "sqlite:/tmp/j.db", "postgres://u@h/db",
		"postgresql://u:p@h:5432/db?sslmode=disable"} {
		if err := journal.CheckURL(url); err != nil {
			t.Errorf("%q: %v", url, err)
		}
	}
	if _, err := journal.OpenToRead("sqlite:" + filepath.Join(t.TempDir(), "none.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

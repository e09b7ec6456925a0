package journal_test

import (
	"fmt"
	"testing"

	"ws1bridge/scim/journal"
)

// BenchmarkAdd measures what a record costs until it is written.
func BenchmarkAdd(b *testing.B) {
	for name, url := range map[string]string{"memory": "", "SQLite": "sqlite:" + b.TempDir() + "/j.db"} {
		b.Run(name, func(b *testing.B) {
			j := run(b, journal.Config{URL: url})
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				r := pushed(fmt.Sprintf("user%08d@acme.com", n), 200)
				r.Values = nil
				j.Add(r)
				if n++; n%5000 == 0 && url != "" {
					j.await(b, journal.Query{About: r.Request}, 1)
				}
			}
			j.stop()
		})
	}
}

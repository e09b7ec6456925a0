package console

import (
	"fmt"
	"net/http"
	"time"

	"ws1bridge/cmd/ws1bridge/history"
	"ws1bridge/scim/journal"
)

// liveFor bounds a stream of events: a browser comes again by itself.
const liveFor = 50 * time.Second

// maxNews is how many pushes are counted: whoever sees that many looks anew.
const maxNews = 100

// live tells how many pushes came since the page was made (server-sent events).
func (c *console) live(w http.ResponseWriter, r *http.Request) {
	q, err := history.ReadForm(r.URL.Query()).Query(time.Now())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	q.After, q.Limit = r.URL.Query().Get("after"), maxNews
	w.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(w)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	told := 0
	if _, err := fmt.Fprint(w, ":\n\n"); err != nil || stream.Flush() != nil { // so that the browser knows
		return
	}
	for end := time.Now().Add(liveFor); time.Now().Before(end); {
		if n := told; n < maxNews {
			if n = c.since(r, q); n == maxNews {
				_, err = fmt.Fprintf(w, "data: %d or more\n\n", n)
			} else if n != told {
				_, err = fmt.Fprintf(w, "data: %d\n\n", n)
			}
			if told = n; err != nil || stream.Flush() != nil {
				return
			}
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}

// since counts the pushes that a query finds; while the journal cannot be read it is 0.
func (c *console) since(r *http.Request, q journal.Query) int {
	found, err := c.Journal.Find(r.Context(), q)
	if err != nil {
		return 0
	}
	return len(found)
}

package accesstest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault makes requests fail. The first that matches and passes its probability strikes; token
// requests match like all others.
//
// Without Status and Drop the request is served, after Delay, and Body may still spoil the answer.
// With them it is refused unread, unless Apply: then the change is made and its answer is lost.
type Fault struct {
	// ID names the fault; [Emulator.AddFault] makes one when it is empty.
	ID string `json:"id,omitempty"`
	// Method must equal the request's, Path must begin its path, Query must be in its decoded query: so
	// a record is struck by its id, a list by one filter or one page. Empty matches any.
	Method string `json:"method"`
	Path   string `json:"path"`
	Query  string `json:"query,omitempty"`
	// Status is the answer: 200 to 599, or 101, which leaves the connection open and says nothing more.
	// A status of 407 has a Proxy-Authenticate.
	Status int `json:"status"`
	// Location is where a redirect leads. Left out it is a portal on another host.
	Location string `json:"location,omitempty"`
	// RetryAfter is sent in seconds when it is above 0.
	RetryAfter int `json:"retry_after"`
	// Apply serves the request before its answer is thrown away.
	Apply bool `json:"apply"`
	// Drop closes the connection without an answer.
	Drop bool `json:"drop"`
	// Delay holds the request, or with Apply its answer: the change is made at once, so that it is not
	// mixed up with what comes later. It ends early when the client leaves.
	Delay time.Duration `json:"-"`
	// Skip is how many matching requests pass the fault by before it begins to strike.
	Skip int `json:"skip"`
	// Probability is the share of matching requests that are struck. 0 counts as 1.
	Probability float64 `json:"probability"`
	// Count is how many requests are struck until the fault is gone. 0 means no end.
	Count int `json:"count"`
	// Body is what a struck request is answered with, whatever the status. Left out it is "json" for a
	// status of 300 and above, and empty below. The first few replace the answer:
	//
	//	json         an errors object of Access, also within a 200
	//	html         a page, as a proxy answers
	//	empty        nothing
	//	object       {}
	//	brace        { and no more, which is complete for HTTP
	//	null, array  null, []
	//	maintenance  JSON that is no resource: a status and a message
	//	foreign      the error of another server, in the form that Spring Boot has by default
	//
	// These change what the request was served with. All from other on show a stranger's record where that
	// is nothing, because the fault refused the request or Access answered without a body:
	//
	//	served       the answer as it is, to go with another status
	//	truncated    half of it, then the connection is closed
	//	other        the record, or the first that a filter finds, has the id and names of another
	//	noid, noname, noextension
	//	             it has no id, no userName or displayName, or no workspace extension
	//	oddid, oddid-line, oddid-long
	//	             its id is %2e%2e, or has a line end, or 300 characters
	//
	// These strike lists of users and groups alone:
	//
	//	no-total, no-resources  totalResults or Resources is missing
	//	short         the last resource is not shown, and is counted in totalResults
	//	empty-page    no resource is shown, and totalResults stays
	//	shrinks       a page after the first is empty, and totalResults ends before it
	//	missing-page  the page after the one that was asked for, as if it were that
	Body string `json:"body,omitempty"`
	// ContentType replaces the Content-Type of the answer.
	ContentType string `json:"content_type,omitempty"`
}

// validate reports all that is wrong with a fault.
func (f Fault) validate() error {
	var problems []error
	if f.Delay < 0 {
		problems = append(problems, fmt.Errorf("delay %v is negative", f.Delay))
	}
	if f.Probability <= 0 || f.Probability > 1 {
		problems = append(problems, fmt.Errorf("probability %v: want above 0, at most 1", f.Probability))
	}
	if f.Status != 0 && f.Status != http.StatusSwitchingProtocols && (f.Status < 200 || f.Status > 599) {
		problems = append(problems, fmt.Errorf("status %d: want 200 to 599, or 101", f.Status))
	}
	if f.Skip < 0 || f.Count < 0 || f.RetryAfter < 0 {
		problems = append(problems, errors.New("skip, count and retry_after cannot be negative"))
	}
	if _, known := spoilers[f.Body]; f.Body != "" && !known {
		problems = append(problems, fmt.Errorf("body %q: want one of %s", f.Body, spoilerNames()))
	}
	if f.Status == 0 && !f.Drop && f.Delay == 0 && f.Body == "" && f.ContentType == "" {
		problems = append(problems, errors.New("the fault does nothing: want status, drop, delay or body"))
	}
	return errors.Join(problems...)
}

type faults struct {
	mu     sync.Mutex // guards the fields below
	list   []*Fault
	made   int
	random *rand.Rand
}

func newFaults(seed uint64) *faults {
	return &faults{random: rand.New(rand.NewPCG(seed, seed))}
}

func (s *faults) add(f Fault) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	if f.ID == "" {
		f.ID = "fault-" + strconv.Itoa(s.made)
	}
	s.list = append(s.list, &f)
	return f.ID
}

func (s *faults) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = nil
}

func (s *faults) all() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Fault, 0, len(s.list))
	for _, f := range s.list {
		out = append(out, *f)
	}
	return out
}

// matches reports whether the fault is for such a request at all.
func (f Fault) matches(r *http.Request) bool {
	query, err := url.QueryUnescape(r.URL.RawQuery)
	if err != nil {
		query = r.URL.RawQuery
	}
	concerns := spoilers[f.Body].concerns
	return (f.Method == "" || strings.EqualFold(f.Method, r.Method)) && strings.HasPrefix(r.URL.Path, f.Path) &&
		strings.Contains(query, f.Query) && (concerns == nil || concerns(r))
}

// strike returns a copy of the fault that hits the request, the zero Fault if none does.
func (s *faults) strike(r *http.Request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.list {
		if !f.matches(r) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Probability < 1 && s.random.Float64() >= f.Probability {
			continue
		}
		hit := *f
		if f.Count == 1 {
			s.list = slices.Delete(s.list, i, i+1)
		} else if f.Count > 1 {
			f.Count--
		}
		return hit
	}
	return Fault{}
}

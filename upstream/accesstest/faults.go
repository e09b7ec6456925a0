package accesstest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
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
	// Method must equal the request's, Path must begin its path. Empty matches any.
	Method string `json:"method"`
	Path   string `json:"path"`
	// Status is the answer.
	Status int `json:"status"`
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
	// Body is what a struck request is answered with: "json" (an errors object), "html" (as a proxy
	// answers), "empty", or "truncated" (half a body, then the connection is closed). Left out it is
	// json for a status of 300 and above, and empty below.
	Body string `json:"body,omitempty"`
	// ContentType replaces the Content-Type of the answer.
	ContentType string `json:"content_type,omitempty"`
}

const (
	bodyJSON      = "json"
	bodyHTML      = "html"
	bodyEmpty     = "empty"
	bodyTruncated = "truncated"
)

// proxyPage is an answer of something between client and Access.
const proxyPage = "<html><head><title>%[1]d %[2]s</title></head>" +
	"<body><center><h1>%[1]d %[2]s</h1></center></body></html>\n"

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
	if f.Probability == 0 {
		f.Probability = 1
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

// strike returns a copy of the fault that hits the request, the zero Fault if none does.
func (s *faults) strike(r *http.Request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.list {
		if f.Method != "" && !strings.EqualFold(f.Method, r.Method) || !strings.HasPrefix(r.URL.Path, f.Path) {
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

// outcome runs the request as far as the fault lets it and returns what is answered. The zero Fault
// lets it be served.
func (f Fault) outcome(tenant http.Handler, r *http.Request) *reply {
	served := newReply()
	refused := f.Status != 0 || f.Drop
	if !refused || f.Apply {
		tenant.ServeHTTP(served, r)
	}
	switch {
	case f.Drop:
		return &reply{cut: true}
	case !refused:
		return f.spoil(served)
	}
	return f.failure(served)
}

// failure is the fault's own answer. A truncated success shows half of the real one.
func (f Fault) failure(served *reply) *reply {
	out := newReply()
	out.status = f.Status
	if f.Body == bodyTruncated && f.Apply && f.Status < http.StatusMultipleChoices {
		out.header, out.body = served.header, served.body
	} else if f.Status >= http.StatusMultipleChoices || f.Body == bodyJSON {
		out.header.Set("Content-Type", "application/json")
		out.body.Write(encode(problemBody("emulated.fault", "The request was refused by "+f.ID)))
	}
	if f.RetryAfter > 0 {
		out.header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	return f.spoil(out)
}

// spoil gives an answer the body that the fault asks for.
func (f Fault) spoil(out *reply) *reply {
	switch f.Body {
	case bodyHTML:
		out.body.Reset()
		fmt.Fprintf(&out.body, proxyPage, out.status, http.StatusText(out.status))
		out.header.Set("Content-Type", "text/html")
	case bodyEmpty:
		out.body.Reset()
		out.header.Del("Content-Type")
	case bodyTruncated:
		out.half = true
		out.cut = out.body.Len() == 0 // there is no half of nothing
	}
	if f.ContentType != "" {
		out.header.Set("Content-Type", f.ContentType)
	}
	return out
}

package journal

import "time"

// Record is one push: a write, or a read that was refused.
type Record struct {
	// Seq orders records by time, and identifies one: a UUID of version 7 (RFC 9562 section 5.7).
	Seq  string    `json:"seq"`
	Time time.Time `json:"time"`
	// Request is the id that is in the log line, and in the details of refusals.
	Request string `json:"request"`
	// Front is the version of SCIM that was spoken: 2.0 or 1.1.
	Front string `json:"front"`
	// Caller names the token that the caller presented.
	Caller string `json:"caller,omitempty"`
	// Operation is what was asked for, such as "patch group".
	Operation string `json:"operation"`
	// Kind is user, group, or "" where it is about neither.
	Kind string `json:"kind,omitempty"`
	// ID is that in Access.
	ID         string `json:"id,omitempty"`
	ExternalID string `json:"external_id,omitempty"`
	// Name is the userName or the displayName.
	Name   string `json:"name,omitempty"`
	Domain string `json:"domain,omitempty"`
	Status int    `json:"status"`
	// Reason is the sentence that a refusal was answered with, and Cause that sentence
	// without what it names, the same for all refusals of a kind.
	Reason string `json:"reason,omitempty"`
	Cause  string `json:"cause,omitempty"`
	// Changed are the attributes that Access was told to set or to clear, as Access names
	// them; of a creation, those that were asked for.
	Changed []string `json:"changed,omitempty"`
	// Dropped are attributes that were asked for and are not kept.
	Dropped []string `json:"dropped,omitempty"`
	// Joined and Left count members that came and went, LeftOut those that are no users
	// of the bridge, with the ids of some.
	Joined     int      `json:"joined,omitempty"`
	Left       int      `json:"left,omitempty"`
	LeftOut    int      `json:"left_out,omitempty"`
	LeftOutIDs []string `json:"left_out_ids,omitempty"`
	// Values are those of the changed attributes, where the configuration keeps them.
	Values   map[string]any `json:"values,omitempty"`
	Requests []Request      `json:"requests,omitempty"`
	// More counts requests to Access beyond those that Requests has.
	More int           `json:"more_requests,omitempty"`
	Took time.Duration `json:"took_ns"`
}

// Request is one request to Access.
type Request struct {
	Method string        `json:"method"`
	Path   string        `json:"path"`
	Status int           `json:"status"` // 0 where no answer came
	Took   time.Duration `json:"took_ns"`
}

// Failed reports whether the push was not done.
func (r Record) Failed() bool { return r.Status >= 400 }

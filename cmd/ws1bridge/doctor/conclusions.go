package doctor

// LogIn is whether people of a domain can log in, as far as checks show.
type LogIn struct {
	Domain string     `json:"domain"`
	State  LogInState `json:"state"`
	// Why is the finding that decides, "" for Verified.
	Why string `json:"why,omitempty"`
}

// LogInState is what the checks of a domain's log-in come to.
type LogInState string

// The states of a log-in.
const (
	// Verified says that all is set up in Access, as far as its API shows.
	Verified LogInState = "verified"
	// Unverified says that something could not be read, such as by a role that is too
	// small, or that something is missing for some people. Others may be able to log in.
	Unverified LogInState = "unverified"
	// Impossible says that something is missing.
	Impossible LogInState = "impossible"
)

// LogIns concludes from results which domains' people can log in, in the order of the
// results.
func LogIns(results []Result) []LogIn {
	list, places := []LogIn{}, map[string]int{}
	for _, r := range results {
		if r.Domain == "" {
			continue
		}
		i, known := places[r.Domain]
		if !known {
			i = len(list)
			places[r.Domain] = i
			list = append(list, LogIn{Domain: r.Domain, State: Verified})
		}
		switch l := &list[i]; {
		case r.Outcome == Failed && !r.Partial && l.State != Impossible:
			l.State, l.Why = Impossible, r.Finding
		case r.Outcome != OK && l.State == Verified:
			l.State, l.Why = Unverified, r.Finding
		}
	}
	return list
}

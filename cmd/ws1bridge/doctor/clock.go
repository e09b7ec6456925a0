package doctor

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// maxSkew is how far two clocks may differ. Log-ins by SAML carry times that
// are judged by another machine, and a few minutes are what is usually allowed.
const maxSkew = 2 * time.Minute

// clock is the clock of Access as its answers show it.
type clock struct {
	known bool
	ahead time.Duration // of this machine's, to the second
}

// read takes the Date of an answer (RFC 9110 section 6.6.1).
func (c *clock) read(a page) {
	date, err := http.ParseTime(a.header.Get("Date"))
	if err == nil {
		// A date is cut off to the second: half of one is missing on average.
		c.known, c.ahead = true, date.Add(time.Second/2).Sub(a.sent).Round(time.Second)
	}
}

func (d *Doctor) checkClock(context.Context) verdict {
	switch c := d.clock; {
	case !c.known:
		return unknown("the tenant's answers have no date", "compare the clock of this machine by hand")
	case c.ahead.Abs() <= maxSkew:
		return ok("this machine and the tenant agree about the time")
	case c.ahead > 0:
		return skewed(fmt.Sprintf("the clock of this machine is %s behind that of the tenant", span(c.ahead)))
	default:
		return skewed(fmt.Sprintf("the clock of this machine is %s ahead of that of the tenant", span(-c.ahead)))
	}
}

func skewed(finding string) verdict {
	return failed(finding, "switch on time synchronization (NTP) on this machine; on premises, look at the clock of "+
		"Access too: log-ins and certificates are judged by it")
}

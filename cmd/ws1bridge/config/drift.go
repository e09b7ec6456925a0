package config

import "time"

// Drift says how often Okta is compared with Access while the bridge runs, and what follows.
type Drift struct {
	// Every is the time from one comparison to the next. Default 0: none is made.
	Every time.Duration `koanf:"every"`
	// Repair has what differs be repaired, but for accounts that nobody is assigned to. Default
	// false.
	Repair bool `koanf:"repair"`
}

const (
	// minDriftEvery leaves Okta's limits of requests to others: a comparison of 10,000 people
	// takes some 400 requests.
	minDriftEvery = 15 * time.Minute
	maxDriftEvery = 31 * 24 * time.Hour
)

func (d *Drift) check(okta *Okta, problems *Problems) {
	switch {
	case d.Every != 0 && (d.Every < minDriftEvery || d.Every > maxDriftEvery):
		problems.report("drift.every", "must be from %v to %v, or 0: never", minDriftEvery, maxDriftEvery)
	case d.Every != 0 && !okta.CanBeAsked():
		problems.report("drift.every", "needs %s", OktaSettings)
	}
	if d.Repair && d.Every == 0 {
		problems.report("drift.repair", "needs drift.every: ws1bridge drift --repair repairs once")
	}
}

// warn tells of repairs that nothing bounds.
func (d *Drift) warn(guard *Guard, warnings *Problems) {
	if d.Repair && !guard.Limits().On() {
		warnings.report("drift.repair", "repairs are not bounded while there is no limit in guard.*: set "+
			"guard.max_deactivations and guard.max_member_removals")
	}
}

// OktaSettings are those without which Okta's management API cannot be asked.
const OktaSettings = "okta.org_url, okta.app_id and okta.api_token (or its file): the org, the app that pushes, and " +
	"an API token of a read-only administrator (Security > API > Tokens); or okta.client_id and okta.private_key (or " +
	"its file) of a service app instead of the token"

// CanBeAsked reports whether Okta's management API can be asked.
func (o *Okta) CanBeAsked() bool {
	return o.OrgURL != "" && o.AppID != "" && (o.APIToken != "" || o.HasServiceApp())
}

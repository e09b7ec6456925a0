package config

import (
	"time"

	"ws1bridge/scim/guard"
)

// Guard says how many changes that do damage are allowed within a window. Without limits all
// are.
type Guard struct {
	// Window is the time in which changes are counted. Default 1 h.
	Window time.Duration `koanf:"window"`
	// MaxDeactivations is how many users may be shut out, MaxDeletions how many groups deleted,
	// and MaxMemberRemovals how many people taken out of groups: a number, or a share of the
	// users or groups that are managed, such as 5%. Optional.
	MaxDeactivations  string `koanf:"max_deactivations"`
	MaxDeletions      string `koanf:"max_deletions"`
	MaxMemberRemovals string `koanf:"max_member_removals"`
}

const (
	defaultGuardWindow = time.Hour
	minGuardWindow     = time.Minute
	maxGuardWindow     = 7 * 24 * time.Hour
)

// settings are the limits by the settings that name them.
func (g *Guard) settings() map[guard.Kind][2]string {
	return map[guard.Kind][2]string{
		guard.Deactivations:  {"guard.max_deactivations", g.MaxDeactivations},
		guard.Deletions:      {"guard.max_deletions", g.MaxDeletions},
		guard.MemberRemovals: {"guard.max_member_removals", g.MaxMemberRemovals},
	}
}

// Limits are what is allowed; what is not understood has no limit.
func (g *Guard) Limits() guard.Limits {
	limits := guard.Limits{Window: g.Window, Most: map[guard.Kind]guard.Limit{}}
	for kind, setting := range g.settings() {
		limits.Most[kind], _ = guard.ParseLimit(setting[1])
	}
	return limits
}

func (g *Guard) check(problems *Problems) {
	if g.Window < minGuardWindow || g.Window > maxGuardWindow {
		problems.report("guard.window", "must be from %v to %v", minGuardWindow, maxGuardWindow)
	}
	all := g.settings()
	for _, kind := range guard.Kinds {
		if _, err := guard.ParseLimit(all[kind][1]); err != nil {
			problems.report(all[kind][0], "%v", err)
		}
	}
}

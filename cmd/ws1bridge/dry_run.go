package main

import (
	"go.uber.org/zap"

	"ws1bridge/scim/provision"
	"ws1bridge/upstream"
)

// directory is what the endpoint works on.
type directory interface {
	provision.UserDirectory
	provision.GroupDirectory
}

// directoryOf is Access, or a rehearsal of it.
func directoryOf(cfg Config, access *upstream.Client, log *zap.Logger) (directory, error) {
	if !cfg.dryRun {
		return access, nil
	}
	return upstream.NewRehearsal(access, tellIntent(log), 0)
}

// tellIntent writes a line for each write that was not made: ids and names of
// attributes, no value of any.
func tellIntent(log *zap.Logger) func(upstream.Intent) {
	log = log.Named("dry_run")
	return func(i upstream.Intent) {
		fields := []zap.Field{zap.String("op", i.Op)}
		for _, text := range []struct{ name, value string }{
			{"user_id", i.UserID}, {"group_id", i.GroupID}, {"domain", i.Domain},
		} {
			if text.value != "" {
				fields = append(fields, zap.String(text.name, text.value))
			}
		}
		for _, list := range []struct {
			name   string
			values []string
		}{
			{"set", i.Set}, {"cleared", i.Cleared}, {"members_added", i.Added}, {"members_removed", i.Removed},
		} {
			if len(list.values) > 0 {
				fields = append(fields, zap.Strings(list.name, list.values))
			}
		}
		log.Info("write held back", fields...)
	}
}

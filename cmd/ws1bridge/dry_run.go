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

// dryRun is what the flags --dry-run and --dry-run-values of serve say. They have no
// setting, so that nobody leaves them behind in a file.
type dryRun struct{ on, values bool }

// held says that writes are held back.
func (d dryRun) held() bool { return d.on || d.values }

// directoryOf is Access, or a dry run over it.
func directoryOf(dry dryRun, access *upstream.Client, log *zap.Logger) (directory, error) {
	if !dry.held() {
		return access, nil
	}
	return upstream.NewDryRun(access, upstream.DryRunConfig{Tell: tellHeldBack(log), Values: dry.values})
}

// tellHeldBack writes a line for each request that was not sent: ids and names of
// attributes, and values only where the body is asked for.
func tellHeldBack(log *zap.Logger) func(upstream.HeldBack) {
	log = log.Named("dry_run")
	return func(h upstream.HeldBack) {
		fields := []zap.Field{zap.String("op", h.Op), zap.String("method", h.Method), zap.String("path", h.Path)}
		for _, text := range []struct{ name, value string }{
			{"user_id", h.UserID}, {"group_id", h.GroupID}, {"domain", h.Domain},
		} {
			if text.value != "" {
				fields = append(fields, zap.String(text.name, text.value))
			}
		}
		for _, list := range []struct {
			name   string
			values []string
		}{
			{"set", h.Set}, {"cleared", h.Cleared}, {"members_added", h.Added}, {"members_removed", h.Removed},
		} {
			if len(list.values) > 0 {
				fields = append(fields, zap.Strings(list.name, list.values))
			}
		}
		if h.Body != nil {
			fields = append(fields, zap.Reflect("body", h.Body))
		}
		log.Info("write held back", fields...)
	}
}

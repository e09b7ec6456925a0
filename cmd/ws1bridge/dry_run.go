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
		log.Info("write held back",
			zap.String("op", h.Op), zap.String("method", h.Method), zap.String("path", h.Path),
			where(h.UserID != "", zap.String("user_id", h.UserID)),
			where(h.GroupID != "", zap.String("group_id", h.GroupID)),
			where(h.Domain != "", zap.String("domain", h.Domain)),
			where(len(h.Set) > 0, zap.Strings("set", h.Set)),
			where(len(h.Cleared) > 0, zap.Strings("cleared", h.Cleared)),
			where(len(h.Added) > 0, zap.Strings("members_added", h.Added)),
			where(len(h.Removed) > 0, zap.Strings("members_removed", h.Removed)),
			where(h.Body != nil, zap.Reflect("body", h.Body)))
	}
}

// where leaves out a field that says nothing.
func where(known bool, field zap.Field) zap.Field {
	if !known {
		return zap.Skip()
	}
	return field
}

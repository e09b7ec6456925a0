package main

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"ws1bridge/upstream/accesstest"
)

// emulatorFlags are the flags of the command emulator.
type emulatorFlags struct {
	listen, control string
	accesstest.Config
}

func (p *program) emulatorCommand() *cobra.Command {
	var f emulatorFlags
	cmd := &cobra.Command{
		Use:   "emulator",
		Short: "Run an emulator of Workspace ONE Access",
		Long: `Run an emulator of Workspace ONE Access, for trying the bridge and for tests. It
keeps everything in memory and speaks plain http. Its control address takes
faults (POST /faults), and shows requests (GET /requests) and state (GET /state).`,
		Example: "  ws1bridge emulator --domain acme.com --seed-users 3",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.emulate(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8443", "address of the tenant")
	flags.StringVar(&f.control, "control", "127.0.0.1:8444", "address of the control API")
	flags.StringVar(&f.ClientID, "client-id", "ws1bridge", "id of the OAuth service client")
	flags.StringVar(&f.ClientSecret, "client-secret", "emulator-secret", "secret of that client")
	flags.StringArrayVar(&f.Domains, "domain", []string{"acme.com"}, "domain of a directory of type Other; may be given several times")
	flags.DurationVar(&f.TokenTTL, "token-ttl", 0, "life of a token (default 3h)")
	flags.DurationVar(&f.Latency, "latency", 0, "added to every answer")
	flags.IntVar(&f.SeedUsers, "seed-users", 0, "number of provisioned users in the first domain")
	flags.Uint64Var(&f.Seed, "seed", 1, "seed of the faults that strike at random")
	modes := &f.Modes
	flags.StringVar(&modes.MediaTypes, "media-types", "both", "media types of directories: legacy, json or both")
	flags.BoolVar(&modes.ListOmitsMembers, "lists-omit-members", false, "leave members out of lists of groups")
	flags.BoolVar(&modes.GroupOmitsExtension, "groups-omit-extension", false, "leave domain and type out of groups")
	flags.BoolVar(&modes.DeleteOK, "delete-ok", false, "answer deletions with 200, not 204")
	flags.BoolVar(&modes.UserNameImmutable, "user-name-immutable", false, "ignore changes of userName")
	flags.BoolVar(&modes.IgnoreMetaAttributes, "ignore-meta-attributes", false, "do not clear what meta.attributes names")
	flags.BoolVar(&modes.ShareExternalID, "share-external-id", false, "let users of a domain share an externalId")
	flags.BoolVar(&modes.UserExternalIDFilter, "user-external-id-filter", false, "filter users by externalId")
	flags.BoolVar(&modes.TombstoneUserNames, "tombstone-user-names", false, "keep the names of deleted users taken")
	flags.IntVar(&modes.BadTokenStatus, "bad-token-status", http.StatusUnauthorized, "answer to a bad token: 401 or 403")
	flags.StringVar(&modes.SyncedDomain, "synced-domain", "", "domain of a directory that is synchronized from Active Directory")
	flags.IntVar(&modes.MaxCount, "max-count", 0, "most records of a page (default 1000)")
	return cmd
}

func (p *program) emulate(ctx context.Context, f emulatorFlags) error {
	emulator, err := accesstest.New(f.Config)
	if err != nil {
		return usageError{err}
	}
	tenant, err := listen(ctx, f.listen)
	if err != nil {
		return err
	}
	control, err := listen(ctx, f.control)
	if err != nil {
		_ = tenant.Close()
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "Emulator of Workspace ONE Access: tenant http://%s, control http://%s, client %s, domains %v\n",
		tenant.Addr(), control.Addr(), f.ClientID, f.Domains)
	if err != nil {
		return err
	}
	return serveEmulator(ctx, emulator, tenant, control)
}

// serveEmulator serves until ctx ends.
func serveEmulator(ctx context.Context, emulator *accesstest.Emulator, tenant, control net.Listener) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return serveHTTP(ctx, tenant, server{handler: emulator.Handler(), log: zap.NewNop()}) })
	work.Go(func() error { return serveHTTP(ctx, control, server{handler: emulator.Control(), log: zap.NewNop()}) })
	return work.Wait()
}

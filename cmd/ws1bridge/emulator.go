package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"ws1bridge/upstream/accesstest"
)

// emulatorFlags are the flags of the command emulator.
type emulatorFlags struct {
	listen, control string
	clockSkew       time.Duration
	noDirectory     bool
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
		Example: `  ws1bridge emulator --domain acme.com --seed-users 3
  ws1bridge emulator --no-directory             # for trying "directory create"
  ws1bridge emulator --okta-provider disabled   # for trying "doctor"`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.noDirectory && cmd.Flags().Changed("domain") {
				return usageError{errors.New("--domain and --no-directory exclude each other")}
			}
			return p.emulate(cmd.Context(), f)
		},
	}
	f.addServing(cmd)
	f.addModes(cmd)
	f.addMistakes(cmd)
	for flag, values := range map[string][]string{
		"role": {"super", "users", "auditor", "providers", "read", "none"}, "client-type": {"service", "user"},
		"okta-provider": {"associated", "none", "unassociated", "disabled", "two"}, "media-types": {"both", "legacy", "json"},
		"lag-reads":   {"ids", "lists"},
		"client-form": {"encoded", "raw"},
	} {
		_ = cmd.RegisterFlagCompletionFunc(flag, onlyValues(values...)) // the flags exist
	}
	return cmd
}

// addServing adds the flags for what is emulated where.
func (f *emulatorFlags) addServing(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8443", "address of the tenant")
	flags.StringVar(&f.control, "control", "127.0.0.1:8444", "address of the control API")
	flags.StringVar(&f.ClientID, "client-id", "ws1bridge", "id of the OAuth service client")
	flags.StringVar(&f.ClientSecret, "client-secret", "emulator-secret", "secret of that client")
	flags.StringArrayVar(&f.Domains, "domain", []string{"acme.com"},
		"domain of a directory of type Other; may be given several times")
	flags.BoolVar(&f.noDirectory, "no-directory", false, "begin without a directory of type Other")
	flags.DurationVar(&f.TokenTTL, "token-ttl", 0, "life of a token (default 3h)")
	flags.DurationVar(&f.Latency, "latency", 0, "added to every answer")
	flags.IntVar(&f.SeedUsers, "seed-users", 0, "number of provisioned users in the first domain")
	flags.BoolVar(&f.RecordBodies, "record-bodies", false, "show bodies in GET /requests of the control API")
	flags.Uint64Var(&f.Seed, "seed", 1, "seed of the faults that strike at random")
}

// addModes adds the flags for what differs between tenants.
func (f *emulatorFlags) addModes(cmd *cobra.Command) {
	flags, modes := cmd.Flags(), &f.Modes
	flags.StringVar(&modes.MediaTypes, "media-types", "both",
		"media types of directories and identity providers: legacy, json or both")
	flags.BoolVar(&modes.ListOmitsMembers, "lists-omit-members", false, "leave members out of lists of groups")
	flags.BoolVar(&modes.GroupOmitsExtension, "groups-omit-extension", false, "leave domain and type out of groups")
	flags.BoolVar(&modes.IgnoreAttributes, "ignore-attributes", false,
		"show all of a record to reads by id and lists that ask for attributes")
	flags.BoolVar(&modes.RefuseAttributes, "refuse-attributes", false, "refuse reads by id that ask for attributes")
	flags.BoolVar(&modes.PatchIgnoresAttributes, "patch-ignores-attributes", false,
		"answer 204 to changes that ask for attributes")
	flags.BoolVar(&modes.AttributesOmitExtensions, "attributes-omit-extensions", false,
		"leave extensions out of answers to requests that ask for attributes")
	flags.BoolVar(&modes.RefuseUnknownRemovals, "refuse-unknown-removals", false,
		"refuse to remove a member who is not one")
	flags.BoolVar(&modes.DeleteOK, "delete-ok", false, "answer deletions with 200, not 204")
	flags.BoolVar(&modes.UserNameImmutable, "user-name-immutable", false, "ignore changes of userName")
	flags.BoolVar(&modes.IgnoreMetaAttributes, "ignore-meta-attributes", false, "do not clear what meta.attributes names")
	flags.BoolVar(&modes.ShareExternalID, "share-external-id", false, "let users of a domain share an externalId")
	flags.BoolVar(&modes.UserExternalIDFilter, "user-external-id-filter", false, "filter users by externalId")
	flags.BoolVar(&modes.TombstoneUserNames, "tombstone-user-names", false, "keep the names of deleted users taken")
	flags.IntVar(&modes.BadTokenStatus, "bad-token-status", http.StatusUnauthorized, "answer to a bad token: 401 or 403")
	flags.StringVar(&modes.ClientForm, "client-form", "",
		"only form of the client's credentials: encoded or raw (default either)")
	flags.StringVar(&modes.SyncedDomain, "synced-domain", "",
		"domain of a directory that is synchronized from Active Directory")
	flags.IntVar(&modes.MaxCount, "max-count", 0, "most records of a page (default 1000)")
	flags.DurationVar(&modes.Lag, "lag", 0, "how long reads show the state before a write")
	flags.StringVar(&modes.LagReads, "lag-reads", "", "which reads lag: ids, lists, or both if empty")
}

// addMistakes adds the flags for what an administrator of Access may do wrong.
func (f *emulatorFlags) addMistakes(cmd *cobra.Command) {
	flags, mistakes := cmd.Flags(), &f.Modes.Mistakes
	flags.StringVar(&mistakes.Role, "role", "super",
		"role of the OAuth client: super, users, auditor, providers, read or none")
	flags.StringVar(&mistakes.ClientType, "client-type", "service", "access type of the OAuth client: service or user")
	flags.DurationVar(&f.clockSkew, "clock-skew", 0, "how far the tenant's clock is ahead")
	flags.StringVar(&mistakes.OktaProvider, "okta-provider", "associated",
		"identity provider for Okta: associated, none, unassociated, disabled or two")
	flags.BoolVar(&mistakes.ProviderListOmitsDirectories, "provider-lists-omit-directories", false,
		"leave directories out of lists of identity providers")
	flags.BoolVar(&mistakes.PolicyOmitsOkta, "policy-omits-okta", false,
		"leave the methods of the providers for Okta out of the access policy")
	flags.IntVar(&mistakes.PolicyFollows, "policy-follows", 0,
		"the access policy gets the methods of all enabled providers at its `N`th reading after one was made or changed")
	flags.BoolVar(&mistakes.ProviderUnreadable, "provider-unreadable", false,
		"refuse to show an identity provider as a whole")
	flags.BoolVar(&mistakes.ProviderForgets, "provider-forgets", false,
		"confirm new and changed identity providers, but keep none of their directories")
	flags.IntVar(&mistakes.LoseProviderAnswers, "lose-provider-answers", 0,
		"`number` of times that a new or changed identity provider is kept, but not answered")
	flags.IntVar(&mistakes.DeletionLists, "deletion-lists", 0,
		"how often a directory is still listed while it is being deleted")
}

// onlyValues completes a flag with these values.
func onlyValues(values ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
}

func (p *program) emulate(ctx context.Context, f emulatorFlags) error {
	f.Modes.ClockSkew = int(f.clockSkew.Seconds())
	if f.noDirectory {
		f.Domains = nil
	}
	emulator, err := accesstest.New(f.Config)
	if err != nil {
		return usageError{err}
	}
	listeners, err := listen(ctx, f.listen, f.control)
	if err != nil {
		return err
	}
	tenant, control := listeners[0], listeners[1]
	const greeting = "Emulator of Workspace ONE Access: tenant http://%s, control http://%s, client %s, domains %v\n"
	if _, err := fmt.Fprintf(p.stdout, greeting, tenant.Addr(), control.Addr(), f.ClientID, f.Domains); err != nil {
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

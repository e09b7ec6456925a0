package main

import (
	"context"
	"errors"
	"os"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/watch"
)

// reloader has a running bridge take its configuration anew: on SIGHUP, and when its
// file or a file with a secret changes. One that has a mistake is refused whole, and the
// bridge goes on with the one that it has.
type reloader struct {
	bridge  *bridge
	hangups <-chan os.Signal
	load    func() (config.Config, config.Problems)
	warn    func(config.Config)
	success prometheus.Gauge
	log     *zap.Logger
	read    atomic.Pointer[config.Config] // last, also one that was refused
	refused atomic.Bool                   // says that it was
	turn    sync.Mutex                    // held while the configuration is read and taken
}

func (p *program) newReloader(b *bridge, hangups <-chan os.Signal) *reloader {
	log := b.log.Named("config")
	r := &reloader{
		bridge: b, hangups: hangups, log: log,
		load: func() (config.Config, config.Problems) { return config.Examine(p.configFile, p.environ) },
		warn: func(cfg config.Config) { p.warn(log, cfg) },
		success: promauto.With(b.metrics).NewGauge(prometheus.GaugeOpts{
			Name: "ws1bridge_config_reload_success",
			Help: "1 when the configuration that was read last is the one in use, 0 when it was refused.",
		}),
	}
	r.success.Set(1)
	r.read.Store(&b.current.Load().Config)
	return r
}

// files are those to watch. What a configuration that was refused lacks may come there,
// or in files of TLS, which are no part of it otherwise.
func (r *reloader) files() []string {
	files := append(r.bridge.current.Load().Files(), r.read.Load().Files()...)
	if r.refused.Load() {
		files = append(files, r.read.Load().TLS.Files().Names()...)
	}
	return files
}

// run waits for reasons to read the configuration, until ctx ends.
func (r *reloader) run(ctx context.Context) error {
	var work sync.WaitGroup
	defer work.Wait()
	once := func(reload func() bool) {
		r.turn.Lock()
		defer r.turn.Unlock()
		if isNewClient := reload(); isNewClient {
			work.Go(func() { r.bridge.current.Load().client.WarmUp(ctx) })
		}
	}
	work.Go(func() {
		watched := watch.New(r.files)
		once(r.reloadChanges) // since the start
		watched.Run(ctx, func() { once(r.reloadChanges) })
	})
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.hangups:
			once(r.reload)
		}
	}
}

// reloadChanges is reload where the configuration is not the one that was read last.
func (r *reloader) reloadChanges() (isNewClient bool) {
	if cfg, problems := r.load(); problems.Err() == nil && !r.refused.Load() &&
		reflect.DeepEqual(cfg, *r.read.Load()) {
		return false
	}
	return r.reload()
}

// reload reads the configuration and has the bridge take it.
func (r *reloader) reload() (isNewClient bool) {
	cfg, problems := r.load()
	r.read.Store(&cfg)
	err := problems.Err()
	before := r.bridge.current.Load().Config
	if err == nil {
		isNewClient, err = r.bridge.take(cfg)
	}
	r.refused.Store(err != nil)
	if err != nil {
		r.success.Set(0)
		r.log.Error("the configuration has mistakes: it is not taken, and the one before stays in use", mistakes(err))
		return false
	}
	r.success.Set(1)
	r.bridge.status.Look() // at other directories, perhaps
	now := r.bridge.current.Load().Config
	r.log.Info("the configuration was read again", zap.Strings("changed", config.Changed(before, now)))
	if later := config.Changed(now, cfg); len(later) > 0 {
		r.log.Warn("some settings are taken when the bridge is started again, and not before",
			zap.Strings("settings", later))
	}
	r.warn(cfg)
	return isNewClient
}

// mistakes are what is wrong with a configuration. They quote no secret.
func mistakes(err error) zap.Field {
	if problems, ok := errors.AsType[config.Problems](err); ok {
		return zap.Strings("problems", problems.Lines())
	}
	return zap.Error(err)
}

package main

import (
	"errors"
	"io"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"ws1bridge/auth"
)

// newLogger writes JSON lines. The level was checked with the configuration.
func newLogger(w io.Writer, level string) *zap.Logger {
	at, _ := zapcore.ParseLevel(level)
	encoding := zap.NewProductionEncoderConfig()
	encoding.TimeKey = "time"
	encoding.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	encoding.EncodeDuration = zapcore.SecondsDurationEncoder
	return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(encoding), zapcore.Lock(zapcore.AddSync(w)), at))
}

// logToken logs when the token's state changes: an operator must act
// on refused credentials, and only know of an outage.
func logToken(log *zap.Logger) func(auth.State) {
	log = log.Named("token")
	return func(s auth.State) {
		switch {
		case s.Err == nil:
			log.Info("tokens can be fetched again")
		case errors.Is(s.Err, auth.ErrCredentials):
			log.Error("Access refuses the credentials of the bridge: check access.client_id and access.client_secret",
				zap.Error(s.Err))
		default:
			log.Warn("no token can be fetched", zap.Error(s.Err), zap.Bool("token_held", s.HasToken))
		}
	}
}

// logCircuit logs when requests begin to fail at once, and when that is over.
func logCircuit(log *zap.Logger) func(open bool) {
	log = log.Named("access")
	return func(open bool) {
		if open {
			log.Warn("Access failed several times in a row: requests fail at once until a probe succeeds")
			return
		}
		log.Info("Access answers again")
	}
}

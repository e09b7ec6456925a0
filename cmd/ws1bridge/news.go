package main

import (
	"errors"

	"go.uber.org/zap"

	"ws1bridge/auth"
)

// tellToken writes a line when the token's state changes: an operator must act
// on refused credentials, and only know of an outage.
func tellToken(log *zap.Logger) func(auth.State) {
	log = log.Named("token")
	return func(s auth.State) {
		switch {
		case s.Err == nil:
			log.Info("tokens can be fetched again")
		case errors.Is(s.Err, auth.ErrCredentials):
			log.Error("Access refuses the credentials of the bridge: check access.client_id and access.client_secret", zap.Error(s.Err))
		default:
			log.Warn("no token can be fetched", zap.Error(s.Err), zap.Bool("token_held", s.HasToken))
		}
	}
}

// tellCircuit writes a line when requests begin to fail at once, and when that
// is over.
func tellCircuit(log *zap.Logger) func(open bool) {
	log = log.Named("access")
	return func(open bool) {
		if open {
			log.Warn("Access failed several times in a row: requests fail at once until a probe succeeds")
			return
		}
		log.Info("Access answers again")
	}
}

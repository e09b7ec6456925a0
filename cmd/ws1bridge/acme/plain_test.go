package acme

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// TestPlain has certmagic log what it does, and an operator see what matters.
func TestPlain(t *testing.T) {
	core, lines := observer.New(zap.DebugLevel)
	log := plain(zap.New(core).Named("acme"), email).Named("obtain").With(zap.String("contact", email))
	log.Info("new ACME account registered", zap.Strings("contact", []string{"mailto:" + email}))
	log.Error(twice, zap.Error(errors.New("no")))
	log.Error("will retry", zap.Error(errors.New("registering account [mailto:"+email+"]: refused")),
		zap.Int("attempt", 2), zap.Duration("retrying_in", time.Minute), zap.Duration("elapsed", time.Hour))
	log.Error("anything about "+email, zap.String("error", email), zap.String("path", email))
	all := lines.All()
	if len(all) != 2 {
		t.Fatalf("the log has %v", all)
	}
	fields := all[0].ContextMap()
	if all[0].Message != messageAgain || all[0].LoggerName != "acme" || len(fields) != 3 ||
		fields["error"] != "registering account [mailto:[e-mail]]: refused" {
		t.Errorf("the line is %v %v", all[0].Entry, fields)
	}
	if line := fmt.Sprint(all[1].Message, all[1].ContextMap()); strings.Contains(line, email) {
		t.Errorf("the log has the address of e-mail: %s", line)
	}
}

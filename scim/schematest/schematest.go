// Package schematest is what the tests of the packages below scim have in common.
package schematest

import (
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	scimerrors "github.com/elimity-com/scim/errors"
	jsonv2 "github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
)

// Domain is the one that Translator manages.
const Domain = "acme.com"

// Translator is a translation with nothing configured but its domain.
func Translator(tb testing.TB) *translate.Translator {
	tb.Helper()
	tr, err := translate.New(translate.Config{DefaultDomain: Domain})
	if err != nil {
		tb.Fatal(err)
	}
	return tr
}

// Indexes are those of users and groups.
func Indexes(tb testing.TB) (users, groups schema.Index) {
	tb.Helper()
	return schema.Users(Translator(tb).SchemaAttributes()).Index, schema.Groups().Index
}

// URNs writes out the URNs of schemas in a text, which keeps the rows of tables
// short: $USER, $ENTERPRISE and $WORKSPACE.
func URNs(s string) string { return urns.Replace(s) }

var urns = strings.NewReplacer("$ENTERPRISE", schema.Enterprise, "$WORKSPACE", schema.Workspace, "$USER", schema.User)

// Resource decodes a resource, with URNs written out.
func Resource(tb testing.TB, s string) schema.Resource {
	tb.Helper()
	var r schema.Resource
	if err := jsonv2.Unmarshal([]byte(URNs(s)), &r, schema.KeepDigits); err != nil {
		tb.Fatalf("%v in %s", err, s)
	}
	return r
}

// Number is a JSON number of up to 40 digits, in any spelling (RFC 8259 section 6).
func Number() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringMatching(`-?(0|[1-9][0-9]{0,39})`), rapid.StringMatching(`[1-9][0-9]{18,39}`),
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?`))
}

// WantProblem checks that an error is a 400 of that type, with a detail.
func WantProblem(tb testing.TB, err error, want scimerrors.ScimType) {
	tb.Helper()
	e, ok := errors.AsType[*problem.Error](err)
	if !ok || e.Status != http.StatusBadRequest || e.Type != want || e.Detail == "" {
		tb.Errorf("got the error %#v, want a 400 of %s", err, want)
	}
}

// maxCPU is more than anything that is bounded here may take, with the race detector and on a slow machine:
// what is not bounded takes minutes.
const maxCPU = 20 * time.Second

// Bounded fails the test if do takes too much of the processor. It counts the time
// that the process worked, so that a busy machine makes no difference.
func Bounded(tb testing.TB, what string, do func()) {
	tb.Helper()
	before := worked(tb)
	do()
	if took := worked(tb) - before; took > maxCPU {
		tb.Errorf("%.200s took %s of the processor", what, took)
	}
}

func worked(tb testing.TB) time.Duration {
	tb.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
)

// TestTry does what the command says to try.
func TestTry(t *testing.T) {
	try := start(t, nil, "try")
	told := try.stdout.Await(t, "nothing is kept")
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	o := &operator{}
	for _, setting := range regexp.MustCompile(`(?m)^  export (\S+)$`).FindAllStringSubmatch(told, -1) {
		o.env = append(o.env, setting[1])
	}
	base := regexp.MustCompile(`http://\S+/scim/v2`).FindString(told)
	token := regexp.MustCompile(`Bearer (\S+)'`).FindStringSubmatch(told)
	if len(o.env) != 6 || base == "" || token == nil {
		t.Fatalf("it says\n%s", told)
	}
	r, err := okta.Client{Base: base, Token: token[1]}.Send(t.Context(), http.MethodPost, "/Users",
		okta.User("ada@acme.com", "Ada", "Lovelace", "00u1"))
	if err != nil || r.Status != http.StatusCreated {
		t.Fatalf("got %+v, %v", r, err)
	}
	doctor := o.run(t, "doctor")
	if doctor.code != exitOK || strings.Contains(doctor.stdout, "✗") ||
		!strings.Contains(doctor.stdout, "Log-in for acme.com: verified") {
		t.Errorf("the doctor says\n%s%s", doctor.stdout, doctor.stderr)
	}
	if got := o.run(t, "user", "get", "ada@acme.com"); got.code != exitOK || strings.Contains(got.stdout, "✗") {
		t.Errorf("user get says\n%s%s", got.stdout, got.stderr)
	}
	o.expect(t, exitOK, []string{"history", "ada@acme.com"}, "create user", "201")
	page := regexp.MustCompile(`open (http://\S+/) in a browser`).FindStringSubmatch(told)
	if page == nil {
		t.Fatalf("it says\n%s", told)
	}
	if code, body := cmdtest.Get(t, page[1]); code != http.StatusOK || !strings.Contains(body, "ada@acme.com") {
		t.Errorf("the console is %d %s", code, body)
	}
	if got := try.stop(t); got != exitOK {
		t.Errorf("exit code %d:\n%s", got, try.stderr)
	}
}

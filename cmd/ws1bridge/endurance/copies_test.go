package endurance

import (
	"net/http"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/okta"
)

// separateCopies is what several bridges need: no change of a record by what was read of
// it a while ago, because another bridge may have changed it since.
var separateCopies = []string{"WS1BRIDGE_ACCESS_REUSE_READS=0", "WS1BRIDGE_LOG_LEVEL=error"}

// TestLostGroupCreation has the answer to the creation of a group lost, and repeats the
// push to the same bridge, or to another one, which cannot tell the group from one that
// was there before. The guide about several copies says so.
func TestLostGroupCreation(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{
		"repeated at the same bridge": http.StatusCreated, "repeated at another bridge": http.StatusConflict,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := spawnEmulator(t)
			first := spawnBridge(t, e.tenant, separateCopies...)
			second := first
			if want == http.StatusConflict {
				second = spawnBridge(t, e.tenant, separateCopies...)
			}
			loseAnswers(t, e, "Groups")
			newOrg(t, first.main).send(t.Context(), http.MethodPost, "/Groups", okta.Group("Engineers")).mustWait(t)
			control(t, http.MethodDelete, e.control+"/faults", "")
			settle(t, second, push{method: http.MethodPost, path: "/Groups", body: okta.Group("Engineers"), want: want})
			if groups := len(holdings(t, e.control).Groups); groups != 2 { // one is ALL USERS
				t.Errorf("Access holds %d groups, want 2", groups)
			}
		})
	}
}

// TestLostUserCreation is the same for users: any bridge knows one by its externalId.
func TestLostUserCreation(t *testing.T) {
	t.Parallel()
	e := spawnEmulator(t)
	loseAnswers(t, e, "Users")
	first, second := spawnBridge(t, e.tenant, separateCopies...), spawnBridge(t, e.tenant, separateCopies...)
	newOrg(t, first.main).send(t.Context(), http.MethodPost, "/Users", newPerson(0, 1).body()).mustWait(t)
	control(t, http.MethodDelete, e.control+"/faults", "")
	settle(t, second, push{method: http.MethodPost, path: "/Users", body: newPerson(0, 1).body(),
		want: http.StatusCreated})
	if users := len(holdings(t, e.control).Users); users != 2 { // one is the administrator
		t.Errorf("Access holds %d users, want 2", users)
	}
}

// TestLostDeletion has a deletion repeated at another bridge, which finds nobody.
func TestLostDeletion(t *testing.T) {
	t.Parallel()
	e := spawnEmulator(t)
	first, second := spawnBridge(t, e.tenant, separateCopies...), spawnBridge(t, e.tenant, separateCopies...)
	org := newOrg(t, first.main)
	id := org.mustSend(t, http.StatusCreated, http.MethodPost, "/Users", newPerson(0, 1).body()).id()
	path := "/Users/" + id
	control(t, http.MethodPost, e.control+"/faults", // it looks first
		`{"method":"GET","delay":"1ms","count":1,"path":"/SAAS/jersey/manager/api/scim/Users/`+id+`"}`)
	loseAnswers(t, e, "Users/"+id)
	org.send(t.Context(), http.MethodDelete, path, nil).mustWait(t)
	control(t, http.MethodDelete, e.control+"/faults", "")
	settle(t, second, push{method: http.MethodDelete, path: path, want: http.StatusNotFound})
	settle(t, first, push{method: http.MethodDelete, path: path, want: http.StatusNoContent})
}

// settle sends a push to a bridge until it is not answered 429.
func settle(t *testing.T, b *bridgeProcess, p push) {
	t.Helper()
	org := newOrg(t, b.main)
	org.second = 10 * time.Millisecond
	org.push(t.Context(), p)
	org.report(t)
}

// loseAnswers has Access do every write below a path, and answer nothing at all.
func loseAnswers(t *testing.T, e *emulatorProcess, below string) {
	t.Helper()
	const path = `"path":"/SAAS/jersey/manager/api/scim/`
	control(t, http.MethodPost, e.control+"/faults", `{"method":"GET","drop":true,`+path+below+`"}`)
	control(t, http.MethodPost, e.control+"/faults", `{"apply":true,"drop":true,`+path+below+`"}`)
}

package invariants

import (
	"cmp"
	"net/http"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// aSpell is for kinds of which there are many: each dialect has its own spell, and
// a look has one dialect.
func aSpell() spells {
	if testing.Short() {
		return spells{putDialect: {untilTry}}
	}
	return spells{patchDialect: {once}, putDialect: {untilTry}}
}

func TestMatrixOfWrongAnswersAboutUsers(t *testing.T) {
	matrix{story: userStory, seedUsers: 4, kinds: wrongAnswers, spells: aSpell(), resilience: quick}.run(t)
}

func TestMatrixOfWrongAnswersAboutGroups(t *testing.T) {
	matrix{story: groupStory, seedUsers: 4, kinds: wrongAnswers, spells: aSpell(), resilience: quick}.run(t)
}

// Where there are many members, lists of several pages tell whose they are.
func TestMatrixOfBrokenLists(t *testing.T) {
	matrix{
		story: longStory, seedUsers: 125, modes: accesstest.Modes{MaxCount: 50}, kinds: brokenLists,
		spells: spells{patchDialect: {untilTry}}, resilience: quick,
	}.run(t)
}

// What Access shows after a write is old. Okta is told what is right, or to come
// again.
func TestMatrixWithLag(t *testing.T) {
	reads := []string{"ids", "lists", ""}
	if testing.Short() {
		reads = reads[2:]
	}
	for _, lagging := range reads {
		t.Run("of "+cmp.Or(lagging, "all")+" reads", func(t *testing.T) {
			matrix{
				story: wholeStory, seedUsers: 4, modes: accesstest.Modes{Lag: 2 * slow, LagReads: lagging},
				kinds: kindsNamed("slow", "cut after the change", "503"), spells: aSpell(), resilience: quick,
				pause: slow / 2,
			}.run(t)
		})
	}
}

// Where Access keeps a userName for ever, a new one is refused, and nothing else
// is.
func TestMatrixOfKeptNames(t *testing.T) {
	kinds := kindsNamed("cut after the change", "500 after the change", "503", "empty body", "a page in place of Access",
		"an empty object", "another record", "202 in place of Access")
	keeping := quick
	keeping.Lag = patience // after it, nobody waits for a name any more
	matrix{
		story: keptNameStory, seedUsers: 4, modes: accesstest.Modes{UserNameImmutable: true}, kinds: kinds,
		spells: aSpell(), resilience: keeping,
	}.run(t)
}

// keptNameStory is userStory where no name changes.
func keptNameStory(d dialect, _ []string) []pushes {
	return []pushes{
		createUser("create a user", "ada", "ada@acme.com"),
		createUser("create another", "grace", "grace@acme.com"),
		keptName(d, "rename a user", "ada", "countess@acme.com"),
		findUser("find it under its own name", "ada"),
		changeUser(d, "deactivate another", "grace", func(u *toldUser) { u.active = false }),
		createUser("revive it under its own name", "grace", "grace@acme.com"),
		changeUser(d, "update a user", "ada", func(u *toldUser) { u.title = "Countess" }),
		deleteUser("delete a user", "grace"),
		createUser("create it again", "grace", "hopper@acme.com"),
	}
}

// keptName is a change of name that Access ignores, and that is refused therefore.
func keptName(d dialect, name, externalID, userName string) pushes {
	return func(l *ledger) push {
		p := changeUser(d, name, externalID, func(u *toldUser) { u.userName = userName })(l)
		p.status = http.StatusBadRequest
		p.acknowledged = func(response) string { return "" }
		return p
	}
}

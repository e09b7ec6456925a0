package invariants

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// endless is a count that no step uses up.
const endless = 1 << 20

// spell is how long a fault lasts: for so many requests, or until Okta was
// refused so many times.
type spell struct {
	name     string
	count    int
	refusals int // 0 means until the step is over
}

var (
	once     = spell{name: "once", count: 1}
	thrice   = spell{name: "three times", count: 3}
	untilTry = spell{name: "until Okta's first try failed", count: endless, refusals: 1}
	// untilOpen is long enough for the circuit to open.
	untilOpen = spell{name: "until Okta's fourth try failed", count: endless, refusals: 4}
)

// cell is one run of a scenario, in which each step meets the same fault at its
// nth call of Access.
type cell struct {
	dialect dialect
	kind    faultKind
	spell   spell
	call    int // 0 is the first
	steps   int // of the scenario, up to the last that comes so far
}

func (c cell) String() string {
	return fmt.Sprintf("%s, %s, %s, call %d", c.dialect, c.kind.name, c.spell.name, c.call+1)
}

// spells are how long faults last in each dialect.
type spells map[dialect][]spell

// matrix is a scenario and what it is run under.
type matrix struct {
	story      func(dialect, []string) []pushes
	seedUsers  int
	modes      accesstest.Modes
	kinds      []faultKind
	spells     spells
	resilience upstream.Resilience
	pause      time.Duration // between Okta's tries
	old        bool          // Okta speaks SCIM 1.1
}

// twoSpells gives each dialect a fault that the bridge gets over by itself and
// one that it does not.
var twoSpells = spells{patchDialect: {once, thrice}, putDialect: {once, untilTry}}

func TestMatrixOfUsers(t *testing.T) {
	matrix{story: userStory, seedUsers: 4, kinds: faultKinds, spells: twoSpells, resilience: quick}.run(t)
}

func TestMatrixOfGroups(t *testing.T) {
	matrix{story: groupStory, seedUsers: 4, kinds: faultKinds, spells: twoSpells, resilience: quick}.run(t)
}

// TestMatrixOfTheOldApp has Okta's own app push, which speaks SCIM 1.1.
func TestMatrixOfTheOldApp(t *testing.T) {
	for name, story := range map[string]func(dialect, []string) []pushes{"users": userStory, "groups": groupStory} {
		t.Run(name, func(t *testing.T) {
			matrix{story: story, seedUsers: 4, kinds: faultKinds, spells: twoSpells, resilience: quick, old: true}.run(t)
		})
	}
}

func TestMatrixOfLongMemberLists(t *testing.T) {
	kinds := kindsNamed("cut after the change", "503", "a page in place of Access", "202 in place of Access")
	matrix{
		story: longStory, seedUsers: 125, kinds: kinds, resilience: quick,
		spells: spells{patchDialect: {untilTry}, putDialect: {untilTry}},
	}.run(t)
}

func TestMatrixWithCircuitBreaker(t *testing.T) {
	kinds := kindsNamed("connection refused", "cut after the change", "502 with HTML", "a page in place of Access")
	matrix{
		story: wholeStory, seedUsers: 4, kinds: kinds, spells: spells{patchDialect: {untilOpen}},
		resilience: breaking, pause: 15 * time.Millisecond,
	}.run(t)
}

// workers is how many cells run at once; most of the time they wait.
const workers = 12

// run runs every cell and tells how many combinations of step, fault and call
// there were.
func (m matrix) run(t *testing.T) {
	t.Helper()
	var struck atomic.Int64
	cells := make(chan cell)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for c := range cells {
				t.Run(c.String(), func(t *testing.T) { struck.Add(int64(m.runCell(t, c))) })
			}
		})
	}
	steps := 0
	for _, d := range slices.Sorted(maps.Keys(m.spells)) {
		calls := m.calls(t, d)
		steps += len(calls)
		for _, c := range m.cells(d, calls) {
			cells <- c
		}
	}
	close(cells)
	wait.Wait()
	t.Logf("%d combinations: %d steps × %d faults × their durations, at each call of Access in turn",
		struck.Load(), steps, len(m.kinds))
}

// cells are all runs of the scenario in one dialect; calls says how often each
// step calls Access.
func (m matrix) cells(d dialect, calls []int) (cells []cell) {
	list := m.spells[d]
	if testing.Short() {
		list = list[len(list)-1:]
	}
	for call := range slices.Max(calls) {
		for _, k := range m.kinds {
			for _, s := range list {
				cells = append(cells, cell{d, k, s, call, lastAbove(calls, call) + 1})
			}
		}
	}
	return cells
}

// lastAbove finds the last element that is more than n.
func lastAbove(list []int, n int) int {
	for i := len(list) - 1; i > 0; i-- {
		if list[i] > n {
			return i
		}
	}
	return 0
}

// calls counts what each step asks of Access when nothing fails.
func (m matrix) calls(t *testing.T, d dialect) (calls []int) {
	t.Helper()
	o := m.okta(t, 0)
	for _, step := range m.story(d, o.seeded) {
		o.lab.Access.ClearRequests()
		o.compare(o.do(step), pending{})
		all, _ := o.lab.UpstreamRequests()
		calls = append(calls, all)
	}
	return calls
}

func (m matrix) okta(t *testing.T, timeout time.Duration) *okta {
	t.Helper()
	w := newLab(t, labConfig{
		access: accesstest.Config{SeedUsers: m.seedUsers, Modes: m.modes}, resilience: m.resilience, timeout: timeout,
	})
	o := newOkta(w)
	o.pause, o.old = m.pause, m.old
	return o
}

// runCell returns how many steps the fault struck.
func (m matrix) runCell(t *testing.T, c cell) (struck int) {
	t.Helper()
	o := m.okta(t, c.kind.timeout)
	for _, step := range m.story(c.dialect, o.seeded)[:c.steps] {
		o.lab.begin(c.kind, c.call, c.spell.count)
		o.refusals = 0
		o.onRefusal = func() {
			if o.refusals == c.spell.refusals {
				o.lab.end(c.kind)
			}
		}
		p := o.do(step)
		if o.lab.end(c.kind) < c.spell.count || o.refusals > 0 {
			struck++
			o.compare(p, pending{})
		}
	}
	return struck
}

// begin lets a fault strike count requests to Access after skip that pass.
func (w *lab) begin(k faultKind, skip, count int) {
	if k.refused {
		w.refuser.arm(skip, count)
		return
	}
	f := k.fault
	f.Path, f.Skip, f.Count = accessAPI, skip, count
	w.Access.AddFault(f)
}

// end clears the fault and returns how many requests it had left.
func (w *lab) end(k faultKind) (left int) {
	if k.refused {
		left = w.refuser.left()
		w.refuser.arm(0, 0)
		return left
	}
	for _, f := range w.Access.Faults() {
		left = f.Count
	}
	w.Access.ClearFaults()
	return left
}

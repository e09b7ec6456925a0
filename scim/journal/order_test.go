package journal_test

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ws1bridge/scim/journal"
	"ws1bridge/scim/journal/journaltest"
)

// opened is a journal that nobody runs.
func opened(t *testing.T, url string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(journal.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// TestOrder has two bridges write to one record and to others.
func TestOrder(t *testing.T) {
	url := postgresFor(t)
	bridges := []*journal.Order{opened(t, url).Order(), opened(t, url).Order()}
	if !bridges[0].IsShared() || opened(t, "").Order().IsShared() {
		t.Error("an order is shared where there is a database in PostgreSQL")
	}
	var inside, entered atomic.Int32
	var callers sync.WaitGroup
	for i := range 40 {
		callers.Go(func() {
			keys := [][]string{{"group a", "group b"}, {"group b", "group a"}}[i%2]
			_, release, ok := bridges[i/2%2].Lock(t.Context(), keys...)
			if !ok {
				t.Error("the lock was not to be had")
				return
			}
			if n := inside.Add(1); n != 1 {
				t.Errorf("%d write at once", n)
			}
			entered.Add(1)
			time.Sleep(time.Millisecond)
			inside.Add(-1)
			release()
		})
	}
	callers.Wait()
	if entered.Load() != 40 {
		t.Errorf("%d of 40 had their turn", entered.Load())
	}
	_, release, _ := bridges[0].Lock(t.Context(), "group a")
	_, other, ok := bridges[1].Lock(t.Context(), "group c")
	if !ok {
		t.Fatal("another record waits too")
	}
	other()
	bounded, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	for _, o := range bridges {
		if _, _, ok := o.Lock(bounded, "group a"); ok {
			t.Error("two have the lock")
		}
	}
	release()
	_, again, ok := bridges[1].Lock(t.Context(), "group a")
	if !ok {
		t.Fatal("the lock was not given back")
	}
	again()
}

// TestOrderWithoutDatabase lets writes go on while the database is away.
func TestOrderWithoutDatabase(t *testing.T) {
	server := journaltest.PostgreSQL(t)
	o := opened(t, server.URL).Order()
	_, held, ok := o.Lock(t.Context(), "group a")
	if !ok {
		t.Fatal("the lock was not to be had")
	}
	server.Stop()
	held() // which has nowhere to go
	_, release, ok := o.Lock(t.Context(), "group a")
	if !ok {
		t.Fatal("a write is kept back")
	}
	release()
	server.Start()
	_, release, ok = o.Lock(t.Context(), "group a")
	if !ok {
		t.Fatal("the lock is still held")
	}
	release()
}

// TestOrderOfASilentDatabase does not wait long for one that takes connections and says
// nothing.
func TestOrderOfASilentDatabase(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	j := opened(t, "postgres://u@"+ln.Addr().String()+"/db?sslmode=disable")
	began := time.Now()
	_, release, ok := j.Order().Lock(t.Context(), "group a")
	if !ok || time.Since(began) > 10*time.Second {
		t.Fatalf("a write is kept back (%t) for %v", ok, time.Since(began))
	}
	release()
	if counts, _ := j.Creations().Begin(t.Context(), "group", "sales", "x1"); counts != "x1" {
		t.Errorf("the creation counts as %s", counts)
	}
	background, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { _ = j.Run(background) })
	time.Sleep(100 * time.Millisecond) // it is at the database
	bounded, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	began = time.Now()
	if _, err := j.Damage().Released(bounded); err == nil || time.Since(began) > 3*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	stop()
	work.Wait()
}

// TestOrderWithinOrder takes locks while others are held, by more writes than there are
// connections for two locks each.
func TestOrderWithinOrder(t *testing.T) {
	o := opened(t, postgresFor(t)).Order()
	var writes sync.WaitGroup
	began := time.Now()
	for i := range 60 {
		writes.Go(func() {
			within, release, ok := o.Lock(t.Context(), fmt.Sprint("user called ", i))
			if !ok {
				t.Error("the first lock was not to be had")
				return
			}
			defer release()
			time.Sleep(20 * time.Millisecond)
			_, inner, ok := o.Lock(within, fmt.Sprint("user ", i%3))
			if !ok {
				t.Error("the second lock was not to be had")
				return
			}
			inner()
		})
	}
	writes.Wait()
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %v: they wait for each other's connections", took)
	}
}

package main

import (
	deque "container/list"
	"context"
	"net"
	"net/http"
	"sync"

	"go.uber.org/zap"
)

// maxConnections bounds the connections to one listener. Okta has some tens.
const maxConnections = 1000

// connections are those of a server. When there are too many, the one is closed that has
// waited longest for a request: whoever opens thousands and says nothing keeps nobody out who
// has something to say.
type connections struct {
	log *zap.Logger

	mu      sync.Mutex // guards what follows
	all     map[net.Conn]*visitor
	waiting *deque.List // of net.Conn: those without a request under way, the longest first
}

// visitor is one of them.
type visitor struct {
	place    *deque.Element // among those waiting, nil while requests are under way
	requests int            // of those: HTTP/2 has several
	// silent says that nothing came yet, as on those that a load balancer has in reserve.
	silent bool
}

func newConnections(log *zap.Logger) *connections {
	return &connections{log: log, all: map[net.Conn]*visitor{}, waiting: deque.New()}
}

// ofConnection is the key of a request's connection in its context.
type ofConnection struct{}

// attach has the connection in the context of its requests.
func (*connections) attach(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, ofConnection{}, c)
}

// watch follows the states of connections.
func (cs *connections) watch(c net.Conn, state http.ConnState) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	switch state {
	case http.StateNew:
		cs.all[c] = &visitor{place: cs.waiting.PushBack(c), silent: true}
		cs.makeRoom()
	case http.StateActive:
		if one := cs.all[c]; one != nil {
			one.silent = false
		}
	case http.StateClosed, http.StateHijacked:
		cs.remove(c)
	case http.StateIdle:
	}
}

// makeRoom closes the connection that has waited longest, when there are too many.
func (cs *connections) makeRoom() {
	longest := cs.waiting.Front()
	if len(cs.all) <= maxConnections || longest == nil {
		return
	}
	c := longest.Value.(net.Conn)
	cs.remove(c)
	go func() { _ = c.Close() }() // one of TLS says good-bye, to somebody who may not listen
	cs.log.Warn("there are too many connections: those that have waited longest for a request are closed",
		zap.Int("most", maxConnections))
}

func (cs *connections) remove(c net.Conn) {
	if one := cs.all[c]; one != nil && one.place != nil {
		cs.waiting.Remove(one.place)
	}
	delete(cs.all, c)
}

// following has requests take their connections out of those that wait.
func (cs *connections) following(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _ := r.Context().Value(ofConnection{}).(net.Conn)
		cs.work(c, true)
		defer cs.work(c, false)
		next.ServeHTTP(w, r)
	})
}

// work notes that a request begins or ends on a connection.
func (cs *connections) work(c net.Conn, begins bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	one := cs.all[c]
	if one == nil { // it was closed meanwhile
		return
	}
	if begins {
		one.requests++
	} else {
		one.requests--
	}
	switch {
	case one.requests > 0 && one.place != nil:
		cs.waiting.Remove(one.place)
		one.place = nil
	case one.requests == 0 && one.place == nil:
		one.place = cs.waiting.PushBack(c)
	}
}

// closeSilent closes the connections on which nothing came yet: http.Server.Shutdown waits 5
// seconds for them.
func (cs *connections) closeSilent() {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for c, one := range cs.all {
		if one.silent {
			go func() { _ = c.Close() }()
		}
	}
}

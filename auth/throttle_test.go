package auth

import (
	"errors"
	"strconv"
	"testing"
	"time"
)

// TestThrottle slows one address down, and all together, and forgets.
func TestThrottle(t *testing.T) {
	var th Throttle
	now := time.Now()
	judged := func(client string, times int) (n int) {
		for range times {
			if th.wrong(client, now) {
				n++
			}
		}
		return n
	}
	if n := judged("a", 100); n != burstPerClient {
		t.Errorf("%d of 100 from one address are judged", n)
	}
	if n := judged("b", 1); n != 1 {
		t.Error("another address is not judged")
	}
	now = now.Add(3 * time.Second)
	if n := judged("a", 100); n != 3 {
		t.Errorf("%d are judged after 3 seconds", n)
	}
	now = now.Add(time.Minute)
	n := 0
	for i := range 10_000 {
		n += judged(strconv.Itoa(i), 1)
	}
	if n != burstInAll {
		t.Errorf("%d of 10,000 addresses are judged", n)
	}
	for i := range 3 * maxClients {
		judged("x"+strconv.Itoa(i), 1)
	}
	if len(th.clients) > maxClients+1 {
		t.Errorf("%d addresses are remembered", len(th.clients))
	}
	now = now.Add(time.Minute)
	if judged("new", 1); len(th.clients) != 1 {
		t.Errorf("%d addresses are remembered after a minute", len(th.clients))
	}
}

// TestThrottleSlowsNobodyDown who has a right token, wherever wrong ones come from.
func TestThrottleSlowsNobodyDown(t *testing.T) {
	const right = "right-token-of-the-bridge-0001"
	b, err := NewBearer(Keys(right))
	if err != nil {
		t.Fatal(err)
	}
	var th Throttle
	slowed := 0
	for range 10_000 {
		_, err := b.Identify("Bearer wrong")
		err = th.Refuse("192.0.2.1", err)
		if tooFast, ok := errors.AsType[*TooFastError](err); ok && tooFast.Wait > 0 {
			slowed++
		} else if !errors.Is(err, ErrWrongToken) {
			t.Fatal(err)
		}
		if name, err := b.Identify("Bearer " + right); err != nil || name != "token 1" {
			t.Fatalf("a right token is %q, %v", name, err)
		}
	}
	if !th.IsSlowed("192.0.2.1") || th.IsSlowed("192.0.2.2") {
		t.Error("one address is not slowed down, or another one is")
	}
	if slowed < 9_000 {
		t.Errorf("%d of 10,000 wrong tokens are slowed down", slowed)
	}
}

package main

// heapFloor is how far the heap may grow, in bytes, before it is collected.
//
// What the bridge keeps is a few megabytes, and what a request needs is garbage soon
// after. With Go's default the heap is collected whenever it has doubled: hundreds of
// times a second under load, for a fifth of all CPU time. So the process holds memory
// that nobody ever writes to: it counts as part of the heap, but takes up none of the
// machine's. As the heap grows, GOGC and GOMEMLIMIT decide as always.
const heapFloor = 8 << 20

// newHeapFloor makes that memory, which is in use until it is forgotten.
func newHeapFloor() []byte { return make([]byte, heapFloor) }

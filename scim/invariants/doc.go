// Package invariants holds what callers were told against what Access holds: under
// every fault at every call (the matrix), with many callers at once (races), and
// for random pushes compared with a model in memory. It has only tests, which take
// longer than those of the packages that they test.
package invariants

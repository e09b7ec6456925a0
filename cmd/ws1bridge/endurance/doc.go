// Package endurance has the slow tests of the program: it is killed, soaked in
// faults, cut off from Access, given bad tokens, stopped under work, and left without
// a certificate. They start it as a process of its own, which is built once, with the
// race detector where the tests have it. Each test that leaves things to chance logs
// its seed; -seed repeats it. -soak makes TestSoak as long as is wanted.
package endurance

// Package journal remembers what was pushed, with which outcome and why, and which
// creations are under way. It is the bridge's memory and never its queue: history is
// written in the background, and where it cannot be kept, pushes go on without it.
//
// What is remembered is in memory, in a SQLite file, or in a PostgreSQL database that
// several copies of the bridge share. It holds names of people and groups, ids, and names
// of attributes; values of attributes only where the configuration asks for them; never a
// token, a password or a body.
package journal

// Package filter is the filter language of SCIM 2.0 (RFC 7644 section 3.4.2.2)
// and the attribute paths of PATCH, which are built from it (section 3.5.2). It
// reads the text and prints it again; what an attribute is and whether a
// resource matches is package scim's to know.
//
// # What it guarantees
//
// Parsing takes time in the length of the text and stack in MaxDepth, whatever
// the text is. What was parsed prints to a text that parses to the same.
// Errors say where the text went wrong and never quote it, because a filter
// may name a person.
package filter

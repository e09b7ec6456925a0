package upstream

import "errors"

// The client's own judgements, matched with errors.Is.
var (
	ErrNameKept        = errors.New("Access kept the old userName")
	ErrUnmanagedDomain = errors.New("the domain is not managed")
)

package guard

import (
	"errors"
	"strconv"
	"strings"
)

// Limit is how many changes are allowed: a number, or a share of what is managed. The zero value
// is no limit.
type Limit struct {
	isSet bool
	count int
	share float64 // in percent
}

// IsSet reports whether there is a limit.
func (l Limit) IsSet() bool { return l.isSet }

// String is the form that ParseLimit reads.
func (l Limit) String() string {
	switch {
	case !l.isSet:
		return ""
	case l.share > 0:
		return strconv.FormatFloat(l.share, 'f', -1, 64) + "%"
	}
	return strconv.Itoa(l.count)
}

// ParseLimit reads a number such as 50, or a share such as 5% or 0.5%; "" is no limit.
func ParseLimit(text string) (Limit, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Limit{}, nil
	}
	if percent, ok := strings.CutSuffix(text, "%"); ok {
		if p, err := strconv.ParseFloat(strings.TrimSpace(percent), 64); err == nil && p > 0 && p <= 100 {
			return Limit{isSet: true, share: p}, nil
		}
	} else if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return Limit{isSet: true, count: n}, nil
	}
	return Limit{}, errors.New("must be a whole number such as 50, or a share of what is managed, such as 5%")
}

// of is the limit where so many are managed. A share is at least one: with few people, nobody
// could be deactivated otherwise.
func (l Limit) of(managed int) int {
	if l.share == 0 {
		return l.count
	}
	return max(int(l.share*float64(managed)/100), 1)
}

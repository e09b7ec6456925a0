package translate

import "fmt"

// Problem is one mistake in a Config.
type Problem struct {
	// Setting is where the mistake stands, as the configuration file calls it:
	// "domains.rules[0].okta".
	Setting string
	// Reason says what is wrong and what to do.
	Reason string
}

// Error is the setting and the reason.
func (p *Problem) Error() string { return p.Setting + ": " + p.Reason }

// problems collects all mistakes of a Config.
type problems []error

func (p *problems) report(setting, format string, args ...any) {
	*p = append(*p, &Problem{Setting: setting, Reason: fmt.Sprintf(format, args...)})
}

// indexed names an entry of a list.
func indexed(setting string, i int) string { return fmt.Sprintf("%s[%d]", setting, i) }

package doctor

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"ws1bridge/auth"
)

// checkTokenLength looks at the tokens as such: anybody on the internet may try some.
func (d *Doctor) checkTokenLength(context.Context) verdict {
	weak, hidden := 0, 0
	for _, key := range d.cfg.OktaTokens {
		switch {
		case key.Token == "":
			hidden++
		case auth.IsWeak(key.Token), isSimple(string(key.Token)):
			weak++
		}
	}
	all := len(d.cfg.OktaTokens)
	switch {
	case weak > 0:
		return failed(fmt.Sprintf("%d of %d token(s) of okta.tokens are short or simple enough to be guessed", weak, all),
			"make one (ws1bridge token new), add its digest to okta.tokens, enter the token in Okta, and take the other one out")
	case hidden == all:
		return ok("okta.tokens has digests alone: what they are of is not known here")
	}
	return ok("the tokens of okta.tokens are long enough")
}

// fewCharacters is how many different characters no random token has as few of: even of 16
// hexadecimal digits, all but one in a million have more.
const fewCharacters = 4

// isSimple reports whether a token is long by repeating itself, such as abcabcabcabcabcabc.
func isSimple(token string) bool {
	different := map[rune]bool{}
	for _, r := range token {
		different[r] = true
	}
	return len(different) <= fewCharacters
}

// checkTokenEnds looks for tokens that end.
func (d *Doctor) checkTokenEnds(context.Context) verdict {
	ended, soon := auth.Ends(d.cfg.OktaTokens, time.Now())
	const fix = "make another token (ws1bridge token new), add its digest to okta.tokens, and enter the token in Okta"
	switch {
	case len(ended) == len(d.cfg.OktaTokens):
		return failed("all tokens of okta.tokens have ended: "+endsOf(ended), fix)
	case len(soon) > 0:
		return advised("a token ends soon: "+endsOf(soon), fix)
	case len(ended) > 0:
		return advised("a token has ended: "+endsOf(ended), "if Okta has another one, take it out of okta.tokens")
	}
	return ok("no token ends in the next 14 days")
}

// checkGuard reminds of the guard, which is off until somebody chooses limits.
func (d *Doctor) checkGuard(context.Context) verdict {
	if !d.cfg.Guarded {
		return advised("nothing limits how many people Okta may deactivate at once",
			"set guard.max_deactivations, such as 5%: see deploy/guides/guard.md")
	}
	return ok("mass deactivations and deletions are held back past a limit")
}

// endsOf says when keys end.
func endsOf(keys []auth.Key) string {
	words := make([]string, len(keys))
	for i, key := range keys {
		words[i] = key.Name + " on " + key.Expires.UTC().Format(time.DateOnly)
	}
	return strings.Join(words, ", ")
}

// checkOktaTokens presents every token whose text and time allow it, as Okta does.
func (d *Doctor) checkOktaTokens(ctx context.Context) verdict {
	if len(d.cfg.OktaTokens) == 0 {
		return unknown("not checked, because okta.tokens is empty", "set okta.tokens")
	}
	presented, accepted := 0, 0
	for _, key := range d.cfg.OktaTokens {
		if key.Token == "" || key.Judge(time.Now()) != nil {
			continue
		}
		presented++
		a, err := d.probe(ctx, d.configURL(), "Bearer "+string(key.Token))
		switch {
		case err != nil:
			return d.publicPeer().unreached(err)
		case a.status == http.StatusOK:
			accepted++
		case a.status != http.StatusUnauthorized:
			return failed(fmt.Sprintf("the bridge answers %d to a token of okta.tokens", a.status),
				"look into the log of the bridge")
		}
	}
	switch {
	case presented == 0:
		return unknown("not checked, because no token is known here whose time it is: okta.tokens has digests alone",
			"send a request with the token that Okta has")
	case accepted < presented:
		return failed(fmt.Sprintf("the bridge accepts %d of %d tokens of okta.tokens", accepted, presented),
			"see in the log of the bridge whether it took this configuration; if it did, let what ends TLS pass on the header "+
				"Authorization")
	}
	finding := fmt.Sprintf("the bridge accepts %d token(s) of okta.tokens", accepted)
	if others := len(d.cfg.OktaTokens) - presented; others > 0 {
		finding += fmt.Sprintf("; %d could not be presented: a digest alone, or another time", others)
	}
	return ok(finding)
}

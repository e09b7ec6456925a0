package auth_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"ws1bridge/auth"
)

// TestKeys accepts tokens by name, by digest, and in their time.
func TestKeys(t *testing.T) {
	now := time.Now()
	b, err := auth.NewBearer([]auth.Key{
		{Token: oldToken}, {Name: "okta-2026", SHA256: auth.Digest(newToken)},
		{Name: "over", Token: "token-that-is-over-0001", Expires: now.Add(-time.Second)},
		{Name: "to come", SHA256: strings.ToUpper(auth.Digest("token-to-come-0001")), NotBefore: now.Add(time.Hour)},
		{Name: "bounded", Token: "token-in-its-time-0001", NotBefore: now.Add(-time.Hour), Expires: now.Add(time.Hour)},
		{Name: "again", Token: "token-that-is-over-0002", Expires: now.Add(-time.Second)},
		{Name: "again, longer", Token: "token-that-is-over-0002", Expires: now.Add(time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	made := string(auth.NewToken())
	for token, want := range map[string]struct {
		name string
		err  error
	}{
		oldToken: {"token 1", nil}, newToken: {"okta-2026", nil}, "token-in-its-time-0001": {"bounded", nil},
		"token-that-is-over-0001": {"", auth.ErrExpiredToken}, "token-to-come-0001": {"", auth.ErrEarlyToken},
		"token-that-is-over-0002": {"again, longer", nil}, auth.Digest(newToken): {"", auth.ErrWrongToken},
		made: {"", auth.ErrWrongToken}, made[:len(made)-1]: {"", auth.ErrDamagedToken},
	} {
		if name, err := b.Identify("Bearer " + token); name != want.name || !errors.Is(err, want.err) {
			t.Errorf("%s is %q, %v, want %q, %v", token, name, err, want.name, want.err)
		}
	}
}

func TestNewBearerRefusesKeys(t *testing.T) {
	now := time.Now()
	for want, keys := range map[string][]auth.Key{
		"token 2 of 2: has the name of another one": {{Name: "a", Token: oldToken}, {Name: "a", Token: newToken}},
		"both a token and a digest":                 {{Token: oldToken, SHA256: auth.Digest(newToken)}},
		"no SHA-256":                                {{SHA256: "abcd"}},
		"64 hexadecimal digits":                     {{SHA256: strings.Repeat("xy", 32)}},
		"is empty":                                  {{Name: "a"}},
		"ends before it begins":                     {{Token: oldToken, NotBefore: now, Expires: now}},
		"a name that is not ASCII":                  {{Name: "a\nb", Token: oldToken}},
		"longer than 64 characters":                 {{Name: strings.Repeat("a", 65), Token: oldToken}},
	} {
		if b, err := auth.NewBearer(keys); b != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", keys, err, want)
		}
	}
}

// TestNewToken makes tokens that scanners find, and that show when they are damaged.
func TestNewToken(t *testing.T) {
	form := regexp.MustCompile(`^ws1b_[a-z2-7]{59}$`)
	seen := map[string]bool{}
	for range 200 {
		token := string(auth.NewToken())
		if !form.MatchString(token) || seen[token] || auth.IsDamaged(token) {
			t.Fatalf("made %q", token)
		}
		seen[token] = true
		for i := len("ws1b_"); i < len(token); i++ {
			other := "a"
			if token[i] == 'a' {
				other = "b"
			}
			// The last character of each part has bits that stand for nothing.
			if i != len("ws1b_")+51 && !auth.IsDamaged(token[:i]+other+token[i+1:]) {
				t.Fatalf("%q with %s at %d is taken for a token", token, other, i)
			}
			if !auth.IsDamaged(token[:i]) {
				t.Fatalf("%q is taken for a token", token[:i])
			}
		}
		if !auth.IsDamaged(token+"a") || auth.IsDamaged("another-token") {
			t.Fatal("what is longer is taken for a token, or what is none for a damaged one")
		}
	}
}

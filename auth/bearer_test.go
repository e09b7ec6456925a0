package auth_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"ws1bridge/auth"
	"ws1bridge/scim/explain"
)

const (
	oldToken = "old-token-of-the-bridge-0001"
	newToken = "new-token-of-the-bridge-0002"
)

func newBearer(tb testing.TB) *auth.Bearer {
	tb.Helper()
	b, err := auth.NewBearer(auth.Keys(oldToken, newToken))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestBearerCheck(t *testing.T) {
	tests := []struct {
		name   string
		header string
		want   error
	}{
		{"the first token passes", "Bearer " + oldToken, nil},
		{"the second token passes too", "Bearer " + newToken, nil},
		{"the scheme may be in any case", "bEARER " + newToken, nil},
		{"several spaces may follow the scheme", "Bearer    " + newToken, nil},
		{"a bare token passes, as Okta's header mode sends it", newToken, nil},
		{"white space around the value is not part of it", " \tBearer " + newToken + "\t ", nil},
		{"no header", "", auth.ErrNoToken},
		{"only white space", " \t ", auth.ErrNoToken},
		{"the scheme alone", "Bearer", auth.ErrNoToken},
		{"the scheme and spaces", "bearer   ", auth.ErrNoToken},
		{"Bearer pasted with the token", "Bearer Bearer " + newToken, auth.ErrDoubleBearer},
		{"bearer pasted with the token in lower case", "Bearer  bearer  " + newToken, auth.ErrDoubleBearer},
		{"Bearer twice and no token", "Bearer Bearer", auth.ErrDoubleBearer},
		{"Basic", "Basic dXNlcjpwYXNzd29yZA==", auth.ErrScheme},
		{"a good token under another scheme", "Token " + newToken, auth.ErrScheme},
		{"two good tokens", oldToken + " " + newToken, auth.ErrScheme},
		{"a token that nobody gave out", "Bearer some-other-token-of-the-bridge", auth.ErrWrongToken},
		{"a bare token that nobody gave out", "some-other-token-of-the-bridge", auth.ErrWrongToken},
		{"the beginning of a token", "Bearer " + newToken[:len(newToken)-1], auth.ErrWrongToken},
		{"a token and something behind it", "Bearer " + newToken + "x", auth.ErrWrongToken},
		{"a token and another word", "Bearer " + newToken + " x", auth.ErrWrongToken},
		{"a token in another case", "Bearer " + strings.ToUpper(newToken), auth.ErrWrongToken},
		{"a tab instead of the space", "Bearer\t" + newToken, auth.ErrWrongToken},
		{"a good token in a header of more than 8 KiB",
			"Bearer " + strings.Repeat(" ", 8<<10) + newToken, auth.ErrHeaderTooLong},
	}
	b := newBearer(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := b.Identify(tt.header)
			if !errors.Is(err, tt.want) {
				t.Fatalf("Check(%q) = %v, want %v", tt.header, err, tt.want)
			}
			if err == nil {
				return
			}
			text := explain.Unauthenticated(err).Detail
			if strings.Contains(text, "token-of-the-bridge") || !strings.HasSuffix(text, ".") || strings.Contains(text, "\n") ||
				strings.Contains(err.Error(), "token-of-the-bridge") {
				t.Errorf("%q is not one sentence without the token", text)
			}
		})
	}
}

func TestNewBearerRefuses(t *testing.T) {
	tests := []struct {
		name   string
		tokens []auth.Secret
		want   string
	}{
		{"no tokens", nil, "at least one"},
		{"an empty token", []auth.Secret{oldToken, ""}, "token 2 of 2: is empty"},
		{"a token from a file with its line end", []auth.Secret{oldToken + "\n"}, "white space around"},
		{"a token with a space before it", []auth.Secret{" " + oldToken}, "white space around"},
		{"a token with the scheme", []auth.Secret{"Bearer " + oldToken}, "without the word Bearer"},
		{"a control character", []auth.Secret{"token-with-a-\x01-in-it"}, "control character"},
		{"a byte order mark", []auth.Secret{"\ufeff" + oldToken}, "byte order mark"},
		{"a token in UTF-16", []auth.Secret{"\xff\xfes\x00e\x00"}, "UTF-16"},
		{"a zero byte", []auth.Secret{"token-with-a-\x00-in-it"}, "zero bytes"},
		{"two tokens in one", []auth.Secret{oldToken + "\n" + oldToken}, "more than one line"},
		{"a letter that headers do not carry", []auth.Secret{"token-mit-ä-und-so-weiter"}, "not ASCII"},
		{"a token longer than a header", []auth.Secret{auth.Secret(strings.Repeat("secret-word", 1000))}, "more than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := auth.NewBearer(auth.Keys(tt.tokens...))
			if b != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("NewBearer = %v, %v, want an error with %q", b, err, tt.want)
			}
			for _, token := range tt.tokens {
				if token != "" && strings.Contains(err.Error(), strings.TrimSpace(string(token))) {
					t.Errorf("%q shows the token", err)
				}
			}
		})
	}
}

func TestNewBearerReportsAllProblems(t *testing.T) {
	_, err := auth.NewBearer(auth.Keys("", "with space", oldToken))
	for _, want := range []string{"1 of 3", "2 of 3"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want it to name token %s", err, want)
		}
	}
}

// FuzzBearerCheck checks that nothing passes but the exact tokens in the two
// accepted forms, against a second statement of that rule.
func FuzzBearerCheck(f *testing.F) {
	for _, seed := range []string{
		"", "Bearer", oldToken, "Bearer " + newToken, "bearer  " + oldToken + "\t", "Bearer Bearer " + newToken,
		"Basic dXNlcjpwYXNzd29yZA==", "Bearer\t" + newToken, newToken + " " + oldToken, "Bearer " + newToken + "\x00",
	} {
		f.Add(seed)
	}
	b := newBearer(f)
	accepted := regexp.MustCompile(`\A[ \t]*((?i:bearer) +)?(` +
		regexp.QuoteMeta(oldToken) + `|` + regexp.QuoteMeta(newToken) + `)[ \t]*\z`)
	f.Fuzz(func(t *testing.T, header string) {
		_, err := b.Identify(header)
		got := err == nil
		if want := len(header) <= 8<<10 && accepted.MatchString(header); got != want {
			t.Errorf("Check(%q) passes: %t, want %t", header, got, want)
		}
	})
}

// BenchmarkBearerCheck covers the path that every request of Okta takes.
func BenchmarkBearerCheck(b *testing.B) {
	bearer := newBearer(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bearer.Identify("Bearer " + newToken); err != nil {
			b.Fatal(err)
		}
	}
}

func TestIsWeak(t *testing.T) {
	if !auth.IsWeak("secret-word-15c") || auth.IsWeak("secret-word-16ch") {
		t.Error("a token is weak below 16 characters")
	}
}

package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"ws1bridge/auth"
)

// Token is one that Okta may present: a text in the list, or a mapping.
type Token struct {
	// Name stands for the token in the log and in the journal. Default token N.
	Name string `koanf:"name"`
	// Token is the token, TokenFile names a file that holds it, and SHA256 is its digest in
	// hexadecimal form: one of them.
	Token     auth.Secret `koanf:"token"`
	TokenFile string      `koanf:"token_file"`
	SHA256    string      `koanf:"sha256"`
	// NotBefore and Expires bound its time. Optional.
	NotBefore time.Time `koanf:"not_before"`
	Expires   time.Time `koanf:"expires"`
}

// key is the token as package auth takes it.
func (t Token) key() auth.Key {
	return auth.Key{Name: t.Name, Token: t.Token, SHA256: t.SHA256, NotBefore: t.NotBefore, Expires: t.Expires}
}

// Keys are the tokens that Okta may present.
func (o *Okta) Keys() []auth.Key {
	keys := make([]auth.Key, len(o.Tokens))
	for i, t := range o.Tokens {
		keys[i] = t.key()
	}
	return keys
}

// readFiles takes tokens from the files that are named for them.
func (o *Okta) readFiles(problems *Problems) {
	for i, t := range o.Tokens {
		if t.TokenFile == "" {
			continue
		}
		setting := fmt.Sprintf("okta.tokens[%d].token_file", i)
		if t.Token != "" || t.SHA256 != "" {
			problems.report(setting, "is one of three: leave out token and sha256")
			continue
		}
		if text, ok := problems.readFile(setting, t.TokenFile); ok {
			o.Tokens[i].Token = auth.Secret(text)
		}
	}
}

// files are those that hold tokens.
func (o *Okta) files() []string {
	files := []string{o.TokensFile, o.APITokenFile, o.PrivateKeyFile}
	for _, t := range o.Tokens {
		files = append(files, t.TokenFile)
	}
	return files
}

// warn tells what may be wrong with the tokens, and with the ids.
func (o *Okta) warn(warnings *Problems) {
	warnings.doubt("okta.client_id", "", o.ClientID)
	warnings.doubt("okta.key_id", "", o.KeyID)
	keys := o.Keys()
	for i, key := range keys {
		warnings.doubt("okta.tokens", fmt.Sprintf("token %d of %d: ", i+1, len(keys)), string(key.Token))
		if auth.IsDamaged(string(key.Token)) {
			warnings.report("okta.tokens", "%s was mistyped or cut off: its checksum is wrong", auth.KeyName(key, i))
		}
	}
	if slices.ContainsFunc(keys, func(k auth.Key) bool { return k.Token != "" && auth.IsWeak(k.Token) }) {
		warnings.report("okta.tokens", "a token is short enough to be guessed: use 256 random bits (ws1bridge token new)")
	}
}

// timeForms are the forms of a time: that of RFC 3339, or a date, which begins at midnight UTC.
var timeForms = []string{time.RFC3339, time.DateOnly}

var errNoTime = errors.New("must be a date such as 2027-01-31, or a time such as 2027-01-31T08:00:00Z")

// fromText has mapstructure make a Token and a time of a text.
func fromText(_, to reflect.Type, value any) (any, error) {
	text, ok := value.(string)
	if !ok {
		return value, nil
	}
	switch to {
	case reflect.TypeFor[Token]():
		return Token{Token: auth.Secret(text)}, nil
	case reflect.TypeFor[time.Time]():
		return ReadTime(text)
	}
	return value, nil
}

// ReadTime reads a time as the configuration has it.
func ReadTime(text string) (time.Time, error) {
	for _, form := range timeForms {
		if t, err := time.Parse(form, strings.TrimSpace(text)); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errNoTime
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"ws1bridge/auth"
)

// readConfig reads the configuration without judging it.
func readConfig(path string, environ []string) (cfg Config, problems []error) {
	env := variables(environ)
	if path == "" {
		path = env["WS1BRIDGE_CONFIG"]
	}
	k := koanf.New(".")
	_ = k.Load(confmap.Provider(map[string]any{"listen": ":8080", "ops_listen": ":9090", "log.level": "info", "scim.max_scan": 10_000.0}, "."), nil)
	if path != "" {
		if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
			problems = append(problems, fileProblem(err))
		}
	}
	for _, s := range settings() {
		if v := env[s.variable]; v != "" {
			_ = k.Set(s.key, v)
		}
		if v, ok := k.Get(s.key).(string); ok && s.list {
			_ = k.Set(s.key, splitList(v))
		}
	}
	problems = append(problems, unmarshal(k, &cfg)...)
	return cfg, append(problems, cfg.readSecretFiles(env)...)
}

func variables(environ []string) map[string]string {
	env := make(map[string]string, len(environ))
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		env[name] = value
	}
	return env
}

// yamlLine finds the place of a mistake in what the YAML parser says.
var yamlLine = regexp.MustCompile(`\bline \d+`)

// fileProblem says why the file could not be read. The YAML parser quotes
// values, and one may be a secret: of its words only the line is passed on.
func fileProblem(err error) error {
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("the configuration file: %w", cause)
	}
	if line := yamlLine.FindString(err.Error()); line != "" {
		return errors.New("the configuration file: it is not YAML with one setting a line, see " + line)
	}
	return errors.New("the configuration file: it is not YAML with one setting a line")
}

// unmarshal fills cfg and reports each value of a wrong type and each key that
// no setting has.
func unmarshal(k *koanf.Koanf, cfg *Config) []error {
	var meta mapstructure.Metadata
	problems := dropWrongTypes(k)
	err := k.UnmarshalWithConf("", cfg, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: cfg, Metadata: &meta, TagName: "koanf",
	}})
	problems = append(problems, decodeProblems(err)...)
	slices.Sort(meta.Unused)
	for _, key := range meta.Unused {
		problems = append(problems, fmt.Errorf("%s: there is no such setting", key))
	}
	return problems
}

// decodeProblems says which settings have a value of the wrong kind. What
// mapstructure says itself quotes values, and one may be a secret in the wrong
// place.
func decodeProblems(err error) []error {
	if err == nil {
		return nil
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var problems []error
		for _, one := range several.Unwrap() {
			problems = append(problems, decodeProblems(one)...)
		}
		return problems
	}
	// A section, such as access, is no setting of its own.
	at, ok := errors.AsType[*mapstructure.DecodeError](err)
	if !ok || !strings.ContainsAny(at.Name(), ".[") {
		return []error{errors.New("the configuration file: a section holds a value instead of settings; README.md lists them")}
	}
	if kind, ok := errors.AsType[*mapstructure.UnconvertibleTypeError](err); ok {
		switch kind.Expected.Kind() {
		case reflect.String:
			return []error{fmt.Errorf("%s: must be text, in quotes if it looks like a number or a date", at.Name())}
		case reflect.Bool:
			return []error{fmt.Errorf("%s: must be true or false", at.Name())}
		}
	}
	return []error{fmt.Errorf("%s: must be a list, or settings with a name each; deploy/configuration.md shows the form", at.Name())}
}

// dropWrongTypes takes out and reports the settings of a wrong type.
func dropWrongTypes(k *koanf.Koanf) []error {
	var problems []error
	for _, s := range settings() {
		value := k.Get(s.key)
		if value == nil {
			continue
		}
		if err := s.settle(k, value); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", describe(s.key), err))
			k.Delete(s.key)
		}
	}
	return problems
}

// settle checks the type of the setting's value. YAML makes a number of a secret
// such as 0123 or 1e10 and forgets how it was written, so numbers are no text.
func (s setting) settle(k *koanf.Koanf, value any) error {
	if s.number {
		n, err := strconv.ParseFloat(fmt.Sprint(value), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return errors.New("must be a number")
		}
		return k.Set(s.key, n)
	}
	notText := func(v any) bool { _, ok := v.(string); return !ok }
	switch value := value.(type) {
	case string, []string:
		return nil
	case []any:
		if s.list && !slices.ContainsFunc(value, notText) {
			return nil
		}
	}
	return errors.New("must be text, in quotes if it looks like a number or a date")
}

// readSecretFiles takes secrets from the files that are named for them. A
// secret in the environment wins over a file that the YAML names.
func (c *Config) readSecretFiles(env map[string]string) []error {
	var problems []error
	read := func(key, path string, use func(string)) {
		if path == "" {
			return
		}
		b, err := os.ReadFile(path)
		if err != nil {
			// Without the path, which is the secret itself where the settings were mixed up.
			if cause, ok := errors.AsType[*fs.PathError](err); ok {
				err = cause.Err
			}
			problems = append(problems, fmt.Errorf("%s: the file cannot be read: %w", describe(key), err))
			return
		}
		use(strings.TrimSpace(string(b)))
	}
	if env["WS1BRIDGE_ACCESS_CLIENT_SECRET"] == "" {
		read("access.client_secret_file", c.Access.ClientSecretFile, func(s string) { c.Access.ClientSecret = auth.Secret(s) })
	}
	if env["WS1BRIDGE_OKTA_TOKENS"] == "" {
		read("okta.tokens_file", c.Okta.TokensFile, func(s string) {
			c.Okta.Tokens = nil
			for _, token := range splitList(strings.ReplaceAll(s, "\n", ",")) {
				c.Okta.Tokens = append(c.Okta.Tokens, auth.Secret(token))
			}
		})
	}
	return problems
}

func splitList(s string) []string {
	var list []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}

package config

import (
	"errors"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"

	"ws1bridge/cmd/ws1bridge/regular"
	"ws1bridge/scim/journal"
	"ws1bridge/upstream"
)

var defaults = map[string]any{
	"listen": ":8080", "ops_listen": ":9090", "log.level": "info", "scim.max_scan": 10_000.0,
	"tls.acme.directory_url":    "https://acme-v02.api.letsencrypt.org/directory",
	"access.reuse_reads":        upstream.DefaultReuseReads.Seconds(),
	"shutdown.delay":            defaultShutdownDelay,
	"console.oidc.groups_claim": "groups",
	"guard.window":              defaultGuardWindow,
	"journal.keep":              journal.DefaultKeep, "journal.max_records": float64(journal.DefaultMaxRecords),
}

// read reads the configuration without judging it.
func read(path string, environ []string) (cfg Config, problems Problems) {
	env := variables(environ)
	if path == "" {
		path = env["WS1BRIDGE_CONFIG"]
	}
	k := koanf.New(".")
	_ = k.Load(confmap.Provider(defaults, "."), nil)
	if path != "" {
		if err := load(k, path); err != nil {
			problems.report(wholeFile, "%s", unreadable(err))
		}
	}
	problems = append(problems, settle(k, env)...)
	problems = append(problems, unmarshal(k, &cfg)...)
	cfg.file = path
	return cfg, append(problems, cfg.readSecretFiles(env)...)
}

// maxFile bounds a configuration file, in bytes.
const maxFile = 4 << 20

// load reads a file with one YAML document.
func load(k *koanf.Koanf, path string) error {
	b, err := regular.Read(path, maxFile, "configuration")
	if err != nil {
		return err
	}
	if hasSeveralDocuments(string(b)) {
		return errSeveralDocuments
	}
	settings, err := yaml.Parser().Unmarshal(b)
	if err != nil {
		return err
	}
	return k.Load(confmap.Provider(settings, ""), nil)
}

const errSeveralDocuments = regular.Unfit("it has more than one YAML document, and only the first would be read: " +
	"remove the line --- between them")

// hasSeveralDocuments reports whether something follows the end of the first
// document (YAML 1.2.2 section 9.1): no other line can begin with --- or with dots.
func hasSeveralDocuments(text string) bool {
	begun, ended := false, false
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		word, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		switch {
		case word == "---" && begun:
			return true
		case word == "---":
			begun = true
		case word == "...":
			ended = begun
		case word == "" || word[0] == '#' || word[0] == '%' && !begun:
		case ended:
			return true
		default:
			begun = true
		}
	}
	return false
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

// unreadable says why the file could not be read. The YAML parser quotes values,
// and one may be a secret: only the line is passed on.
func unreadable(err error) string {
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		return cause.Error()
	}
	if cause, ok := errors.AsType[regular.Unfit](err); ok {
		return cause.Error()
	}
	reason := "it is not YAML with one setting a line"
	if line := yamlLine.FindString(err.Error()); line != "" {
		reason += ", see " + line
	}
	return reason
}

// settle puts the variables over the file, gives each setting its type, and takes
// out those of a wrong one.
func settle(k *koanf.Koanf, env map[string]string) (problems Problems) {
	for _, s := range settings() {
		value := k.Get(s.key)
		if v := env[s.variable]; v != "" {
			value = v
		}
		if value == nil {
			continue
		}
		parsed, wrong := s.parse(value)
		if wrong != "" {
			problems.report(s.key, "%s", wrong)
			k.Delete(s.key)
			continue
		}
		_ = k.Set(s.key, parsed)
	}
	return problems
}

// unmarshal fills cfg and reports each value of a wrong type and each key that
// no setting has.
func unmarshal(k *koanf.Koanf, cfg *Config) Problems {
	var meta mapstructure.Metadata
	err := k.UnmarshalWithConf("", cfg, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: cfg, Metadata: &meta, TagName: "koanf", DecodeHook: fromText,
	}})
	problems := undecoded(err)
	slices.Sort(meta.Unused)
	for _, key := range meta.Unused {
		problems.report(key, "there is no such setting%s", didYouMean(key))
	}
	return problems
}

// undecoded says which settings have a value of the wrong kind. What mapstructure
// says itself quotes values, and one may be a secret in the wrong place.
func undecoded(err error) (problems Problems) {
	if err == nil {
		return nil
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			problems = append(problems, undecoded(one)...)
		}
		return problems
	}
	at, ok := errors.AsType[*mapstructure.DecodeError](err)
	if !ok || !strings.ContainsAny(at.Name(), ".[") { // a section, such as access, is not a setting
		return Problems{{wholeFile, "a section holds a value instead of settings; deploy/configuration.md lists them"}}
	}
	return Problems{{strings.ToLower(at.Name()), wrongKind(err)}} // a field without a tag is named by itself
}

func wrongKind(err error) string {
	if errors.Is(err, errNoTime) {
		return errNoTime.Error()
	}
	if kind, ok := errors.AsType[*mapstructure.UnconvertibleTypeError](err); ok {
		switch kind.Expected.Kind() {
		case reflect.String:
			return notText
		case reflect.Bool:
			return "must be true or false"
		}
	}
	return "must be a list, or settings with a name each; deploy/configuration.md shows the form"
}

func splitList(s string) []string {
	var items []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

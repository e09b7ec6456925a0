package config

import (
	"reflect"
	"slices"
	"strings"
)

// Files are those that the configuration was read from, and those of its secrets.
func (c *Config) Files() []string {
	files := append([]string{c.file, c.Access.ClientSecretFile, c.Journal.URLFile, c.Console.OIDC.ClientSecretFile},
		c.Okta.files()...)
	return slices.DeleteFunc(files, func(path string) bool { return path == "" })
}

// Changed names the settings in which two configurations differ, in the order of Config.
func Changed(a, b Config) []string { return changed("", reflect.ValueOf(a), reflect.ValueOf(b)) }

func changed(section string, a, b reflect.Value) (names []string) {
	for i := range a.NumField() {
		field := a.Type().Field(i)
		name, isSetting := field.Tag.Lookup("koanf")
		if !isSetting {
			continue
		}
		switch x, y := a.Field(i), b.Field(i); {
		case field.Type.Kind() == reflect.Struct:
			names = append(names, changed(section+name+".", x, y)...)
		case !reflect.DeepEqual(x.Interface(), y.Interface()):
			names = append(names, section+name)
		}
	}
	return names
}

// Keep is a configuration that was read anew as far as a running bridge can take it. It
// keeps the addresses, its own and that of the tenant, with which the bridge was started,
// the way to its certificate, its journal and console, and when it compares.
func (c *Config) Keep(read Config) Config {
	read.Listen, read.OpsListen, read.Access.URL = c.Listen, c.OpsListen, c.Access.URL
	read.TLS, read.Journal, read.Console = c.TLS.keep(read.TLS), c.Journal, c.Console
	read.Drift.Every = c.Drift.Every
	return read
}

// Lines are the problems, one each.
func (ps Problems) Lines() []string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = strings.TrimSpace(p.Error())
	}
	return lines
}

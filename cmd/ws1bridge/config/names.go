package config

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ofKubernetes are the variables, as NAME=value, that Kubernetes sets in every
// container for a Service whose name begins with ws1bridge. Only it has a URL in one
// that ends with _PORT.
var ofKubernetes = regexp.MustCompile(`^WS1BRIDGE(_[A-Z0-9_]+)?_(SERVICE_HOST=|SERVICE_PORT(_[A-Z0-9_]+)?=|` +
	`PORT=[a-z]+://|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?=)`)

// checkVariables finds variables with the prefix of the bridge that nobody reads.
func checkVariables(environ []string) (warnings Problems) {
	known := []string{"WS1BRIDGE_CONFIG"}
	for _, s := range settings() {
		known = append(known, s.variable)
	}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		ours := strings.HasPrefix(name, "WS1BRIDGE_") && value != ""
		if ours && !slices.Contains(known, name) && !ofKubernetes.MatchString(e) {
			warnings.report(name, "there is no such variable%s", nearestVariable(name, known))
		}
	}
	return warnings
}

// nearestVariable is the end of a message about a variable that nobody reads: the
// nearest one, if half of the name is the same.
func nearestVariable(name string, known []string) string {
	meant := nearest(name, known)
	if distance(name, meant) > (max(len(name), len(meant))-len("WS1BRIDGE_"))/2 {
		return ""
	}
	return "; the nearest is " + meant
}

var index = regexp.MustCompile(`\[\d+\]`)

// didYouMean is the end of a message about a key that does not exist: the key that
// was meant, if one is near, or has the last part of its name.
func didYouMean(key string) string {
	key = index.ReplaceAllString(key, "[]")
	known := keysOf(reflect.TypeFor[Config](), "")
	for _, k := range known {
		for i, c := range k {
			if section := k[:i]; c == '.' && !slices.Contains(known, section) {
				known = append(known, section)
			}
		}
	}
	meant := nearest(key, known)
	if distance(key, meant) > max(2, len(key)/4) {
		last := regexp.MustCompile(`[._]` + regexp.QuoteMeta(key[strings.LastIndexByte(key, '.')+1:]) + `$`)
		i := slices.IndexFunc(known, last.MatchString)
		if i < 0 {
			return ""
		}
		meant = known[i]
	}
	return "; did you mean " + meant + "?"
}

// keysOf are the YAML keys of a configuration, with [] after lists of sections.
func keysOf(t reflect.Type, prefix string) (keys []string) {
	for field := range t.Fields() {
		if !field.IsExported() {
			continue
		}
		name, ok := field.Tag.Lookup("koanf")
		if !ok {
			name = strings.ToLower(field.Name)
		}
		key := prefix + name
		switch kind := field.Type; {
		case kind.Kind() == reflect.Struct && kind != reflect.TypeFor[time.Time]():
			keys = append(keys, keysOf(kind, key+".")...)
		case kind.Kind() == reflect.Slice && kind.Elem().Kind() == reflect.Struct:
			keys = append(append(keys, key), keysOf(kind.Elem(), key+"[].")...)
		default:
			keys = append(keys, key)
		}
	}
	return keys
}

// nearest is the name that takes the fewest changes to become.
func nearest(name string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int { return distance(name, a) - distance(name, b) })
}

// distance is how many letters have to be added, removed or replaced (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

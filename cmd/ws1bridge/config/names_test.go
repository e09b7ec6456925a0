package config

import (
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

func TestVariablesThatNobodyReads(t *testing.T) {
	const none = "(none)"
	tests := []struct{ name, variable, nearest string }{
		{"a letter is missing", "WS1BRIDGE_ACESS_URL=hush", "WS1BRIDGE_ACCESS_URL"},
		{"a part is missing", "WS1BRIDGE_OKTA_TOKEN_FILE=hush", "WS1BRIDGE_OKTA_TOKENS_FILE"},
		{"the file of the configuration", "WS1BRIDGE_CONFIG_FILE=hush", "WS1BRIDGE_CONFIG"},
		{"one that is like no other", "WS1BRIDGE_ZZZZZZ=hush", none},
		{"a port", "WS1BRIDGE_PORT=8080", none},
		{"one that is known", "WS1BRIDGE_LISTEN=:1", ""},
		{"an empty one is none", "WS1BRIDGE_NONSENSE=", ""},
		{"one of another program", "WS1BRIDGES=hush", ""},
		{"the host of a Service", "WS1BRIDGE_SERVICE_HOST=10.0.0.1", ""},
		{"the port of a Service", "WS1BRIDGE_SERVICE_PORT=80", ""},
		{"the named port of a Service", "WS1BRIDGE_SERVICE_PORT_HTTP=80", ""},
		{"the link to a Service", "WS1BRIDGE_PORT=tcp://10.0.0.1:80", ""},
		{"a part of that link", "WS1BRIDGE_PORT_8080_TCP_ADDR=10.0.0.1", ""},
		{"a Service with a longer name", "WS1BRIDGE_OPS_SERVICE_HOST=10.0.0.1", ""},
		{"its link", "WS1BRIDGE_OPS_PORT_9090_TCP=tcp://10.0.0.1:9090", ""},
		{"what looks like such a link, and is a person's", "WS1BRIDGE_OPS_PORT=9090", "WS1BRIDGE_OPS_LISTEN"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, w := range checkVariables(cmdtest.Environ(tt.variable)) {
				got = append(got, w.Error())
			}
			name, _, _ := strings.Cut(tt.variable, "=")
			want := strings.TrimSuffix(name+": there is no such variable; the nearest is "+tt.nearest,
				"; the nearest is "+none)
			if (tt.nearest == "") != (len(got) == 0) || len(got) > 0 && got[0] != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestDidYouMean(t *testing.T) {
	for key, want := range map[string]string{
		"access.ulr":             "access.url",
		"acces":                  "access",
		"client_id":              "access.client_id",
		"access.secret":          "access.client_secret",
		"domains.rules[3].oktta": "domains.rules[].okta",
		"attribute":              "attributes",
		"frobnicate":             "",
		"access.frobnicate":      "",
	} {
		if want != "" {
			want = "; did you mean " + want + "?"
		}
		if got := didYouMean(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

func TestOneYAMLDocument(t *testing.T) {
	tests := []struct {
		name, text string
		several    bool
	}{
		{"one", "listen: :1\n", false},
		{"one with its beginning marked", "# ours\n%YAML 1.2\n---\nlisten: :1\n", false},
		{"one with its end marked", "listen: :1\n...\n# the end\n", false},
		{"dashes in a text", "attributes:\n- value: |\n    ---\n    x\n- {}\n", false},
		{"dashes that are longer", "listen: :1\n----: x\n", false},
		{"two", "listen: :1\n---\nlisten: :2\n", true},
		{"two, the first of which is empty", "---\n---\nlisten: :2\r\n", true},
		{"two in lines of Windows", "listen: :1\r\n---\r\nlisten: :2\r\n", true},
		{"two on the lines of the marks", "--- {listen: :1}\n--- {listen: :2}\n", true},
		{"two without a second mark", "listen: :1\n...\nlisten: :2\n", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := read(cmdtest.WriteFile(t, tt.text), nil)
			if got := strings.Contains(problems.Error(), "more than one YAML document"); got != tt.several {
				t.Errorf("problems = %v, want one of several documents: %t", problems, tt.several)
			}
		})
	}
}

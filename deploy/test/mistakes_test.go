package deploy

import (
	"strings"
	"testing"
)

// TestMistakes has values that are refused. Each row changes the minimal set.
func TestMistakes(t *testing.T) {
	const image = "0123456789abcdef"
	tests := []struct {
		name string
		set  string // JSON values
		want string
	}{
		{"an unknown value", `replicaCount=2`, "additional properties 'replicaCount' not allowed"},
		{"an unknown value within", `image.repo="x"`, "additional properties 'repo' not allowed"},
		{"a number of copies as text", `replicas="2"`, "at '/replicas': got string, want integer"},
		{"fewer than no copies", `replicas=-1`, "at '/replicas': minimum"},
		{"no image", `image.repository=""`, "at '/image/repository': minLength"},
		{"half a digest", `image.digest="sha256:` + image + `"`, "at '/image/digest'"},
		{"a tag with a slash", `image.tag="a/b"`, "at '/image/tag'"},
		{"no tenant", `config.access.url=null`, "at '/config/access/url': got null, want string"},
		{"a tenant without a scheme", `config.access.url="acme.example"`, "at '/config/access/url'"},
		{"no OAuth client", `config.access.client_id=null`, "at '/config/access/client_id': got null, want string"},
		{"no domain", `config.domains=null`, "at '/config/domains': got null, want object"},
		{"a token with a space", `secret.oktaTokens=["a b"]`, "at '/secret/oktaTokens/0'"},
		{"a delay as text", `shutdown.delaySeconds="5s"`, "at '/shutdown/delaySeconds': got string, want integer"},
		{"no margin", `shutdown.marginSeconds=0`, "at '/shutdown/marginSeconds': minimum"},
		{"a variable with a number", `extraEnv=[{"name":"A","value":1}]`, "at '/extraEnv/0/value': got number, want string"},
		{"a port that is none", `service.port=70000`, "at '/service/port': maximum"},
		{"an unknown type of Service", `service.type="External"`, "at '/service/type'"},
		{"an Ingress without a host", `ingress.enabled=true`, "at '/ingress/host': minLength"},
		{"an unknown controller", `ingress.controller="traefik"`, "at '/ingress/controller'"},
		{"a route without a gateway", `gateway.enabled=true`, "at '/gateway/parentRefs': minItems"},
		{"a timeout without a unit", `gateway.requestTimeout="60"`, "at '/gateway/requestTimeout'"},
		{"an interval without a unit", `serviceMonitor.interval="30"`, "at '/serviceMonitor/interval'"},
		{"an annotation that is no text", `podAnnotations={"a":true}`, "at '/podAnnotations/a': got boolean, want string"},
		{"a spread that is unknown", `topologySpread.whenUnsatisfiable="Never"`, "at '/topologySpread/whenUnsatisfiable'"},
		{"more than all copies", `podDisruptionBudget.maxUnavailable="200%"`, "at '/podDisruptionBudget/maxUnavailable'"},
		{"another path of a probe", `probes.liveness.httpGet={}`, "additional properties 'httpGet' not allowed"},

		{"no secret", `secret.accessClientSecret=""`, "secret: set existing to the name of a Secret, or"},
		{"no tokens", `secret.oktaTokens=[]`, "secret.oktaTokens: at least one token"},
		{"secrets twice", `secret.existing="mine"`, "secret: set either existing, or accessClientSecret and oktaTokens"},
		{"keys without a Secret", `secret.extraKeys=["a"]`, "secret.extraKeys: are keys of a Secret of your own"},
		{"a key that hides a file", `secret.extraKeys=["tls.key"]`, "tls.key is a file that the chart makes"},
		{"an address", `config.listen=":80"`, "config.listen: the chart decides it"},
		{"an address of health", `config.ops_listen=":80"`, "config.ops_listen: the chart decides it"},
		{"certificates", `config.tls={}`, "config.tls: use tls.secretName"},
		{"a delay in the configuration", `config.shutdown={"delay":"5s"}`, "config.shutdown: use shutdown.delaySeconds"},
		{"a file with the secret", `config.access.client_secret_file="/x"`, "config.access.client_secret_file: use secret"},
		{"a file with tokens", `config.okta.tokens_file="/x"`, "config.okta.tokens_file: use secret.existing"},
		{"a secret in the configuration", `config.access.client_secret="hush"`,
			"config.access.client_secret: a secret must not be in a ConfigMap"},
		{"a token in the configuration", `config.okta.tokens="hush"`, "config.okta.tokens: tokens must not be in a"},
		{"tokens in the configuration", `config.okta.tokens=["hush"]`,
			"config.okta.tokens[0]: a secret must not be in a ConfigMap"},
		{"a named token in the configuration", `config.okta.tokens=[{"name":"a","token":"hush"}]`,
			"config.okta.tokens[0].token: a secret must not be in a ConfigMap"},
		{"another secret in the configuration", `config.console={"oidc":{"client_secret":"hush"}}`,
			"config.console.oidc.client_secret: a secret must not be in a ConfigMap"},
		{"a private key in the configuration", `config.okta.private_key="hush"`,
			"config.okta.private_key: a secret must not be in a ConfigMap"},
		{"tokens in two places", `config.okta.tokens=[{"name":"a","sha256":"b"}]`, "config.okta.tokens has the tokens"},
		{"a journal with a password", `config.journal.url="postgres://a:b@c/d"`, "config.journal.url: use journal."},
		{"a variable of the chart", `extraEnv=[{"name":"GOMEMLIMIT"}]`, "extraEnv: GOMEMLIMIT is set by the chart"},
		{"a variable twice", `extraEnv=[{"name":"A"},{"name":"A"}]`, "extraEnv: A is there twice"},
		{"hashing by nobody", `ingress={"enabled":true,"host":"a.example","hashByPath":true}`,
			"ingress.hashByPath: set ingress.controller"},
		{"client certificates without TLS", `tls.clientCA.secretName="ca"`, "tls.clientCA: is for HTTPS by the bridge"},
		{"memory that is none", `resources.limits.memory="lots"`, "resources.limits.memory: must look like 256Mi"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := template(t, fixedChart, "--values", valueSets(t)["minimal"], "--set-json", tt.set)
			if err == nil {
				t.Fatal("the values are accepted")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Error("the message shows a secret")
			}
		})
	}
}

// TestNothingSet names what the chart cannot know.
func TestNothingSet(t *testing.T) {
	tests := []struct{ name, set, want string }{
		{"nothing", `replicas=2`, "at '/config': missing properties 'access', 'domains'"},
		{"empty sections", `config={"access":{},"domains":{}}`, "at '/config/access': missing properties 'url', 'client_id'"},
		{"no domain", `config={"access":{"url":"https://a.example","client_id":"a"},"domains":{}}`,
			"at '/config/domains': missing property 'default'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := template(t, fixedChart, "--set-json", tt.set); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestMistakesAtOnce wants all mistakes in one message.
func TestMistakesAtOnce(t *testing.T) {
	_, err := template(t, fixedChart, "--values", valueSets(t)["minimal"], "--set-json",
		`secret.oktaTokens=[],config.tls={},extraEnv=[{"name":"GOMEMLIMIT"}],resources.limits.memory="lots"`)
	for _, want := range []string{"secret.oktaTokens", "config.tls", "extraEnv", "resources.limits.memory"} {
		if err == nil || !strings.Contains(err.Error(), "\n- "+want) {
			t.Errorf("got %v, want it to name %s", err, want)
		}
	}
}

package deploy

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// container is that of the bridge.
func container(t *testing.T, rendered []object) corev1.Container {
	t.Helper()
	pod := one[*appsv1.Deployment](t, rendered).Spec.Template.Spec
	if len(pod.Containers) != 1 || len(pod.InitContainers) != 0 {
		t.Fatalf("there are %d containers", len(pod.Containers)+len(pod.InitContainers))
	}
	return pod.Containers[0]
}

// variable is an environment variable of the bridge, or nil.
func variable(t *testing.T, rendered []object, name string) *corev1.EnvVar {
	t.Helper()
	env := container(t, rendered).Env
	i := slices.IndexFunc(env, func(v corev1.EnvVar) bool { return v.Name == name })
	if i < 0 {
		return nil
	}
	return &env[i]
}

// drain is how long the bridge finishes open requests, as its source says.
func drain(t *testing.T) time.Duration {
	t.Helper()
	files, err := filepath.Glob(root + "/cmd/ws1bridge/*.go")
	must(t, err)
	constant := regexp.MustCompile(`shutdownTimeout += (\d+) \* time\.Second`)
	for _, file := range files {
		if found := constant.FindStringSubmatch(readFile(t, file)); found != nil {
			seconds, err := strconv.Atoi(found[1])
			must(t, err)
			return time.Duration(seconds) * time.Second
		}
	}
	t.Fatal("cmd/ws1bridge has no constant shutdownTimeout: the grace period depends on it")
	return 0
}

func TestGracePeriod(t *testing.T) {
	for name, rendered := range renderAll(t) {
		t.Run(name, func(t *testing.T) {
			delay, err := time.ParseDuration(variable(t, rendered, "WS1BRIDGE_SHUTDOWN_DELAY").Value)
			must(t, err)
			seconds := one[*appsv1.Deployment](t, rendered).Spec.Template.Spec.TerminationGracePeriodSeconds
			grace := time.Duration(*seconds) * time.Second
			if least := delay + drain(t) + 5*time.Second; grace < least {
				t.Errorf("the grace period is %v, want at least %v", grace, least)
			}
		})
	}
}

func TestProbes(t *testing.T) {
	for name, rendered := range renderAll(t) {
		t.Run(name, func(t *testing.T) {
			c := container(t, rendered)
			for path, probe := range map[string]*corev1.Probe{"/readyz": c.ReadinessProbe, "/healthz": c.LivenessProbe} {
				if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Path != path || probe.HTTPGet.Port.StrVal != "ops" {
					t.Errorf("the probe of %s is %v", path, probe)
				}
			}
			if s := c.StartupProbe; s == nil || s.HTTPGet == nil || s.HTTPGet.Path != "/healthz" {
				t.Errorf("the startup probe is %v", s)
			}
			ops := slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool {
				return p.Name == "ops" && p.ContainerPort == 9090
			})
			if !ops {
				t.Errorf("the ports are %v", c.Ports)
			}
		})
	}
}

func TestSecurityContext(t *testing.T) {
	for name, rendered := range renderAll(t) {
		t.Run(name, func(t *testing.T) {
			pod := one[*appsv1.Deployment](t, rendered).Spec.Template.Spec
			p, c := pod.SecurityContext, container(t, rendered).SecurityContext
			switch {
			case !*p.RunAsNonRoot || *p.RunAsUser == 0 || *p.RunAsGroup == 0 || *p.FSGroup == 0:
				t.Errorf("the pod may run as root: %v", p)
			case p.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault:
				t.Errorf("the seccomp profile is %v", p.SeccompProfile)
			case *c.AllowPrivilegeEscalation || !*c.ReadOnlyRootFilesystem:
				t.Errorf("the container may do too much: %v", c)
			case len(c.Capabilities.Drop) != 1 || c.Capabilities.Drop[0] != "ALL" || len(c.Capabilities.Add) > 0:
				t.Errorf("the capabilities are %v", c.Capabilities)
			case *pod.AutomountServiceAccountToken || *pod.EnableServiceLinks:
				t.Error("the pod gets a token of the cluster, or variables of Services")
			case pod.HostNetwork || pod.HostPID || pod.HostIPC:
				t.Error("the pod uses the host's namespaces")
			}
			for _, account := range all[*corev1.ServiceAccount](rendered) {
				if *account.AutomountServiceAccountToken {
					t.Error("the service account gives out tokens")
				}
			}
		})
	}
}

// TestSecretsStayInSecrets looks for what the sets of values have as secrets.
func TestSecretsStayInSecrets(t *testing.T) {
	for name, file := range valueSets(t) {
		manifests, err := template(t, fixedChart, "--values", file)
		must(t, err)
		for _, secret := range []string{"client-secret-of-the-bridge", "token-that-okta-presents"} {
			if strings.Contains(manifests, secret) {
				t.Errorf("%s: a secret is in plain text", name)
			}
		}
	}
	rendered := render(t, "minimal")
	made := one[*corev1.Secret](t, rendered)
	if got := string(made.Data["access-client-secret"]); got != "client-secret-of-the-bridge" {
		t.Errorf("the client secret is %q", got)
	}
	if got := string(made.Data["okta-tokens"]); got != "token-that-okta-presents\nanother-token-of-okta" {
		t.Errorf("the tokens are %q", got)
	}
	if found := all[*corev1.Secret](render(t, "existing-secret")); len(found) > 0 {
		t.Errorf("the chart makes %d Secrets beside the one that is there", len(found))
	}
}

func TestMemoryLimitOfGo(t *testing.T) {
	tests := []struct{ limit, want string }{
		{"256Mi", "230MiB"},
		{"1Gi", "921MiB"},
		{"1.5Gi", "1382MiB"},
		{"500M", "429MiB"},
		{"1G", "858MiB"},
		{"262144Ki", "230MiB"},
		{"1073741824", "921MiB"}, // a number, which Helm keeps as a float
	}
	for _, tt := range tests {
		t.Run(tt.limit, func(t *testing.T) {
			rendered := render(t, "minimal", "--set", "resources.limits.memory="+tt.limit)
			if got := variable(t, rendered, "GOMEMLIMIT"); got == nil || got.Value != tt.want {
				t.Errorf("GOMEMLIMIT is %v, want %s", got, tt.want)
			}
			limit := container(t, rendered).Resources.Limits[corev1.ResourceMemory]
			if want := resource.MustParse(tt.limit); limit.Cmp(want) != 0 {
				t.Errorf("the limit is %v, want %v", limit, want)
			}
		})
	}
	if got := variable(t, render(t, "one-copy"), "GOMEMLIMIT"); got != nil {
		t.Errorf("without a limit, GOMEMLIMIT is %v", got)
	}
}

func TestJournalOnlyWhereSet(t *testing.T) {
	if got := variable(t, render(t, "minimal"), "WS1BRIDGE_JOURNAL"); got != nil {
		t.Errorf("the journal is %v", got)
	}
	got := variable(t, render(t, "everything"), "WS1BRIDGE_JOURNAL")
	if got == nil || got.ValueFrom.SecretKeyRef.Name != "bridge-journal" || got.ValueFrom.SecretKeyRef.Key != "uri" {
		t.Errorf("the journal is %v", got)
	}
}

// TestRestartOnChange compares the pods before and after a change of values.
func TestRestartOnChange(t *testing.T) {
	annotations := func(args ...string) string {
		return fmt.Sprint(one[*appsv1.Deployment](t, render(t, "minimal", args...)).Spec.Template.Annotations)
	}
	if got := annotations(); got != "map[]" {
		t.Errorf("by default, the pods have annotations %s", got)
	}
	const on = "restartOnChange=true"
	before := annotations("--set", on)
	for _, change := range []string{"config.log.level=debug", "secret.accessClientSecret=another-client-secret"} {
		if annotations("--set", on+","+change) == before {
			t.Errorf("%s does not restart the pods", change)
		}
	}
	if annotations("--set", on+",replicas=3") != before {
		t.Error("another number of copies restarts those that are there")
	}
}

// TestReuseReads keeps several copies from changing records by what they read before
// another copy changed them.
func TestReuseReads(t *testing.T) {
	for set, want := range map[string]string{"one-copy": "", "minimal": "reuse_reads: 0", "gateway": "reuse_reads: 2"} {
		config := one[*corev1.ConfigMap](t, render(t, set)).Data["config.yaml"]
		if got := regexp.MustCompile(`reuse_reads.*`).FindString(config); got != want {
			t.Errorf("%s: got %q, want %q", set, got, want)
		}
	}
}

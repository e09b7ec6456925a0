package deploy

import (
	"net"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"sigs.k8s.io/yaml"
)

// TestComposeTakesTheConfiguration has the bridge check the variables of its service.
func TestComposeTakesTheConfiguration(t *testing.T) {
	var env []string
	for name, value := range compose(t).Services["bridge"].Environment {
		env = append(env, name+"="+*value)
	}
	out, problems, err := run(t, env, program, "config", "check")
	if err != nil || strings.Contains(out, "there is no such variable") {
		t.Errorf("%v: %s%s", err, out, problems)
	}
}

// TestComposeFlags has the program read the arguments of the emulator and of its check.
func TestComposeFlags(t *testing.T) {
	emulator := compose(t).Services["emulator"]
	check := emulator.HealthCheck.Test
	if len(check) < 3 || check[0] != "CMD" || check[1] != "/ws1bridge" {
		t.Fatalf("the health check of the emulator is %q: the image has no other program", check)
	}
	for _, args := range [][]string{emulator.Command, check[2:]} {
		if out, problems, err := run(t, nil, program, append(slices.Clone(args), "--help")...); err != nil {
			t.Errorf("%q: %v: %s%s", args, err, out, problems)
		}
	}
	page, err := url.Parse(check[len(check)-1])
	must(t, err)
	if !slices.Contains(emulator.Command, ":"+page.Port()) {
		t.Errorf("the health check asks %s, which is not in %q", page, emulator.Command)
	}
}

// content reads a file that a service of the compose file mounts.
func content[T any](t *testing.T, name string) (s T) {
	t.Helper()
	must(t, yaml.Unmarshal([]byte(readFile(t, name)), &s))
	return s
}

// serves reports whether what runs under the name of a service is at the port.
func serves(p *types.Project, host string, port int) bool {
	return slices.ContainsFunc(p.Services[host].Ports, func(c types.ServicePortConfig) bool {
		return int(c.Target) == port
	})
}

// mounted reports whether a service has a file at that place.
func mounted(s types.ServiceConfig, place string) bool {
	return slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Target == place })
}

// Prometheus finds the bridge, which has the network of another service, and its rules.
func TestComposePrometheus(t *testing.T) {
	project := compose(t, "monitoring")
	bridge := project.Services["bridge"]
	file := content[struct {
		Rules  []string `json:"rule_files"`
		Scrape []struct {
			Static []struct{ Targets []string } `json:"static_configs"`
		} `json:"scrape_configs"`
	}](t, "../prometheus/prometheus.yaml")
	if len(file.Rules) == 0 || len(file.Scrape) != 1 || len(file.Scrape[0].Static) != 1 {
		t.Fatalf("prometheus.yaml has %+v", file)
	}
	for _, name := range file.Rules {
		if place := path.Join("/etc/prometheus", name); !mounted(project.Services["prometheus"], place) {
			t.Errorf("Prometheus reads %s, which is not mounted", place)
		}
	}
	for _, target := range file.Scrape[0].Static[0].Targets {
		host, port, err := net.SplitHostPort(target)
		must(t, err)
		if bridge.NetworkMode != "service:"+host || *bridge.Environment["WS1BRIDGE_OPS_LISTEN"] != ":"+port {
			t.Errorf("Prometheus asks %s, where the bridge is not", target)
		}
	}
}

// Grafana finds Prometheus, and its dashboard in the folder that it reads.
func TestComposeGrafana(t *testing.T) {
	project := compose(t, "monitoring")
	sources := content[struct{ Datasources []struct{ URL string } }](t, "../grafana/datasources.yaml").Datasources
	folders := content[struct {
		Providers []struct{ Options struct{ Path string } }
	}](t, "../grafana/dashboards.yaml").Providers
	if len(sources) != 1 || len(folders) != 1 {
		t.Fatalf("Grafana has the sources %v and the folders %v", sources, folders)
	}
	u, err := url.Parse(sources[0].URL)
	must(t, err)
	port, err := strconv.Atoi(u.Port())
	must(t, err)
	if !serves(project, u.Hostname(), port) {
		t.Errorf("Grafana asks %s, where no service is", u)
	}
	if place := path.Join(folders[0].Options.Path, "ws1bridge.json"); !mounted(project.Services["grafana"], place) {
		t.Errorf("Grafana reads %s, which is not mounted", place)
	}
}

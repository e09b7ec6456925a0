package deploy

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// compose reads the file as docker compose does: unknown keys are refused.
func compose(t *testing.T, profiles ...string) *types.Project {
	t.Helper()
	const file = "../compose.yaml"
	project, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir: "..", ConfigFiles: []types.ConfigFile{{Filename: file}}, Environment: types.Mapping{},
	}, func(o *loader.Options) { o.Profiles = profiles })
	if err != nil {
		t.Fatal(err)
	}
	return project
}

// What is monitored starts only on demand, and all else without it.
func TestComposeProfiles(t *testing.T) {
	for profile, want := range map[string]string{
		"": "bridge emulator", "monitoring": "bridge emulator grafana prometheus",
	} {
		if got := strings.Join(compose(t, profile).ServiceNames(), " "); got != want {
			t.Errorf("the profile %q starts %s, want %s", profile, got, want)
		}
	}
}

func TestComposeServices(t *testing.T) {
	project := compose(t, "monitoring")
	for name, s := range project.Services {
		for _, p := range s.Ports {
			if p.HostIP != "127.0.0.1" {
				t.Errorf("%s publishes %s beyond this machine", name, p.Published)
			}
		}
		for _, v := range s.Volumes {
			if info, err := os.Stat(v.Source); err != nil || !info.Mode().IsRegular() || !v.ReadOnly {
				t.Errorf("%s mounts %s: %v, read-only %v", name, v.Source, err, v.ReadOnly)
			}
		}
		if s.Image != "" && !strings.Contains(s.Image, ":") || strings.HasSuffix(s.Image, ":latest") {
			t.Errorf("%s has the image %s without a version", name, s.Image)
		}
	}
	bridge := project.Services["bridge"]
	if got := bridge.DependsOn["emulator"].Condition; got != types.ServiceConditionHealthy {
		t.Errorf("the bridge waits for an emulator that is %q", got)
	}
	if grace := bridge.StopGracePeriod; grace == nil || time.Duration(*grace) <= 55*time.Second {
		t.Errorf("the bridge is killed after %v, before it has finished what is under way", grace)
	}
	if check := project.Services["emulator"].HealthCheck; check == nil || check.Disable || len(check.Test) < 3 {
		t.Errorf("the emulator has the health check %+v", check)
	}
}

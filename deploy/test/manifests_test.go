package deploy

import (
	"regexp"
	"strings"
	"testing"
)

// header stands at the top of the manifests.
const header = `# ws1bridge without Helm, rendered from the chart in deploy/helm/ws1bridge by "make deploy-update".
# deploy/guides/kubernetes.md explains it.
#
# Before: change the ConfigMap below and the name of the image, and make the Secret of two files:
#
#   kubectl create namespace ws1bridge
#   kubectl -n ws1bridge create secret generic ws1bridge \
#     --from-file=access-client-secret --from-file=okta-tokens
#   kubectl apply -f ws1bridge.yaml
`

// ofHelm are lines that only Helm has a use for.
var ofHelm = regexp.MustCompile(`(?m)^ *(helm\.sh/chart|app\.kubernetes\.io/managed-by): .*\n`)

// TestManifests renders the manifests of deploy/kubernetes.
func TestManifests(t *testing.T) {
	const folder = "../kubernetes/"
	out, problems, err := helm(t, "template", release, fixedChart, "--namespace", "ws1bridge",
		"--values", folder+"values.yaml")
	if err != nil {
		t.Fatal(problems)
	}
	manifests := header + ofHelm.ReplaceAllString(out, "")
	golden(t, folder+"ws1bridge.yaml", manifests)
	rendered, err := objects(manifests)
	must(t, err)
	if len(rendered) < 5 {
		t.Errorf("there are only %d objects", len(rendered))
	}
	p := mount(t, rendered)
	if out, problems, err := run(t, p.env, program, "config", "check"); err != nil {
		t.Errorf("%v: %s%s", err, out, problems)
	}
	if strings.Contains(manifests, "elm.sh") {
		t.Error("the manifests name Helm")
	}
}

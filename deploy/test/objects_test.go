package deploy

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// object is a resource of Kubernetes in its own type.
type object interface{ metav1.Object }

// kinds are all that a chart may render, by API version and kind.
func kinds() map[string]func() object {
	return map[string]func() object{
		"v1 ConfigMap":                            func() object { return new(corev1.ConfigMap) },
		"v1 Secret":                               func() object { return new(corev1.Secret) },
		"v1 Service":                              func() object { return new(corev1.Service) },
		"v1 ServiceAccount":                       func() object { return new(corev1.ServiceAccount) },
		"apps/v1 Deployment":                      func() object { return new(appsv1.Deployment) },
		"policy/v1 PodDisruptionBudget":           func() object { return new(policyv1.PodDisruptionBudget) },
		"networking.k8s.io/v1 NetworkPolicy":      func() object { return new(networkingv1.NetworkPolicy) },
		"networking.k8s.io/v1 Ingress":            func() object { return new(networkingv1.Ingress) },
		"gateway.networking.k8s.io/v1 HTTPRoute":  func() object { return new(gatewayv1.HTTPRoute) },
		"monitoring.coreos.com/v1 ServiceMonitor": func() object { return new(monitoringv1.ServiceMonitor) },
		"monitoring.coreos.com/v1 PrometheusRule": func() object { return new(monitoringv1.PrometheusRule) },
	}
}

// objects are those of manifests. Each is decoded as the API server does with
// fieldValidation=Strict: unknown fields and duplicate ones are mistakes.
func objects(manifests string) ([]object, error) {
	var all []object
	for i, document := range strings.Split("\n"+manifests, "\n---\n") {
		data, err := yaml.YAMLToJSONStrict([]byte(document))
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", i, err)
		}
		if string(data) == "null" {
			continue // comments alone
		}
		o, err := decode(data)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w\n%s", i, err, document)
		}
		all = append(all, o)
	}
	return all, nil
}

func decode(data []byte) (object, error) {
	var kind metav1.TypeMeta
	if err := json.UnmarshalCaseSensitivePreserveInts(data, &kind); err != nil {
		return nil, err
	}
	make, known := kinds()[kind.APIVersion+" "+kind.Kind]
	if !known {
		return nil, fmt.Errorf("no type for %s %s", kind.APIVersion, kind.Kind)
	}
	o := make()
	wrong, err := json.UnmarshalStrict(data, o)
	return o, errors.Join(append(wrong, err)...)
}

// all are the objects of one type.
func all[T object](objects []object) (found []T) {
	for _, o := range objects {
		if one, ok := o.(T); ok {
			found = append(found, one)
		}
	}
	return found
}

// one is the only object of its type.
func one[T object](t *testing.T, objects []object) T {
	t.Helper()
	found := all[T](objects)
	if len(found) != 1 {
		t.Fatalf("there are %d objects of type %T, want 1", len(found), *new(T))
	}
	return found[0]
}

func TestObjectsAreDecodedStrictly(t *testing.T) {
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: bridge}\n"
	tests := []struct{ name, manifests, want string }{
		{"an unknown field", service + "spec: {port: 1}\n", `unknown field "spec.port"`},
		{"a field in another case", service + "spec: {Ports: []}\n", `unknown field "spec.Ports"`},
		{"a field twice", service + "spec: {type: ClusterIP, type: NodePort}\n", `"type" already set`},
		{"a value of the wrong type", service + "spec: {ports: [{port: http}]}\n", "cannot unmarshal"},
		{"an unknown kind", "apiVersion: v1\nkind: Servicce\n", "no type for v1 Servicce"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := objects(tt.manifests); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	if got, err := objects("# a comment\n---\n" + service + "---\n" + service); err != nil || len(got) != 2 {
		t.Errorf("got %d objects, %v", len(got), err)
	}
}

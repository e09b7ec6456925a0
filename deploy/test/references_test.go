package deploy

import (
	"fmt"
	"slices"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// selects reports whether the selector is of these labels, and of some at all.
func selects(t *testing.T, selector *metav1.LabelSelector, of map[string]string) bool {
	t.Helper()
	s, err := metav1.LabelSelectorAsSelector(selector)
	must(t, err)
	return !s.Empty() && s.Matches(labels.Set(of))
}

func TestSelectorsMatchThePods(t *testing.T) {
	for name, rendered := range renderAll(t) {
		t.Run(name, func(t *testing.T) {
			deployment := one[*appsv1.Deployment](t, rendered)
			pod := deployment.Spec.Template.Labels
			selectors := map[string]*metav1.LabelSelector{"Deployment": deployment.Spec.Selector}
			for _, s := range all[*corev1.Service](rendered) {
				selectors["Service "+s.Name] = &metav1.LabelSelector{MatchLabels: s.Spec.Selector}
			}
			for _, b := range all[*policyv1.PodDisruptionBudget](rendered) {
				selectors["PodDisruptionBudget"] = b.Spec.Selector
			}
			for _, p := range all[*networkingv1.NetworkPolicy](rendered) {
				selectors["NetworkPolicy"] = &p.Spec.PodSelector
			}
			for i, c := range deployment.Spec.Template.Spec.TopologySpreadConstraints {
				selectors[fmt.Sprint("spread ", i)] = c.LabelSelector
			}
			for name, selector := range selectors {
				if !selects(t, selector, pod) {
					t.Errorf("%s selects %v, and the pods have %v", name, selector, pod)
				}
			}
		})
	}
}

// TestMonitorSelectsOneService counts the Services that Prometheus would ask.
func TestMonitorSelectsOneService(t *testing.T) {
	for _, set := range []string{"monitoring", "everything"} {
		rendered := render(t, set)
		monitor := one[*monitoringv1.ServiceMonitor](t, rendered)
		var selected []*corev1.Service
		for _, s := range all[*corev1.Service](rendered) {
			if selects(t, &monitor.Spec.Selector, s.Labels) {
				selected = append(selected, s)
			}
		}
		if len(selected) != 1 || selected[0].Spec.Ports[0].Name != monitor.Spec.Endpoints[0].Port {
			t.Errorf("%s: Prometheus asks %v", set, selected)
		}
	}
}

// TestPortsAreThere follows ports from the outside to the container.
func TestPortsAreThere(t *testing.T) {
	for name, rendered := range renderAll(t) {
		t.Run(name, func(t *testing.T) {
			var inside, offered []string
			for _, p := range container(t, rendered).Ports {
				inside = append(inside, p.Name)
			}
			for _, s := range all[*corev1.Service](rendered) {
				for _, p := range s.Spec.Ports {
					offered = append(offered, s.Name+" "+p.Name, fmt.Sprint(s.Name, " ", p.Port))
					if !slices.Contains(inside, p.TargetPort.StrVal) {
						t.Errorf("%s leads to the port %v, and the container has %v", s.Name, p.TargetPort, inside)
					}
				}
			}
			var used []string
			for _, i := range all[*networkingv1.Ingress](rendered) {
				backend := i.Spec.Rules[0].HTTP.Paths[0].Backend.Service
				used = append(used, backend.Name+" "+backend.Port.Name)
			}
			for _, r := range all[*gatewayv1.HTTPRoute](rendered) {
				backend := r.Spec.Rules[0].BackendRefs[0]
				used = append(used, fmt.Sprint(backend.Name, " ", *backend.Port))
			}
			for _, u := range used {
				if !slices.Contains(offered, u) {
					t.Errorf("%s is used, and the Services offer %v", u, offered)
				}
			}
		})
	}
}

// TestNamesAreThere checks what the pod names, and that nothing has a name twice.
func TestNamesAreThere(t *testing.T) {
	for name, rendered := range renderAll(t) {
		t.Run(name, func(t *testing.T) {
			names := map[string]bool{}
			once := func(kind, name string) {
				if names[kind+" "+name] {
					t.Errorf("the %s %s is there twice", kind, name)
				}
				names[kind+" "+name] = true
			}
			for _, o := range rendered {
				once(fmt.Sprintf("%T", o), o.GetName())
				if o.GetNamespace() != "identity" {
					t.Errorf("%T %s is in the namespace %q", o, o.GetName(), o.GetNamespace())
				}
			}
			pod := one[*appsv1.Deployment](t, rendered).Spec.Template.Spec
			c := container(t, rendered)
			for _, v := range c.Env {
				once("variable", v.Name)
			}
			for _, p := range c.Ports {
				once("port", p.Name)
			}
			for _, v := range pod.Volumes {
				once("volume", v.Name)
			}
			for _, m := range c.VolumeMounts {
				once("mount", m.MountPath)
				if !names["volume "+m.Name] {
					t.Errorf("%s mounts the volume %s, which is not there", m.MountPath, m.Name)
				}
			}
			if account := pod.ServiceAccountName; account != "default" && !names["*v1.ServiceAccount "+account] {
				t.Errorf("the service account %s is not there", account)
			}
		})
	}
}

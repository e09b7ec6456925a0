// Package deploy checks what runs the bridge: the Helm chart, the manifests that are
// rendered from it, the compose file, the unit of systemd and the workflows. It is a
// module of its own, so that the types of Kubernetes are no dependency of the bridge. It
// runs the tools that an operator has: Helm, which `make deploy-test` builds, and
// systemd-analyze.
package deploy

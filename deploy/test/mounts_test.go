package deploy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// etc is where the volume of the bridge is mounted.
const etc = "/etc/ws1bridge"

// pod is a folder with what a pod would have in its volume, and the environment.
type pod struct {
	folder  string
	version int
	env     []string
	secrets map[string]map[string][]byte // by name and key
	made    []string                     // by the chart
}

// mount makes the volume of a pod. Secrets that the chart does not make are made up.
func mount(t *testing.T, rendered []object) *pod {
	t.Helper()
	p := &pod{folder: filepath.Join(t.TempDir(), "ws1bridge"), secrets: map[string]map[string][]byte{}}
	must(t, os.Mkdir(p.folder, 0o700))
	p.write(t, rendered)
	for _, v := range container(t, rendered).Env {
		p.env = append(p.env, v.Name+"="+p.inPod(p.value(t, v)))
	}
	return p
}

// inPod is a text of the chart with the folder in place of the mount.
func (p *pod) inPod(text string) string { return strings.ReplaceAll(text, etc, p.folder) }

func (p *pod) value(t *testing.T, v corev1.EnvVar) string {
	t.Helper()
	switch from := v.ValueFrom; {
	case from == nil:
		return v.Value
	case from.SecretKeyRef != nil:
		return "postgres://bridge:hush@db.example.com/bridge"
	case from.FieldRef != nil:
		return "a-field-of-the-pod"
	}
	t.Fatalf("no value for %v", v)
	return ""
}

// write makes the files of the volume as the kubelet does: in a folder of their own, with
// a link ..data to it that is swapped, and links to the files.
func (p *pod) write(t *testing.T, rendered []object) {
	t.Helper()
	p.version++
	for _, s := range all[*corev1.Secret](rendered) {
		p.secrets[s.Name], p.made = s.Data, append(p.made, s.Name)
	}
	version := fmt.Sprint("..version_", p.version)
	must(t, os.Mkdir(filepath.Join(p.folder, version), 0o700))
	files := p.files(t, rendered)
	for name, content := range files {
		must(t, os.WriteFile(filepath.Join(p.folder, version, name), []byte(p.inPod(string(content))), 0o400))
	}
	must(t, os.Symlink(version, filepath.Join(p.folder, "..data_tmp")))
	must(t, os.Rename(filepath.Join(p.folder, "..data_tmp"), filepath.Join(p.folder, "..data")))
	for name := range files {
		link := filepath.Join(p.folder, name)
		if _, err := os.Lstat(link); err != nil {
			must(t, os.Symlink(filepath.Join("..data", name), link))
		}
	}
}

// files are those of the projected volume, by path.
func (p *pod) files(t *testing.T, rendered []object) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	put := func(path string, content []byte) {
		if _, twice := files[path]; twice {
			t.Errorf("the file %s comes from two sources", path)
		}
		files[path] = content
	}
	for _, source := range one[*appsv1.Deployment](t, rendered).Spec.Template.Spec.Volumes[0].Projected.Sources {
		if m := source.ConfigMap; m != nil {
			made := one[*corev1.ConfigMap](t, rendered)
			for _, item := range m.Items {
				if made.Name != m.Name || made.Data[item.Key] == "" {
					t.Errorf("the volume has %s of the ConfigMap %s, which is not there", item.Key, m.Name)
				}
				put(item.Path, []byte(made.Data[item.Key]))
			}
		}
		if s := source.Secret; s != nil {
			for _, item := range s.Items {
				put(item.Path, p.secret(t, s.Name, item))
			}
		}
	}
	return files
}

// secret is what a Secret has under a key. One that the chart does not make is made up.
func (p *pod) secret(t *testing.T, name string, item corev1.KeyToPath) []byte {
	t.Helper()
	if content, here := p.secrets[name][item.Key]; here {
		return content
	}
	if slices.Contains(p.made, name) {
		t.Errorf("the volume has %s of the Secret %s, which has no such key", item.Key, name)
	}
	if p.secrets[name] == nil {
		p.secrets[name] = map[string][]byte{}
	}
	switch item.Path {
	case "tls.crt", "tls.key":
		p.secrets[name]["tls.crt"], p.secrets[name]["tls.key"] = certificate(t)
	case "client-ca.crt":
		p.secrets[name][item.Key], _ = certificate(t)
	default:
		p.secrets[name][item.Key] = []byte("made-up-secret-" + item.Key)
	}
	return p.secrets[name][item.Key]
}

// certificate is one for a day, signed by itself, with its key.
func certificate(t *testing.T) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"bridge.example.com"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(30 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	must(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

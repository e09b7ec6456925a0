package endurance

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// linked matches a variable that a build sets by the linker.
var linked = regexp.MustCompile(`-X (main\.[a-z]+)=`)

// TestVersionOfTheLinker builds the program with the variables that images and releases set:
// the linker says nothing of one that is not there.
func TestVersionOfTheLinker(t *testing.T) {
	t.Parallel()
	values := map[string]string{"main.version": "v9.8.7", "main.commit": "0123abcd"}
	for _, name := range []string{"Dockerfile", ".goreleaser.yaml"} {
		content, err := os.ReadFile(filepath.Join("..", "..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		set := map[string]string{}
		for _, found := range linked.FindAllSubmatch(content, -1) {
			set[string(found[1])] = values[string(found[1])]
		}
		if !maps.Equal(set, values) {
			t.Errorf("%s sets %v, and this test %v", name, set, values)
		}
	}
	flags := "-s -w"
	for variable, value := range values {
		flags += " -X " + variable + "=" + value
	}
	file, err := build(filepath.Join(t.TempDir(), "ws1bridge"), "-ldflags", flags)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), file, "version").Output()
	if want := "ws1bridge v9.8.7\ncommit 0123abcd\ngo"; err != nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("the program prints %q, %v, and should begin with %q", out, err, want)
	}
}

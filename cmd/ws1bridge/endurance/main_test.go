package endurance

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// seedFlag repeats a run of the tests that leave things to chance.
var seedFlag = flag.Uint64("seed", 0, "seed of the tests that leave things to chance (0: a new one)")

// seed returns the seed of the test, and logs it.
func seed(t *testing.T) uint64 {
	t.Helper()
	s := *seedFlag
	if s == 0 {
		s = rand.Uint64() | 1
	}
	t.Logf("repeat with -seed %d", s)
	return s
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "ws1bridge")
	if err != nil {
		panic(err)
	}
	program = sync.OnceValues(func() (string, error) { return build(filepath.Join(dir, "ws1bridge")) })
	goleak.VerifyTestMain(tests{m, dir})
}

// raced reports whether the race detector is on, with which everything takes several times as much.
func raced() bool {
	info, _ := debug.ReadBuildInfo()
	return info != nil && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// tests are those of the package, after which the program is removed.
type tests struct {
	*testing.M
	dir string
}

func (t tests) Run() int {
	defer func() { _ = os.RemoveAll(t.dir) }()
	return t.M.Run()
}

// program is the file of the program, which is built when it is first needed.
var program func() (string, error)

func build(file string, flags ...string) (string, error) {
	args := append([]string{"build", "-o", file}, flags...)
	if raced() {
		args = append(args, "-race")
	}
	out, err := exec.Command("go", append(args, "ws1bridge/cmd/ws1bridge")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return file, nil
}

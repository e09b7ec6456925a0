package main

import (
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/config"
)

// documents are the texts of all Markdown files, by their path in the module.
func documents(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "*/*.md", "*/*/*.md"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			texts[strings.TrimPrefix(filepath.ToSlash(name), root+"/")] = readFile(t, name)
		}
	}
	return texts
}

// TestDocumentsAreNarrow allows 120 columns, but for tables, which can't be broken.
func TestDocumentsAreNarrow(t *testing.T) {
	for name, text := range documents(t) {
		for line := range strings.Lines(text) {
			if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > 120 && !strings.HasPrefix(line, "|") {
				t.Errorf("%s has a line longer than 120 columns:\n%s", name, line)
			}
		}
	}
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s#]*)(?:#([^)\s]*))?\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	inName  = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// TestLinks follows the links between documents, to their headings too.
func TestLinks(t *testing.T) {
	texts := documents(t)
	for name, text := range texts {
		for _, l := range link.FindAllStringSubmatch(text, -1) {
			to, anchor := path.Join(path.Dir(name), l[1]), l[2]
			if l[1] == "" {
				to = name
			}
			_, err := os.Stat(filepath.Join(root, to))
			switch {
			case strings.HasPrefix(l[1], "https://"):
			case err != nil:
				t.Errorf("%s links to %s, which is not there", name, l[1])
			case anchor != "" && !slices.Contains(anchors(texts[to]), anchor):
				t.Errorf("%s links to %s, which has no heading #%s", name, to, anchor)
			}
		}
	}
}

// anchors are what links call the headings of a document.
func anchors(text string) (names []string) {
	for _, h := range heading.FindAllStringSubmatch(text, -1) {
		names = append(names, strings.ReplaceAll(inName.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-"))
	}
	return names
}

var (
	row  = regexp.MustCompile("(?m)^\\| (`[a-z0-9/`, -]+`) \\| (.*) \\|$")
	code = regexp.MustCompile("`([^`]+)`")
)

// TestPackagesAreDocumented compares the two tables of packages in CONTRIBUTING.md,
// what they do and what they import, with the module.
func TestPackagesAreDocumented(t *testing.T) {
	_, text, _ := strings.Cut(documents(t)["CONTRIBUTING.md"], "## Packages")
	text, _, _ = strings.Cut(text, "\n## ")
	purposes, imports, _ := strings.Cut(text, "imports of this module |")
	described, arrows := rows(purposes), rows(imports)
	for name, want := range packages(t) {
		purpose, ok := described[name]
		if !ok {
			t.Errorf("CONTRIBUTING.md does not say what %s does", name)
		}
		delete(described, name)
		switch have, ok := arrows[name]; {
		case name == "cmd/ws1bridge", !ok && strings.Contains(purpose, "tests"):
		case !ok:
			t.Errorf("CONTRIBUTING.md does not say what %s imports", name)
		case !slices.Equal(names(have), want):
			t.Errorf("CONTRIBUTING.md says that %s imports %v, and it imports %v", name, names(have), want)
		}
	}
	for name := range described {
		t.Errorf("there is no package %s", name)
	}
}

// rows are the second columns of tables, by each name in the first.
func rows(text string) map[string]string {
	cells := map[string]string{}
	for _, r := range row.FindAllStringSubmatch(text, -1) {
		for _, name := range names(r[1]) {
			cells[name] = r[2]
		}
	}
	return cells
}

// names are those in a cell of a table, in order.
func names(cell string) (all []string) {
	for _, name := range code.FindAllStringSubmatch(cell, -1) {
		all = append(all, name[1])
	}
	slices.Sort(all)
	return all
}

// packages are those of the module, with the last parts of what they import of it.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	err := filepath.WalkDir(root, func(dir string, d os.DirEntry, err error) error {
		if hidden := strings.HasPrefix(d.Name(), ".") && dir != root; hidden && d.IsDir() {
			return filepath.SkipDir // such as that of git, which changes meanwhile
		}
		if err != nil || !d.IsDir() {
			return err
		}
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil && dir != root {
			return filepath.SkipDir // another module
		}
		p, err := build.ImportDir(dir, 0)
		if err != nil {
			return nil //nolint:nilerr // a directory without Go
		}
		name, _ := filepath.Rel(root, dir)
		var imports []string
		for _, s := range p.Imports {
			if strings.HasPrefix(s, "ws1bridge/") {
				imports = append(imports, path.Base(s))
			}
		}
		slices.Sort(imports)
		all[filepath.ToSlash(name)] = imports
		return nil
	})
	if err != nil || len(all) < 20 {
		t.Fatalf("the packages are %v, %v", all, err)
	}
	return all
}

// TestImageNamesItsConfiguration keeps the file that the image names in the image:
// a name without a file would be an error.
func TestImageNamesItsConfiguration(t *testing.T) {
	image := readFile(t, filepath.Join(root, "Dockerfile"))
	match := func(pattern string) string {
		found := regexp.MustCompile(`(?m)^` + pattern + `$`).FindStringSubmatch(image)
		if len(found) < 2 {
			t.Fatalf("the Dockerfile has no line %s", pattern)
		}
		return found[1]
	}
	named := match(`ENV WS1BRIDGE_CONFIG=(\S+)`)
	if got := match(`COPY --from=build /out/config\.yaml (\S+)`); got != named {
		t.Errorf("the image has the file %s, and names %s", got, named)
	}
	content := match(`RUN echo '(.*)' > /out/config\.yaml`)
	if _, err := config.Load(cmdtest.WriteFile(t, content+"\n"), cmdtest.Environ()); err != nil {
		t.Errorf("the file of the image: %v", err)
	}
}

// TestSecurityNamesTests checks that the tests that SECURITY.md relies on are there; one that ends
// with * stands for all that begin so.
func TestSecurityNamesTests(t *testing.T) {
	var code strings.Builder
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, "_test.go") {
			code.WriteString(readText(t, path))
		}
		return err
	})
	must(t, err)
	names := regexp.MustCompile("`((?:Test|Fuzz)\\w+)(\\*?)`").FindAllStringSubmatch(readText(t, "../../SECURITY.md"), -1)
	for _, name := range names {
		want := "func " + name[1]
		if name[2] == "" {
			want += "("
		}
		if !strings.Contains(code.String(), want) {
			t.Errorf("there is no %s%s", name[1], name[2])
		}
	}
	if len(names) < 20 {
		t.Errorf("only %d tests are named", len(names))
	}
}

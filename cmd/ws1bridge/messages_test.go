package main

import (
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	scimerrors "github.com/elimity-com/scim/errors"

	"ws1bridge/scim/problem"
)

// root is that of the module.
const root = "../.."

// libraryDetails are the sentences of package scimerrors that scim uses, by the
// name of what makes them.
var libraryDetails = map[string]string{
	"ScimErrorResourceNotFound": scimerrors.ScimErrorResourceNotFound(gap).Detail,
}

// TestMessages holds the table of deploy/guides against the source: every
// sentence that can stand in the detail of an answer has a row, with its cause
// and its mend, and no row stands for a sentence that does not exist any more.
func TestMessages(t *testing.T) {
	told := documented(t)
	made := details(t)
	if len(made) < 60 {
		t.Fatalf("only %d sentences were found in the source", len(made))
	}
	for _, sentence := range slices.Sorted(maps.Keys(made)) {
		if !told[sentence] {
			t.Errorf("deploy/guides/troubleshooting.md lacks the sentence of %s:\n%s", made[sentence], sentence)
		}
		delete(told, sentence)
	}
	for _, sentence := range slices.Sorted(maps.Keys(told)) {
		t.Errorf("deploy/guides/troubleshooting.md has a sentence that nobody says:\n%s", sentence)
	}
}

// documented are the sentences of the table, which begins each row with a status
// and the sentence as code.
func documented(t *testing.T) map[string]bool {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "deploy", "guides", "troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("^\\| [0-9]{3} \\| ``? ?(.*?) ?``? \\| (.*) \\| (.*) \\|$")
	told := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		m := row.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		if told[m[1]] || len(m[2]) < 5 || len(m[3]) < 5 {
			t.Errorf("the row of %q is there twice, or lacks cause or mend", m[1])
		}
		told[m[1]] = true
	}
	return told
}

// details are all sentences that can reach Okta, and the package they are from.
func details(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	add := func(from string, texts ...string) {
		for _, text := range texts {
			if text = tidy(text); strings.Contains(text, " ") {
				found[text] = from
			}
		}
	}
	scim := parsePackage(t, filepath.Join(root, "scim"))
	scim.fields("ScimError", "Detail", func(in *ast.FuncDecl, _ *ast.CompositeLit, value ast.Expr) {
		add("scim", scim.texts(in, value)...)
	})
	for _, name := range libraryErrors(scim) {
		detail, ok := libraryDetails[name]
		if !ok {
			t.Errorf("scim uses scimerrors.%s, whose sentence this test does not know", name)
		}
		add("scim", detail)
	}
	for _, e := range problem.Entries() {
		if e.Loggable && strings.HasPrefix(e.Sentence(), "The attribute "+gap) {
			add("scim/translate", e.Sentence())
		}
	}
	auth := parsePackage(t, filepath.Join(root, "auth"))
	for _, value := range auth.values {
		if call, ok := value.(*ast.CallExpr); ok && lastName(call.Fun) == "refusal" {
			add("auth", auth.resolve(noFunction, call.Args[0])...)
		}
	}
	for _, f := range auth.funcs["Detail"] {
		add("auth", auth.returned(f)...)
	}
	upstream := parsePackage(t, filepath.Join(root, "upstream"))
	upstream.fields("Error", "Message", func(in *ast.FuncDecl, lit *ast.CompositeLit, value ast.Expr) {
		if kind := lastName(fieldOf(lit, "Kind")); kind != "ErrConflict" { // scim has a sentence of its own for these
			add("upstream", upstream.texts(in, value)...)
		}
	})
	const misconfigured = "The bridge or Workspace ONE Access is not set up for this: "
	for _, f := range upstream.funcs["Error"] {
		if receiver := lastName(f.Recv.List[0].Type); receiver == "DomainProblem" {
			for _, text := range upstream.returned(f) {
				add("upstream", misconfigured+text+".")
			}
		}
	}
	delete(found, misconfigured+gap+".") // these are all that it can stand for
	return found
}

// noFunction is where values of a package stand.
var noFunction = &ast.FuncDecl{Type: &ast.FuncType{Params: &ast.FieldList{}}, Name: ast.NewIdent("")}

// tidy is a sentence as the table has it: without what every 429 says at its end.
func tidy(text string) string {
	text = strings.TrimSuffix(text, " Okta will repeat the request by itself.")
	text = strings.Join(strings.Fields(text), " ")
	if strings.Trim(text, gap+" .:") == "" {
		return ""
	}
	return text
}

// libraryErrors are the ready-made errors of package scimerrors that a package
// uses.
func libraryErrors(p *goPackage) []string {
	names := map[string]bool{}
	for _, decls := range p.funcs {
		for _, d := range decls {
			ast.Inspect(d, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if ok && lastName(sel.X) == "scimerrors" && strings.HasPrefix(sel.Sel.Name, "ScimError") && sel.Sel.Name != "ScimError" {
					names[sel.Sel.Name] = true
				}
				return true
			})
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// reasons are why an attribute cannot be translated: the texts of Error.Reason,
// and those of all errors that are made on the way to it.
func reasons(p *goPackage) []string {
	var out []string
	p.fields("Error", "Reason", func(in *ast.FuncDecl, _ *ast.CompositeLit, value ast.Expr) { out = append(out, p.texts(in, value)...) })
	for _, f := range p.reachable("NewUser", "UserChange", "toAccess") {
		if f.Name.Name == "Error" {
			continue // it puts the attribute and the reason together
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if makesError(n) {
					out = append(out, p.resolve(f, n)...)
				}
			case *ast.Ident:
				if call, ok := p.values[n.Name].(*ast.CallExpr); ok && makesError(call) {
					out = append(out, p.resolve(noFunction, call)...)
				}
			}
			return true
		})
	}
	// What only puts a name before another reason is part of the attribute.
	return slices.DeleteFunc(out, func(s string) bool { return !strings.Contains(strings.TrimSpace(strings.ReplaceAll(s, gap, "")), " ") })
}

func makesError(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && (lastName(sel.X) == "errors" && sel.Sel.Name == "New" || lastName(sel.X) == "fmt" && sel.Sel.Name == "Errorf")
}

// TestTexts checks how sentences are found, on a source of its own.
func TestTexts(t *testing.T) {
	dir := t.TempDir()
	source := `package x
const limit = "10"
var refused = errors.New("not read")
func root(id string) problem { return problem{Detail: "No " + clip(id) + " is below " + limit + "."} }
func bad(kind int, detail string) problem { return problem{Detail: detail + " Stop."} }
func worse(detail string) problem { return bad(1, "Worse: "+detail) }
func a() problem { return worse("one.") }
func b(n int) problem { return worse(fmt.Sprintf("%d of %s.", n, limit)) }
func c(e error) problem { return bad(2, why(e)) }
func d() problem { s := "Begun"; if limit != "" { s += " and ended" }; return problem{Detail: s + "."} }
func why(e error) string { if e == nil { return "no reason at all" }; return e.Error() }
func clip(s string) string { return s + "…" }
type problem struct{ Detail string }
`
	if err := os.WriteFile(filepath.Join(dir, "x.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	p := parsePackage(t, dir)
	var got []string
	p.fields("problem", "Detail", func(in *ast.FuncDecl, _ *ast.CompositeLit, value ast.Expr) { got = append(got, p.texts(in, value)...) })
	slices.Sort(got)
	want := []string{
		"Begun and ended.", "Begun.", "No … is below 10.", "Worse: one. Stop.", "Worse: … of …. Stop.", "no reason at all Stop.", "… Stop.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

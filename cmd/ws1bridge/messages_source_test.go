package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// gap stands for what is not known before the program runs.
const gap = "…"

// goPackage is the source of a package without its tests, and answers which
// texts an expression can have: literals as they stand, and a gap for the rest.
type goPackage struct {
	funcs map[string][]*ast.FuncDecl // by name, methods too
	// values are constants and variables of the package, by name.
	values map[string]ast.Expr
	calls  map[string][]site // by the name of what is called
	busy   map[*ast.FuncDecl]bool
}

// site is a call and the function in which it stands.
type site struct {
	call *ast.CallExpr
	in   *ast.FuncDecl
}

func parsePackage(t *testing.T, dir string) *goPackage {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no source in %s: %v", dir, err)
	}
	p := &goPackage{funcs: map[string][]*ast.FuncDecl{}, values: map[string]ast.Expr{}, calls: map[string][]site{}, busy: map[*ast.FuncDecl]bool{}}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			p.add(d)
		}
	}
	return p
}

func (p *goPackage) add(d ast.Decl) {
	switch d := d.(type) {
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				for i, name := range v.Names {
					if i < len(v.Values) {
						p.values[name.Name] = v.Values[i]
					}
				}
			}
		}
	case *ast.FuncDecl:
		p.funcs[d.Name.Name] = append(p.funcs[d.Name.Name], d)
		ast.Inspect(d, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				p.calls[lastName(call.Fun)] = append(p.calls[lastName(call.Fun)], site{call, d})
			}
			return true
		})
	}
}

// lastName is f for f, x.f and x.y.f.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.StarExpr:
		return lastName(e.X)
	}
	return ""
}

// fields finds the values of a field in all literals of a type, with the
// literals.
func (p *goPackage) fields(typeName, field string, use func(in *ast.FuncDecl, lit *ast.CompositeLit, value ast.Expr)) {
	for _, decls := range p.funcs {
		for _, d := range decls {
			ast.Inspect(d, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				if ok && lastName(lit.Type) == typeName {
					if value := fieldOf(lit, field); value != nil {
						use(d, lit, value)
					}
				}
				return true
			})
		}
	}
}

func fieldOf(lit *ast.CompositeLit, field string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && lastName(kv.Key) == field {
			return kv.Value
		}
	}
	return nil
}

// texts are those that e can have within a function, for all callers of it.
func (p *goPackage) texts(in *ast.FuncDecl, e ast.Expr) []string {
	var done []string
	for _, text := range p.resolve(in, e) {
		done = append(done, p.fill(in, text, 0)...)
	}
	return done
}

// parameter marks the place of the parameter i in a text.
func parameter(i int) string { return "\x00" + strconv.Itoa(i) + "\x01" }

var parameters = regexp.MustCompile("\x00([0-9]+)\x01")

// fill puts what the callers of a function give in the place of its parameters.
func (p *goPackage) fill(in *ast.FuncDecl, text string, depth int) []string {
	if !parameters.MatchString(text) {
		return []string{text}
	}
	var out []string
	for _, s := range p.calls[in.Name.Name] {
		filled := []string{text}
		for _, m := range parameters.FindAllStringSubmatch(text, -1) {
			i, _ := strconv.Atoi(m[1])
			given := []string{gap}
			if i < len(s.call.Args) && depth < 8 {
				given = p.resolve(s.in, s.call.Args[i])
			}
			var next []string
			for _, f := range filled {
				for _, g := range given {
					next = append(next, strings.ReplaceAll(f, m[0], "\x02"+g+"\x02"))
				}
			}
			filled = next
		}
		for _, f := range filled {
			out = append(out, p.fill(s.in, strings.ReplaceAll(f, "\x02", ""), depth+1)...)
		}
	}
	return out
}

// resolve are the texts of e, with marks for the parameters of the function.
func (p *goPackage) resolve(in *ast.FuncDecl, e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil {
			return []string{s}
		}
	case *ast.ParenExpr:
		return p.resolve(in, e.X)
	case *ast.BinaryExpr:
		var out []string
		for _, left := range p.resolve(in, e.X) {
			for _, right := range p.resolve(in, e.Y) {
				out = append(out, left+right)
			}
		}
		return out
	case *ast.Ident:
		return p.named(in, e.Name)
	case *ast.CallExpr:
		return p.called(in, e)
	}
	return []string{gap}
}

// named resolves a parameter, a local variable, or a value of the package.
func (p *goPackage) named(in *ast.FuncDecl, name string) []string {
	i := 0
	for _, f := range in.Type.Params.List {
		for _, n := range f.Names {
			if n.Name == name {
				return []string{parameter(i)}
			}
			i++
		}
	}
	if local := p.assigned(in, name); local != nil {
		return local
	}
	if v, ok := p.values[name]; ok {
		if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			return p.resolve(in, lit)
		}
	}
	return []string{gap}
}

// assigned are the texts that a local variable is given: each by itself, and
// what is added to it after each.
func (p *goPackage) assigned(in *ast.FuncDecl, name string) []string {
	var out []string
	give := func(to ast.Expr, values []ast.Expr, i int, tok token.Token) {
		if id, ok := to.(*ast.Ident); !ok || id.Name != name || len(values) <= i {
			return
		}
		texts := p.resolve(in, values[i])
		if tok != token.ADD_ASSIGN {
			out = append(out, texts...)
			return
		}
		for _, before := range slices.Clone(out) {
			for _, text := range texts {
				out = append(out, before+text)
			}
		}
	}
	ast.Inspect(in, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, to := range n.Lhs {
				give(to, n.Rhs, i, n.Tok)
			}
		case *ast.ValueSpec:
			for i, to := range n.Names {
				give(to, n.Values, i, token.DEFINE)
			}
		}
		return true
	})
	return out
}

var verbs = regexp.MustCompile(`%[-+ #0]*[0-9.]*[a-zA-Z]`)

// called resolves a call: formatting, errors, and functions of the package that
// return sentences.
func (p *goPackage) called(in *ast.FuncDecl, call *ast.CallExpr) []string {
	name := lastName(call.Fun)
	switch name {
	case "Sprintf", "Errorf":
		if lit, ok := call.Args[0].(*ast.BasicLit); ok {
			format := p.resolve(in, lit)[0]
			return []string{strings.ReplaceAll(verbs.ReplaceAllString(format, gap), "%%", "%")}
		}
	case "New":
		return p.resolve(in, call.Args[0])
	case "Error", "Detail", "String":
		return []string{gap} // whose method it is, only types could tell
	}
	var out []string
	for _, f := range p.funcs[name] {
		for _, text := range p.returned(f) {
			if text = parameters.ReplaceAllString(text, gap); !strings.Contains(strings.TrimSpace(text), " ") {
				text = gap // no sentence, but a name or a value
			}
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	if out == nil {
		return []string{gap}
	}
	return out
}

// returned are the texts of the first result of a function that returns one.
func (p *goPackage) returned(f *ast.FuncDecl) []string {
	results := f.Type.Results
	if p.busy[f] || f.Body == nil || results == nil || len(results.List) != 1 || lastName(results.List[0].Type) != "string" {
		return nil
	}
	p.busy[f] = true
	defer delete(p.busy, f)
	var out []string
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
			out = append(out, p.resolve(f, r.Results[0])...)
		}
		return true
	})
	return out
}

// reachable are the functions that may run because of those named, judged by
// names alone, so that methods of interfaces count.
func (p *goPackage) reachable(names ...string) []*ast.FuncDecl {
	seen := map[string]bool{}
	var out []*ast.FuncDecl
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		for _, f := range p.funcs[name] {
			out = append(out, f)
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					names = append(names, lastName(call.Fun))
				}
				return true
			})
		}
	}
	return out
}

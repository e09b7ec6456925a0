package translate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"ws1bridge/scim/schema"
)

// The bounds of a computed attribute. Together with what expressions may use
// they bound its cost: at most maxNodes steps, a hundred times over where it
// goes through a list, on texts of maxText bytes.
const (
	maxExpression = 1000
	maxNodes      = 100
	maxText       = 4 << 10
	maxMemory     = 10_000 // elements of lists
)

// expression is a computed attribute: compiled once, evaluated for each user.
type expression struct {
	source  string
	program *vm.Program
	// reads are the attributes that it looks at.
	reads []scimPath
	// unshown are those of them that users are not shown with: a request that
	// does not bring them says nothing about the value.
	unshown []scimPath
}

// compileExpression compiles an expression and reports what is wrong with it.
func compileExpression(source, setting string, report *problems) *expression {
	e := &expression{source: source}
	if err := e.compile(); err != nil {
		// The compiler points at the place over several lines; the first has the reason.
		reason, _, _ := strings.Cut(err.Error(), "\n")
		report.add(setting, "the expression %s cannot be used: %s", source, reason)
	}
	return e
}

func (e *expression) compile() error {
	tree, err := parseExpression(e.source)
	if err != nil {
		return err
	}
	ast.Walk(&tree.Node, visit(func(n ast.Node) {
		if p, ok := readPath(n); ok && !slices.Contains(e.reads, p) {
			e.reads = append(e.reads, p)
		}
	}))
	for _, p := range e.reads {
		if notForTable(p) {
			return fmt.Errorf("%s is not for expressions: it is read-only or goes nowhere", p.Name)
		}
	}
	options := []expr.Option{expr.Env(newEnvironment(nil, "")), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins()}
	for _, name := range allowedBuiltins {
		options = append(options, expr.EnableBuiltin(name))
	}
	for _, f := range functions {
		options = append(options, expr.Function(f.name, f.call, f.signatures...))
	}
	e.program, err = expr.Compile(e.source, options...)
	return err
}

// parseExpression reads an expression and refuses what could cost too much.
func parseExpression(source string) (*parser.Tree, error) {
	if len(source) > maxExpression {
		return nil, fmt.Errorf("it is longer than %d characters", maxExpression)
	}
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, err
	}
	guard := &expressionGuard{}
	ast.Walk(&tree.Node, guard)
	return tree, guard.err
}

// readPath is the attribute that a node of an expression reads: user.title,
// user["urn:…"].badge, enterprise.department or workspace.userPrincipalName.
func readPath(n ast.Node) (p scimPath, ok bool) {
	if identifier, ok := n.(*ast.IdentifierNode); ok && identifier.Value == "email" {
		return attributePath("", "emails"), true
	}
	member, ok := n.(*ast.MemberNode)
	if !ok {
		return p, false
	}
	name, ok := member.Property.(*ast.StringNode)
	if !ok {
		return p, false
	}
	switch of := unchained(member.Node).(type) {
	case *ast.IdentifierNode:
		urn, ok := map[string]string{"user": "", "enterprise": schema.Enterprise, "workspace": schema.Workspace}[of.Value]
		return attributePath(urn, name.Value), ok && isAttribute(urn, name.Value)
	case *ast.MemberNode:
		user, ok := unchained(of.Node).(*ast.IdentifierNode)
		urn, ok2 := of.Property.(*ast.StringNode)
		if ok && ok2 && user.Value == "user" && isURN(urn.Value) {
			return attributePath(urn.Value, name.Value), isAttribute(urn.Value, name.Value)
		}
	}
	return p, false
}

// isAttribute reports whether the name is one of an attribute in that schema.
func isAttribute(urn, name string) bool {
	a, _, err := parseAttribute(attributePath(urn, name).String())
	return err == nil && a.Name == name
}

// unchained is the node without what ?. puts around it.
func unchained(n ast.Node) ast.Node {
	if chain, ok := n.(*ast.ChainNode); ok {
		return chain.Node
	}
	return n
}

// says reports whether a request brings all that only a request can say.
func (e *expression) says(r schema.Resource) bool {
	return !slices.ContainsFunc(e.unshown, func(p scimPath) bool { return !has(r, p) })
}

// allowedBuiltins are those of the language whose cost is bounded by that of
// their input.
var allowedBuiltins = []string{"len", "first", "last", "any", "all", "none", "one", "filter", "find", "map", "count"}

// nested are those that go through a list.
var nested = []string{"any", "all", "none", "one", "filter", "find", "map", "count"}

// expressionGuard refuses what could make an expression cost more than its
// length: loops in loops, texts that double, lists out of nothing.
type expressionGuard struct{ err error }

// Visit checks one node; ast.Walk calls it.
func (g *expressionGuard) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.BinaryNode:
		g.refuse(slices.Contains([]string{"..", "**", "^"}, n.Operator), "it uses the operator "+n.Operator)
		_, constant := n.Right.(*ast.StringNode)
		g.refuse(n.Operator == "matches" && !constant, "the pattern of matches must be a text")
	case *ast.VariableDeclaratorNode, *ast.SequenceNode, *ast.MapNode, *ast.BytesNode:
		g.refuse(true, "it declares variables, maps or bytes")
	case *ast.BuiltinNode:
		known := slices.Contains(allowedBuiltins, n.Name) ||
			slices.ContainsFunc(functions, func(f function) bool { return f.name == n.Name })
		g.refuse(!known, "it calls "+n.Name+", which is not allowed")
		g.refuse(slices.Contains(nested, n.Name) && loopsInside(n), "it goes through a list within going through a list")
	}
}

func (g *expressionGuard) refuse(bad bool, reason string) {
	if bad && g.err == nil {
		g.err = errors.New(reason)
	}
}

// loopsInside reports whether something in the node's arguments goes through a
// list for each value of the node's own.
func loopsInside(n *ast.BuiltinNode) bool {
	inner := false
	for i := range n.Arguments {
		if i == 0 {
			continue // the list itself is made once
		}
		ast.Walk(&n.Arguments[i], visit(func(node ast.Node) {
			b, ok := node.(*ast.BuiltinNode)
			inner = inner || ok && slices.Contains(nested, b.Name)
		}))
	}
	return inner
}

// visit is a function that ast.Walk can call.
type visit func(ast.Node)

// Visit calls the function.
func (v visit) Visit(node *ast.Node) { v(*node) }

package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// A Change replaces a piece of a file.
type Change struct {
	Package  *Package
	File     string // from the tree's root
	Line     int
	From, To int // bytes of the file
	Text     string
	What     string // the change in words
	InCode   bool   // of a function that the package itself compiles
}

func (c Change) String() string { return fmt.Sprintf("%s:%d: %s", c.File, c.Line, c.What) }

// other is what an operator is exchanged for. A comparison moves by its bound.
var other = map[token.Token]token.Token{
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
	token.AND: token.OR, token.OR: token.AND, token.XOR: token.AND, token.AND_NOT: token.AND, token.SHL: token.SHR, token.SHR: token.SHL,
	token.LAND: token.LOR, token.LOR: token.LAND,
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR, token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN, token.MUL_ASSIGN: token.QUO_ASSIGN, token.QUO_ASSIGN: token.MUL_ASSIGN,
	token.AND_ASSIGN: token.OR_ASSIGN, token.OR_ASSIGN: token.AND_ASSIGN, token.XOR_ASSIGN: token.AND_ASSIGN,
	token.SHL_ASSIGN: token.SHR_ASSIGN, token.SHR_ASSIGN: token.SHL_ASSIGN, token.INC: token.DEC, token.DEC: token.INC,
}

// changesOf returns all changes of a file, in its order.
func changesOf(p *Package, root, name string) ([]Change, error) {
	source, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, source, parser.ParseComments)
	if err != nil || ast.IsGenerated(file) {
		return nil, err
	}
	var list []Change
	inCode := false
	offset := func(pos token.Pos) int { return fset.Position(pos).Offset }
	text := func(n ast.Node) string { return string(source[offset(n.Pos()):offset(n.End())]) }
	replace := func(from, to int, by, what string) {
		list = append(list, Change{p, name, fset.Position(file.FileStart + token.Pos(from)).Line, from, to, by, what, inCode})
	}
	operator := func(pos token.Pos, op token.Token, whole ast.Node) {
		if by, ok := other[op]; ok {
			from := offset(pos)
			replace(from, from+len(op.String()), by.String(), fmt.Sprintf("%v becomes %v in `%s`", op, by, short(text(whole))))
		}
	}
	negate := func(cond ast.Expr) {
		if cond != nil {
			replace(offset(cond.Pos()), offset(cond.End()), "!("+text(cond)+")", fmt.Sprintf("not `%s`", short(text(cond))))
		}
	}
	// What is dropped leaves its lines, so that no other code changes.
	drop := func(s ast.Stmt) {
		t := text(s)
		replace(offset(s.Pos()), offset(s.End()), strings.Repeat("\n", strings.Count(t, "\n")), fmt.Sprintf("without `%s`", short(t)))
	}
	statements := func(body []ast.Stmt) {
		for _, s := range body {
			switch s := s.(type) {
			case *ast.ExprStmt, *ast.IncDecStmt, *ast.BranchStmt:
				drop(s)
			case *ast.AssignStmt:
				if s.Tok != token.DEFINE {
					drop(s)
				}
			}
		}
	}
	visit := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BinaryExpr:
			operator(n.OpPos, n.Op, n)
		case *ast.AssignStmt:
			operator(n.TokPos, n.Tok, n)
		case *ast.IncDecStmt:
			operator(n.TokPos, n.Tok, n)
		case *ast.BasicLit:
			at, end := offset(n.Pos()), offset(n.End())
			switch n.Kind {
			case token.INT:
				replace(at, end, "("+n.Value+"+1)", n.Value+" becomes one more")
				if n.Value != "0" {
					replace(at, end, "("+n.Value+"-1)", n.Value+" becomes one less")
				}
			case token.FLOAT:
				replace(at, end, "("+n.Value+"*2)", n.Value+" is doubled")
			}
		case *ast.IfStmt:
			negate(n.Cond)
		case *ast.ForStmt:
			negate(n.Cond)
		case *ast.CallExpr:
			for i := range max(len(n.Args)-1, 0) {
				if a, b := text(n.Args[i]), text(n.Args[i+1]); a != b && (!n.Ellipsis.IsValid() || i+2 < len(n.Args)) {
					between := string(source[offset(n.Args[i].End()):offset(n.Args[i+1].Pos())])
					replace(offset(n.Args[i].Pos()), offset(n.Args[i+1].End()), b+between+a, fmt.Sprintf("`%s` and `%s` swapped in `%s`", short(a), short(b), short(text(n))))
				}
			}
		case *ast.BlockStmt:
			statements(n.List)
		case *ast.CaseClause:
			statements(n.Body)
		}
		return true
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		inCode = ok && f.Type.TypeParams == nil && !hasParameters(f.Recv)
		ast.Inspect(d, visit)
	}
	return list, nil
}

// hasParameters reports whether a receiver's type has: such a method is compiled
// where it is used.
func hasParameters(recv *ast.FieldList) bool {
	found := false
	if recv != nil {
		ast.Inspect(recv, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.IndexExpr, *ast.IndexListExpr:
				found = true
			}
			return true
		})
	}
	return found
}

// short is a text on one line, cut to what a line bears.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

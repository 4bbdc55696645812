package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// templates is the file that says what stands in templates as (t "…").
const templates = "../../internal/page/base.go"

// said finds every text that a command says: the first argument of lang.T in
// Go, of T in JavaScript, and of t in templates. Where is its file.
func said(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	inScript := regexp.MustCompile(`\bT\(("(?:[^"\\]|\\.)*")`)
	inTemplate := regexp.MustCompile(`\(t ("(?:[^"\\]|\\.)*")\)`)
	quoted := func(path, literal string) {
		text, err := strconv.Unquote(literal)
		if err != nil {
			t.Fatalf("%s: %s: %v", path, literal, err)
		}
		found[text] = path
	}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.Name() == "testdata" {
				return fs.SkipDir
			}
			return err
		}
		switch ext := filepath.Ext(path); {
		case ext == ".js" || ext == ".html":
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			shape := inScript
			if ext == ".html" {
				shape = inTemplate
			}
			for _, m := range shape.FindAllSubmatch(b, -1) {
				quoted(path, string(m[1]))
			}
		case ext == ".go" && !strings.HasSuffix(path, "_test.go"):
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || !callsT(call.Fun) || path == templates {
					return true
				}
				text := literal(call.Args[0])
				if text == "" {
					t.Errorf("%s: lang.T is called with something else than a literal", path)
					return true
				}
				quoted(path, text)
				return true
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 10 {
		t.Fatalf("only %d texts found: the search does not work", len(found))
	}
	return found
}

func callsT(fun ast.Expr) bool {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "T" {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && pkg.Name == "lang"
}

// literal returns a string literal as it is written, also one of several
// pieces, or "".
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			return e.Value
		}
	case *ast.BinaryExpr:
		a, errA := strconv.Unquote(literal(e.X))
		b, errB := strconv.Unquote(literal(e.Y))
		if errA == nil && errB == nil {
			return strconv.Quote(a + b)
		}
	}
	return ""
}

// TestEveryTextIsInTheTable: what is said has a Chinese.
func TestEveryTextIsInTheTable(t *testing.T) {
	for text, path := range said(t) {
		if _, ok := table()[text]; !ok {
			t.Errorf("%s says %q, which is not in the table", path, text)
		}
	}
}

// TestEveryEntryIsSaid: the table holds nothing that nobody says. What other
// packages say is held against them elsewhere.
func TestEveryEntryIsSaid(t *testing.T) {
	all := said(t)
	for _, list := range topics {
		for _, text := range list {
			if slices.Contains(faultTexts, text) {
				continue
			}
			if _, ok := all[text.EN]; !ok {
				t.Errorf("nothing says %q", text.EN)
			}
		}
	}
}

// TestVerbsAgree: both languages take the same arguments.
func TestVerbsAgree(t *testing.T) {
	for _, text := range table() {
		en, zh := verbs(text.EN), verbs(text.ZH)
		if !slices.Equal(en, zh) {
			t.Errorf("%q takes %q, %q takes %q", text.EN, en, text.ZH, zh)
		}
	}
}

// verbs returns a format's verbs by the argument they take.
func verbs(format string) []string {
	var list []string
	next := 1
	for _, m := range regexp.MustCompile(`%(?:\[(\d+)\])?([-+# 0]*\d*(?:\.\d+|\.\*)?)(?:\[(\d+)\])?([a-zA-Z%])`).FindAllStringSubmatch(format, -1) {
		if m[4] == "%" {
			continue
		}
		for _, index := range []string{m[1], m[3]} {
			if n, err := strconv.Atoi(index); err == nil {
				next = n
			}
		}
		for len(list) < next {
			list = append(list, "")
		}
		list[next-1] = m[2] + m[4]
		next++
	}
	return list
}

// TestChinese: what is said in words is said in Chinese.
func TestChinese(t *testing.T) {
	for _, text := range table() {
		words := strings.ContainsFunc(verb.ReplaceAllString(text.EN, ""), unicode.IsLetter)
		if words && !strings.ContainsFunc(text.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%q has the Chinese %q", text.EN, text.ZH)
		}
		if strings.ContainsAny(verb.ReplaceAllString(text.ZH, ""), "%") {
			t.Errorf("%q has a %% that is no verb", text.ZH)
		}
	}
}

func TestT(t *testing.T) {
	got := T("Interrupted: %s", Text{"a run", "一次运行"})
	if want := (Text{"Interrupted: a run", "已中断：一次运行"}); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := T("no such text, %d", 3); got.EN != "no such text, 3" || got.ZH != got.EN {
		t.Errorf("a text that is not in the table: %q", got)
	}
	a, b, c := Text{"a", "甲"}, Text{"b", "乙"}, Text{"c", "丙"}
	if got, want := And(a, b, c), (Text{"a, b and c", "甲、乙和丙"}); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := Sentences(a, Text{}, b), (Text{"a b", "甲乙"}); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := And(a); got != a {
		t.Errorf("one part: %q", got)
	}
}

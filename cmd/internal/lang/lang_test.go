package lang

import (
	"fmt"
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

	"glassbox/nn/faults"
	"glassbox/nn/message"
)

// templates is the file that says what stands in templates as (t "…").
const templates = "cmd/internal/page/base.go"

const root = "../../../"

// word is what makes a text one to translate.
var word = regexp.MustCompile(`[A-Za-z]{2}`)

// said finds every text that is said: the first argument of lang.T,
// message.New and message.Errorf in Go, of T in JavaScript, of t in templates,
// and the catalogue of faults. Where is its file.
func said(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	inScript := regexp.MustCompile(`\bT\(("(?:[^"\\]|\\.)*")`)
	inTemplate := regexp.MustCompile(`\(t ("(?:[^"\\]|\\.)*")\)`)
	quoted := func(path, literal string, plain bool) {
		text, err := strconv.Unquote(literal)
		if err != nil {
			t.Fatalf("%s: %s: %v", path, literal, err)
		}
		if text = strings.ReplaceAll(text, "%w", "%v"); plain {
			text = edges.ReplaceAllString(text, "")
		}
		found[text] = path
	}
	for _, dir := range []string{"cmd", "nn", "perceptron", "moons", "mat"} {
		err := filepath.WalkDir(root+dir, func(path string, d fs.DirEntry, err error) error {
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
					quoted(path, string(m[1]), false)
				}
			case ext == ".go" && !strings.HasSuffix(path, "_test.go"):
				f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
				if err != nil {
					return err
				}
				if path == root+templates {
					return nil
				}
				wrappers := map[string]int{} // functions of the file that make texts, and which argument the format is
				ast.Inspect(f, func(n ast.Node) bool {
					if a, ok := n.(*ast.AssignStmt); ok {
						if name, at, ok := wrapper(a); ok {
							wrappers[name] = at
						}
					}
					call, ok := n.(*ast.CallExpr)
					if !ok {
						return true
					}
					at, plain := plainAt(call, path)
					if name, ok := call.Fun.(*ast.Ident); ok && wrappers[name.Name] > 0 {
						at = wrappers[name.Name]
					} else if !says(call) && !plain {
						return true
					}
					switch text := literal(call.Args[at]); {
					case text != "":
						quoted(path, text, plain)
					case !plain && !catalogued(call.Args[at]) && !isFormat(call.Args[at]):
						t.Errorf("%s: a text is not a literal", path)
					}
					return true
				})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(found) < 600 {
		t.Fatalf("only %d texts found: the search does not work", len(found))
	}
	for _, f := range faults.All {
		found[f.Doc], found[f.Fix] = f.Name, f.Name
	}
	return found
}

// says reports whether a call makes a text.
func says(call *ast.CallExpr) bool {
	if name, ok := call.Fun.(*ast.Ident); ok {
		return name.Name == "Usagef"
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && slices.Contains([]string{"lang.T", "lang.Say", "lang.SayOf", "message.New", "message.Errorf", "cli.Usagef"}, pkg.Name+"."+sel.Sel.Name)
}

// edges are what of a text in plain English is read by itself.
var edges = regexp.MustCompile(`^(%[sv][:;] )+|([:;] %[sv])+$`)

// plainAt returns which argument of a call is a text in plain English, which Read
// reads: of an error, or of the help.
func plainAt(call *ast.CallExpr, path string) (at int, ok bool) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if pkg, ok := f.X.(*ast.Ident); ok && slices.Contains([]string{"fmt", "errors", "cli"}, pkg.Name) {
			name = pkg.Name + "." + name
		}
	}
	at, ok = map[string]int{"fmt.Errorf": 0, "errors.New": 0, "fail": 0, "errorf": 0, "lineError": 0, "at": 1, "cli.New": 1, "cli.Var": 4, "cli.VarEach": 4, "Group": 0}[name]
	if name == "errorf" && strings.HasSuffix(path, "/dataset.go") {
		at = 1
	}
	return at, ok && at < len(call.Args) && !ours.MatchString(path)
}

// ours are files whose errors no user meets: mistakes of this program, what its
// tests and the processes of bench tell each other.
var ours = regexp.MustCompile(`/(plotsvg|testkit|trials|pack|lang|nptest|nprand|gen)/|/(bench/serve|lab/(build|page)|npy/write|(page|inspector)/render|part1/figures|cli/(set|show|variable)|listing/listing)\.go$`)

// wrapper returns the name of a function that a statement defines, with a
// parameter called format, and which that is.
func wrapper(a *ast.AssignStmt) (name string, at int, ok bool) {
	f, isFunc := a.Rhs[0].(*ast.FuncLit)
	if !isFunc {
		return "", 0, false
	}
	for _, field := range f.Type.Params.List {
		for _, x := range field.Names {
			if isFormat(x) {
				return a.Lhs[0].(*ast.Ident).Name, at, true
			}
			at++
		}
	}
	return "", 0, false
}

func isFormat(e ast.Expr) bool {
	x, ok := e.(*ast.Ident)
	return ok && x.Name == "format"
}

// catalogued reports whether a text is taken from the catalogue of faults.
func catalogued(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	return ok && (sel.Sel.Name == "Doc" || sel.Sel.Name == "Fix")
}

// literal returns a string literal as it is written, also one of several
// pieces or one that a constant of the file names, or "".
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		if e.Obj != nil {
			if c, ok := e.Obj.Decl.(*ast.ValueSpec); ok && e.Obj.Kind == ast.Con {
				return literal(c.Values[0])
			}
		}
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

// TestEveryTextIsInTheTable: what is said in words has a Chinese.
func TestEveryTextIsInTheTable(t *testing.T) {
	for text, path := range said(t) {
		if _, ok := table()[text]; !ok && word.MatchString(verb.ReplaceAllString(text, "")) {
			t.Errorf("%s says %q, which is not in the table", path, text)
		}
	}
}

// TestEveryEntryIsSaid: the table holds nothing that nobody says, but for what
// plain texts are put together from.
func TestEveryEntryIsSaid(t *testing.T) {
	all, pieces := said(t), load("plain-")
	for english := range load("plain-errors") {
		delete(pieces, english)
	}
	for english := range table() {
		if _, ok := all[english]; !ok && pieces[english] == (Text{}) {
			t.Errorf("nothing says %q", english)
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
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
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
		words := word.MatchString(verb.ReplaceAllString(text.EN, ""))
		if words && !strings.ContainsFunc(text.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%q has the Chinese %q", text.EN, text.ZH)
		}
		if strings.ContainsAny(verb.ReplaceAllString(text.ZH, ""), "%") {
			t.Errorf("%q has a %% that is no verb", text.ZH)
		}
	}
}

// TestReadRefuses: a half pair and a text told twice are no table.
func TestReadRefuses(t *testing.T) {
	for file, want := range map[string]string{
		"# none\n\na\n\t甲\nb\n\t乙\n": "",
		"a\n":                        `"a" has no Chinese`,
		"a\nb\n\t乙\n":                "line 2: each English text needs its Chinese under it, after a tab",
		"a\n\t甲\n\t乙\n":              "line 3: each English text needs its Chinese under it, after a tab",
		"a\n\t甲\na\n\t甲\n":           `line 3: "a" stands twice in the table`,
	} {
		got, err := map[string]Text{}, ""
		if e := read(got, file); e != nil {
			err = e.Error()
		}
		if err != want || want == "" && (len(got) != 2 || got["b"] != Text{"b", "乙"}) {
			t.Errorf("%q: %q, %s; want %s", file, got, err, want)
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
	// Texts of the libraries go in by language, however deep.
	inner := message.New("%s: %s", message.New("db has the wrong sign"), message.Errorf("only row %d is off", 3))
	if got, want := Of(message.New("%s (%s)", inner, "dW1[0,3]")), (Text{"db has the wrong sign: only row 3 is off (dW1[0,3])", "db 的符号反了：只有第 3 行不对（dW1[0,3]）"}); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := T("%s.", message.Errorf("only row %d is off", 3)).Cut(8), (Text{"only ro…", "只有第 3 行…"}); got != want {
		t.Errorf("%q, want %q", got, want)
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

// TestRead: what was made by a format of the files plain-*.txt is read as that.
func TestRead(t *testing.T) {
	for _, text := range load("plain-") {
		var args []any
		for k, v := range verbs(text.EN) {
			switch v[len(v)-1] {
			case 'd', 'x':
				args = append(args, 7+k)
			case 'g':
				args = append(args, 0.5+float64(k))
			default:
				args = append(args, string(rune('A'+k))+"0")
			}
		}
		if args == nil {
			continue
		}
		english, want := fmt.Sprintf(text.EN, args...), fmt.Sprintf(text.ZH, args...)
		for _, context := range [][2]string{{"", ""}, {"a file: ", "a file："}} {
			if got := Read(context[0] + english); got != (Text{context[0] + english, context[1] + want}) {
				t.Errorf("%q is read as %q, want %q", context[0]+english, got.ZH, context[1]+want)
			}
		}
	}
}

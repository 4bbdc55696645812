package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// literals are the texts in the source of a package, those in errors apart.
func literals(t *testing.T, dir string) (texts, errors []string) {
	t.Helper()
	files, err := filepath.Glob(root + dir + "/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", dir, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		failing := map[ast.Node]bool{}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Errorf" {
					failing[n.Args[0]] = true
				}
			case *ast.BinaryExpr:
				if text := literal(n); text != "" {
					text, _ = strconv.Unquote(text)
					texts = append(texts, text)
					return false
				}
			case *ast.BasicLit:
				if n.Kind != token.STRING {
					return true
				}
				text, err := strconv.Unquote(n.Value)
				switch {
				case err != nil:
					t.Fatal(err)
				case failing[n]:
					errors = append(errors, text)
				default:
					texts = append(texts, text)
				}
			}
			return true
		})
	}
	return texts, errors
}

// shape matches what a literal of the source may become part of.
func shape(literal string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(literal), "%s", ".*"))
}

var words = regexp.MustCompile(`[A-Za-z]{2,},? [a-z]{2,}`)

// notSaid are texts of the source that nobody reads, or no words.
var notSaid = []string{
	"batches waiting", "momentum of ", // names among tensors
	"units in layer %d", // of an error of reading
	"%s = e%d / Σ ec, ec = exp(%s[%d,c] − m), m = max %s[%d,c], %s",
}

// What the source says in words is in the table, but for errors of reading.
func TestSourceIsInTheTable(t *testing.T) {
	n := 0
	for _, dir := range []string{"nn/audit", "nn/faults"} {
		texts, _ := literals(t, dir)
		for _, text := range texts {
			if !words.MatchString(text) || slices.Contains(notSaid, text) {
				continue
			}
			n++
			if s := shape(text); !slices.ContainsFunc(slices.Collect(maps.Keys(table())), s.MatchString) {
				t.Errorf("%s says %q, which is not in the table", dir, text)
			}
		}
	}
	if n < 150 {
		t.Errorf("only %d texts found: the search does not work", n)
	}
}

// What is in the table for them they do say.
func TestTableIsInTheSource(t *testing.T) {
	var shapes []*regexp.Regexp
	for _, dir := range []string{"nn/audit", "nn/faults", "nn", "cmd/internal/experiment"} {
		texts, errors := literals(t, dir)
		for _, text := range append(texts, errors...) {
			if len(text) > 8 && regexp.MustCompile(`[a-z]{4}|\b0\b`).MatchString(strings.ReplaceAll(text, "%s", "")) {
				shapes = append(shapes, shape(text))
			}
		}
	}
	for _, text := range faultTexts {
		if !word.MatchString(verb.ReplaceAllString(text.EN, "")) {
			continue
		}
		if !slices.ContainsFunc(shapes, func(s *regexp.Regexp) bool { return s.MatchString(text.EN) }) {
			t.Errorf("nothing says %q", text.EN)
		}
	}
}

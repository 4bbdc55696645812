package program

import (
	"encoding/json"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/nn/faults"
	"glassbox/nn/graph"
)

// A plant is one change of a right program that makes it wrong.
type plant struct {
	Kind, Old, New string
	Name           string   // in the catalogue, "" where that has it not
	Also           []int    // other lines that it may be told at
	Cause          []string // of which one has to be said
}

// plants are the changes of the programs in a folder, by program.
func plants(t *testing.T, folder string) (by map[string][]plant) {
	t.Helper()
	b, err := os.ReadFile(programs + folder + "/faults.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &by); err != nil {
		t.Fatal(err)
	}
	return by
}

// planted judges a program with a fault in it, and gives the lines that it is to
// be told at.
func planted(t *testing.T, python, program string, f plant) (v *Verdict, lines []int) {
	t.Helper()
	before, after, ok := strings.Cut(source(t, program), f.Old)
	if !ok {
		t.Fatalf("%q is no longer in %s", f.Old, program)
	}
	for i := range 1 + strings.Count(f.New, "\n") {
		lines = append(lines, 1+i+strings.Count(before, "\n"))
	}
	return judged(t, python, path.Base(program), before+f.New+after), append(lines, f.Also...)
}

// told is the first error, which has to be at one of the lines and to say one of
// the causes, if there are any.
func (f plant) told(t *testing.T, v *Verdict, lines []int) Finding {
	t.Helper()
	list := errorsOf(v)
	if x, err := faults.Find(f.Name); err == nil && x.Misleads {
		list = v.Findings // warnings
	}
	if slices.Contains(f.Cause, "no known form") {
		list = v.Findings // a rule of one's own, perhaps
	}
	if len(list) == 0 {
		t.Fatalf("nothing was found: %s %v", v.Verdict, v.Unjudged)
	}
	x := list[0]
	if !slices.Contains(lines, x.Line) {
		t.Errorf("told at line %d, planted at %v: %v", x.Line, lines, x)
	}
	if said := x.Relation + x.String(); f.Cause != nil && !slices.ContainsFunc(f.Cause, func(c string) bool { return strings.Contains(said, c) }) {
		t.Errorf("%v is not said: %s", f.Cause, said)
	}
	if f.Name != "" && x.Cause != f.Name {
		t.Errorf("the catalogue has it as %s, and it is called %q: %v", f.Name, x.Cause, x)
	}
	return x
}

// TestUnknownValues judges a wrong program of which one value after the other is
// not known, with all that follows from it: less can be said of it, and nothing
// else.
func TestUnknownValues(t *testing.T) {
	t.Parallel()
	file := traced(t, nptest.Python(t, "numpy"), "unknown", `import numpy as np
rng = np.random.default_rng(2)
X, y = rng.normal(size=(8, 50)), rng.normal(size=(8, 1))
W, v = rng.normal(size=(50, 50)) / 7, rng.normal(size=(50, 1)) / 7
for _ in range(9):
    h = np.tanh(X @ W)
    e = h @ v - y
    loss = np.mean(e ** 2)
    dv = h.T @ e / 4
    dW = X.T @ (e @ v.T * (1 - h)) / 4
    v -= 0.1 * dv
    W -= 0.1 * dW
`)
	lost := 0
	for n := 0; ; n++ {
		g, err := graph.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		if n == len(g.Nodes) {
			break
		}
		if g.HasValue(n) {
			continue
		}
		g.Nodes[n].Op = graph.Lookup("opaque:lost")
		lost++
		for _, f := range errorsOf(Judge(g)) {
			if f.Line != 10 {
				t.Errorf("without the value of node %d: %v", n, f)
			}
		}
	}
	if lost < 9 {
		t.Errorf("only %d values were computed", lost)
	}
}

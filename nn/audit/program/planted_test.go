package program

import (
	"encoding/json"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// A plant is one change of a right program that makes it wrong.
type plant struct {
	Kind, Old, New string
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
	return x
}

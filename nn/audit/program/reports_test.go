package program

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// TestReports holds programs made after public reports of mistakes, right and
// wrong, against what is to be said of them.
func TestReports(t *testing.T) {
	python := nptest.Python(t, "numpy")
	b, err := os.ReadFile(programs + "reports/faults.json")
	if err != nil {
		t.Fatal(err)
	}
	var planted map[string][]struct {
		Kind, Old, New string
		Also           []int
		Cause          []string
	}
	if err := json.Unmarshal(b, &planted); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"assignment", "penalised"} {
		text := source(t, "reports/"+name)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v := judged(t, python, name, text); !v.Clean() {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
		for _, f := range planted[name] {
			t.Run(name+"/"+f.Kind, func(t *testing.T) {
				t.Parallel()
				at := strings.Index(text, f.Old)
				if at < 0 {
					t.Fatal("the program no longer has this line")
				}
				lines := f.Also
				for i := range 1 + strings.Count(f.New, "\n") {
					lines = append(lines, 1+i+strings.Count(text[:at], "\n"))
				}
				list := errorsOf(judged(t, python, name, text[:at]+f.New+text[at+len(f.Old):]))
				if len(list) == 0 {
					t.Fatal("nothing was found")
				}
				said := list[0].String()
				if !slices.ContainsFunc(f.Cause, func(c string) bool { return strings.Contains(said, c) }) {
					t.Errorf("%v is not said: %s", f.Cause, said)
				}
				// A mask that comes before is as good as the one left out: the two
				// give the same gradients, and both lines mend them.
				if !slices.Contains(lines, list[0].Line) && f.Kind != "dropout backward without its mask" {
					t.Errorf("planted at %v: %s", lines, said)
				}
			})
		}
	}
}

package trials

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/nn/audit/program"
)

// The counts, what was said of a wrong one, and an error where there is one.
func TestPrintVaried(t *testing.T) {
	result := func(seed string, o Outcome) Result {
		return Result{Trial: Trial{Program: &Program{Group: "varied", Name: seed}, Fault: -1}, Outcome: o}
	}
	results := []Result{result("4", Clean), result("5", PartlyJudged), result("6", NotJudged), result("7", Clean)}
	var b strings.Builder
	if err := PrintVaried(&b, results); err != nil || b.String() != "4 varied programs: 2 clean, 1 partly judged, 1 not judged, 0 wrong\n" {
		t.Errorf("%v: %s", err, b.String())
	}
	b.Reset()
	wrong := result("8", FalseError)
	wrong.First = program.Finding{Line: 12, Relation: "the update"}
	if err := PrintVaried(&b, append(results, wrong)); err == nil || !strings.Contains(b.String(), "1 wrong\n  varied/8; said of line 12: the update") {
		t.Errorf("%v: %s", err, b.String())
	}
}

// Programs are written by their seeds, recorded and judged.
func TestVaried(t *testing.T) {
	r, err := NewRunner(nptest.Python(t, "numpy"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	results, err := r.Varied(t.Context(), "../../../testdata/programs/varied", 1, 2, func() { n++ })
	if err != nil || n != 2 || len(results) != 2 {
		t.Fatal(results, n, err)
	}
	for i, x := range results {
		if head := "# seed " + string(rune('1'+i)) + ":"; !strings.HasPrefix(x.Source, head) || x.Outcome == "" {
			t.Errorf("%q, want one that begins with %q: %s", x.Source, head, x.Outcome)
		}
	}
	if _, err := r.Varied(t.Context(), t.TempDir(), 1, 1, func() {}); err == nil {
		t.Error("no error without a generator")
	}
}

package trials

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/nn/audit/program"
)

func load(t *testing.T) []Program {
	t.Helper()
	dirs, err := filepath.Glob("../../../testdata/programs/*")
	if err != nil {
		t.Fatal(err)
	}
	var all []Program
	for _, dir := range dirs {
		if filepath.Ext(dir) != "" {
			continue
		}
		list, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
	}
	return all
}

// TestPrograms holds the size of the trials against what is said of them.
func TestPrograms(t *testing.T) {
	programs := load(t)
	kinds := map[string]bool{}
	trials := Trials(programs)
	for _, x := range trials {
		if x.Kind != "" {
			kinds[x.Kind] = true
		}
		if x.Fault >= 0 && len(x.Lines) == 0 {
			t.Errorf("%s: no line", x.name())
		}
	}
	right, faults := len(programs), len(trials)-len(programs)
	t.Logf("%d right programs, %d faults of %d kinds", right, faults, len(kinds))
	if right < 90 || faults < 500 || len(kinds) < 80 {
		t.Errorf("%d right programs, %d faults of %d kinds; want at least 90, 500, 80", right, faults, len(kinds))
	}
}

func TestLines(t *testing.T) {
	source := "a\nb\nc\nd\n"
	for _, c := range []struct {
		fault Fault
		want  []int
	}{
		{Fault{Old: "b", New: "x"}, []int{2}},
		{Fault{Old: "b\nc", New: "b\nx"}, []int{3}},
		{Fault{Old: "b\nc", New: "c\nb", Also: []int{1}}, []int{1, 2, 3}},
		{Fault{Old: "b\nc\n", New: "b\n"}, []int{3}},
		{Fault{Old: "c\nd", New: "c"}, []int{3}},
	} {
		if got := c.fault.lines(source); !slices.Equal(got, c.want) {
			t.Errorf("%q for %q: lines %v, want %v", c.fault.New, c.fault.Old, got, c.want)
		}
	}
}

func TestResult(t *testing.T) {
	right := Trial{Program: &Program{Group: "g", Name: "n"}, Fault: -1}
	wrong := Trial{Program: right.Program, Fault: 0, Lines: []int{4}}
	on := func(line int, level string) *program.Verdict {
		return &program.Verdict{Findings: []program.Finding{{Line: line, Severity: level}}}
	}
	judged := &program.Verdict{Verdict: "clean"}
	for _, c := range []struct {
		t    Trial
		v    *program.Verdict
		want Outcome
	}{
		{right, judged, Clean}, {right, &program.Verdict{}, NotJudged}, {right, on(3, "error"), FalseError},
		{wrong, judged, Missed}, {wrong, on(4, "warning"), OnLine}, {right, on(3, "warning"), FalseError}, {wrong, on(4, "note"), Missed}, {wrong, on(4, "error"), OnLine}, {wrong, on(5, "error"), Elsewhere},
	} {
		if got := c.t.result(c.v).Outcome; got != c.want {
			t.Errorf("fault %d, %+v: %s, want %s", c.t.Fault, c.v.Findings, got, c.want)
		}
	}
}

// TestRun records and judges a few programs, right and wrong; bench judge does
// so with all.
func TestRun(t *testing.T) {
	python := nptest.Python(t, "numpy")
	r, err := NewRunner(python)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var few []Trial
	for _, x := range Trials(load(t)) {
		if slices.Contains([]string{"seen/colnet", "seen/colnet.0", "seen/gru", "seen/gru.1", "seen/attn", "seen/attn.2"}, x.name()) {
			few = append(few, x)
		}
	}
	results, err := r.All(t.Context(), few, nil, func(Result) {})
	if err != nil {
		t.Fatal(err)
	}
	c := counts(results, group)
	all := c[len(c)-1]
	if len(results) != 6 || all.outcomes[Clean] != 3 || all.outcomes[OnLine] != 3 || all.named != 3 {
		var table strings.Builder
		Print(&table, results)
		t.Errorf("six trials are not as they were:\n%s", table.String())
	}
}

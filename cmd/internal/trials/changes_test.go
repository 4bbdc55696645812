package trials

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

func runner(t *testing.T) *Runner {
	t.Helper()
	r, err := NewRunner(nptest.Python(t, "numpy"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

const small = `import numpy as np
a = np.arange(6.0).reshape(2, 3) + 1
d = a * (a - 2) * (1 - a ** 2)
s = d.sum(axis=1)
for k in range(2):
    s[k] += k
print(s[0], s[1], d[0, 1])
`

// TestNamed holds what is said of a line against the change that was made to
// it: only what gives the right program counts.
func TestNamed(t *testing.T) {
	r := runner(t)
	right := Program{Group: "g", Name: "small", Source: small}
	out, err := r.prints(t.Context(), &right)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, said, want string }{
		{"axis=1", "axis=0", "sum over axis 1 is meant", "the right statement"},
		{"axis=1", "axis=0", "sum over all axes is meant", ""},
		{"axis=1", "axis=0", "the sum is taken over axis 0 and should be over axis 1", "the right statement"},
		{"axis=1", "axis=0", "the sum is taken over axis 1 and should be over axis 0", ""},
		{".sum(", ".mean(", "sum over axis 1 is meant", "the right statement"},
		{"(a - 2)", "(2 - a)", "the two sides of `-` are exchanged", "the right statement"},
		{"(a - 2)", "(a + 2)", "`+` should be `-`", "the right statement"},
		{"(a - 2)", "(a + 2)", "`-` should be `+`", ""},
		{"a ** 2", "a ** 3", "the exponent should be 2", "the right run"},
		{" * (1 - a ** 2)", "", "`a * (a - 2)` lacks the factor `1 - a ** 2` (small.py:3)", "the right statement"},
		{" * (1 - a ** 2)", "", "`a * (a - 2)` lacks the factor `a` (small.py:2)", ""},
		{"d = a *", "d = 0.5 * a *", "0.5 times what it should be", "the right run"},
		{"d = a *", "d = 0.5 * a *", "2 times what it should be", ""},
		{"a ** 2)", "d0 ** 2)", "`a` (small.py:2) is meant, not `d0`", "the right statement"},
		{"(1 - a", "(1 - s0", "`other.a` (other.py:2) is meant, not `s0`; this makes the wrong gradient right", "the right operand"},
		{"(1 - a", "(1 - s0", "`other.a` (other.py:2) is meant, not `a`; this makes the wrong gradient right", ""},
		{" * (1 - a ** 2)", "", "the derivative of the tanh is missing", "the right operand"},
		{"(a - 2)", "a", "the share of the derivative that comes through `b` is left out", "the right operand"},
		{"(a - 2)", "(a + 2)", "the share of the derivative that comes through `b` is left out", ""},
		{"a * (a - 2)", "a * (a - 2) * a", "it is applied to a gradient that has it in it already", "the right operand"},
		{"a * (a - 2)", "a * (a + 2) * a", "it is applied to a gradient that has it in it already", ""},
		{"a ** 2", "a0 ** 2", "`a` and `a0` are exchanged", ""},
		{"s[k] += k", "s[k] = k", "`+=` is meant, not `=`: what was there is lost", "the right statement"},
		{"+= k", "= k", "the value should be added (`+=`), not written (`=`)", "the right statement"},
		{"(a - 2)", "(a + 2)", "`d` should be the derivative of the loss by `a`", ""},
	} {
		wrong := strings.Replace(strings.Replace(small, c.old, c.new, 1), "d = a", "d0, s0 = a + 1, a - 1; d = a", 1)
		whole := strings.Replace(small, "d = a", "d0, s0 = a + 1, a - 1; d = a", 1)
		line := 1 + strings.Count(wrong[:commonPrefix(wrong, whole)], "\n")
		a, err := r.helpers.ask(t.Context(), question{Do: "mend", Name: "small", Source: wrong, Right: whole, Out: out, Line: line, Text: c.said})
		if err != nil || a.By != c.want {
			t.Errorf("%q for %q, said %q: %q, want %q (%v)", c.new, c.old, c.said, a.By, c.want, err)
		}
	}
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// TestChanges lists the small changes of two lines, and of no others.
func TestChanges(t *testing.T) {
	r := runner(t)
	source := "rate = 0.1\nfor k in range(3):\n    g = x.T @ d / n + 2 * w\n    v = 0.9 * v + g.sum(axis=0)\n    w -= rate * v\n    w -= rate * v\n"
	a, err := r.helpers.ask(t.Context(), question{Do: "list", Source: source, Lines: []int{1, 3, 4, 5}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range a.Changes {
		line := strings.Split(m.source, "\n")[m.line-1]
		got = append(got, m.kind+": "+strings.TrimSpace(line))
		if strings.Count(m.source, "\n") != 6 || !strings.HasSuffix(m.source, "\n    w -= rate * v\n") {
			t.Errorf("%s changes more than its line:\n%s", m.kind, m.source)
		}
	}
	for _, want := range []string{
		"operator: g = x.T @ d / n - 2 * w", "operator: g = x.T @ d * n + 2 * w", "operand: g = x.T / n + 2 * w", "transposition: g = x @ d / n + 2 * w",
		"constant: g = x.T @ d / n + 4 * w", "axis: v = 0.9 * v + g.sum(axis=1)", "reduction: v = 0.9 * v + g.mean(axis=0)", "+=: w = rate * v", "operator: w += rate * v", "operand: w -= rate",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
	for _, choice := range []string{"constant: v = 1.8 * v + g.sum(axis=0)", "operand: w -= v", "constant: rate = 0.2"} {
		if slices.Contains(got, choice) {
			t.Errorf("%q is a choice, not a fault", choice)
		}
	}
}

func TestLog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	trial := Trial{Program: &Program{Group: "g", Name: "n"}, Fault: 2, Source: "x"}
	l, err := OpenLog(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.keep("judged", trial, Result{Outcome: OnLine, Missing: "m"}); err != nil {
		t.Fatal(err)
	}
	l.Close()
	whole, _ := os.ReadFile(file)
	if err := os.WriteFile(file, append(whole, `{"Key":"cut o`...), 0o666); err != nil { // as when it was interrupted
		t.Fatal(err)
	}
	if l, err = OpenLog(file); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var r Result
	if !l.find("judged", trial, &r) || r.Outcome != OnLine || r.Missing != "m" {
		t.Errorf("found %+v", r)
	}
	trial.Source = "y"
	if l.find("judged", trial, &r) {
		t.Error("another source is found")
	}
}

func TestGolden(t *testing.T) {
	p := &Program{Group: "seen", Name: "n"}
	results := func(o ...Outcome) (list []Result) {
		for i, o := range o {
			list = append(list, Result{Trial: Trial{Program: p, Fault: i - 1, Kind: "k"}, Outcome: o, Named: map[Outcome]string{OnLine: "the cause"}[o]})
		}
		return list
	}
	var golden strings.Builder
	Print(&golden, results(Clean, OnLine, Elsewhere, Missed))
	for _, c := range []struct {
		now   []Outcome
		worse int
		text  string
	}{
		{[]Outcome{Clean, OnLine, Elsewhere, Missed}, 0, ""},
		{[]Outcome{Clean, OnLine, OnLine, OnLine}, 0, "\nbetter than judged.txt says: 2\n  seen/n.1: as it should be; was elsewhere\n  seen/n.2: as it should be; was missed\n"},
		{[]Outcome{NotJudged, OnLine, Elsewhere, Missed}, 1, "\nworse than judged.txt says: 1\n  seen/n: not judged; was as it should be\n"},
		{[]Outcome{FalseError, Elsewhere, Elsewhere}, 2, "\nworse than judged.txt says: 2\n  seen/n: false error; was as it should be\n  seen/n.0: elsewhere; was as it should be\n"},
	} {
		var text strings.Builder
		if worse := compare(&text, golden.String(), results(c.now...)); worse != c.worse || text.String() != c.text {
			t.Errorf("%q: %d worse, want %d\n%s", c.now, worse, c.worse, &text)
		}
	}
}

// Each set keeps its own results; a run is held against those of the sets in it.
func TestKeep(t *testing.T) {
	root := t.TempDir()
	var all []Result
	for _, set := range []string{"one", "two"} {
		if err := os.Mkdir(filepath.Join(root, set), 0o777); err != nil {
			t.Fatal(err)
		}
		all = append(all, Result{Trial: Trial{Program: &Program{Group: set, Name: "n"}, Fault: 0}, Outcome: Elsewhere})
	}
	if err := hold(io.Discard, root, all[:1]); err == nil || !strings.Contains(err.Error(), "-update writes it") {
		t.Errorf("nothing is kept: %v", err)
	}
	for i := range all {
		if err := keep(root, all[i:i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := hold(io.Discard, root, all); err != nil {
		t.Error(err)
	}
	all[1].Outcome = Missed
	if err := hold(io.Discard, root, all[:1]); err != nil {
		t.Error(err)
	}
	if err := hold(io.Discard, root, all); err == nil || !strings.Contains(err.Error(), "1 trial worse") {
		t.Errorf("one is worse: %v", err)
	}
}

func TestChoice(t *testing.T) {
	programs := []Program{{Group: "a", Name: "gan_ring", Source: "x", Faults: make([]Fault, 3)}, {Group: "b", Name: "gan_line", Source: "x", Faults: make([]Fault, 1)}}
	for _, c := range []struct {
		only  string
		right bool
		want  string
	}{
		{"", false, "a/gan_ring a/gan_ring.0 a/gan_ring.1 a/gan_ring.2 b/gan_line b/gan_line.0"},
		{"", true, "a/gan_ring b/gan_line"},
		{"gan_ring.2, b/*", false, "a/gan_ring.2 b/gan_line b/gan_line.0"},
		{"gan_*", true, "a/gan_ring b/gan_line"},
		{"gan", false, ""},
	} {
		var got []string
		for _, trial := range (Config{Only: c.only, Right: c.right}).trials(programs) {
			got = append(got, trial.name())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("-only %q, right alone %v: %q, want %s", c.only, c.right, got, c.want)
		}
	}
}

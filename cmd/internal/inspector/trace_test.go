package inspector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/mat/npy"
	"glassbox/nn/audit"
	"glassbox/nn/spec"
)

const traces = "../../../testdata/traces/golden"

func read(t *testing.T, path string) audit.Trace {
	t.Helper()
	tr, err := audit.ReadTrace(path)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func modelOfTrace(t *testing.T, tr audit.Trace, o Options) (Model, audit.Verdict) {
	t.Helper()
	o.Explain = commands
	v := audit.Compare(tr)
	m, err := Trace(tr, v, o)
	if err != nil {
		t.Fatalf("%s: %v", tr.File, err)
	}
	return m, v
}

// Of every recorded trace the page holds the recorded numbers, and explains
// them as audit does.
func TestNumbersOfTraces(t *testing.T) {
	files, err := filepath.Glob(traces + "/*.npz")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d traces, %v", len(files), err)
	}
	explained, computed, missing, outlines, classified, between := 0, 0, 0, 0, 0, 0
	for n, file := range files {
		if testing.Short() && n%8 != 0 {
			continue
		}
		tr := read(t, file)
		m, v := modelOfTrace(t, tr, Options{})
		net := m.Nets[0]
		if len(net.Steps) != len(tr.Steps) || net.Name.EN != filepath.Base(file) || m.Findings == nil {
			t.Errorf("%s: %d steps of %d, %+v", file, len(net.Steps), len(tr.Steps), net.Name)
		}
		kept := numbers(net)
		for _, s := range net.Steps {
			want, err := tr.Numbered(s.N)
			if err != nil {
				t.Fatal(err)
			}
			d := decode(t, net.Layouts[s.Layout], s)
			// What compare found between two steps is shown as it found it.
			for _, f := range v.Findings {
				if _, ok := tr.Steps[slices.Index(kept, f.Step)].T[f.Tensor]; !ok && f.Step == s.N {
					after := tr.Steps[slices.Index(kept, f.Step+1)].T[strings.TrimSuffix(strings.TrimSuffix(f.Tensor, "_next"), "_new")]
					if between++; !mat.EqualBits(after, want.T[f.Tensor]) {
						t.Errorf("%s: step %d: %s is not what the next step starts from", file, s.N, f.Tensor)
					}
				}
			}
			e, _ := d.follows(t, want, func(tensor string) mat.Matrix { return want.T[tensor] })
			explained += e
			for name, x := range d.tensors {
				if want.From[name] == audit.Computed && strings.Contains(x.Notes[len(x.Notes)-1].EN, "was computed") {
					computed++
				}
				if !x.Explained && len(x.Notes) == 0 && name != "x" && name != "y" {
					t.Errorf("%s: step %d: %s is not explained, for no reason", file, s.N, name)
				}
			}
			missing += len(s.Missing)
			if len(s.Missing) != len(want.Missing) || len(s.Notes) != len(want.Notes) {
				t.Errorf("%s: step %d: missing %v, notes %v", file, s.N, s.Missing, s.Notes)
			}
			if s.Boundary != "" {
				outlines++
			}
			if len(s.Right) > 0 {
				classified++
				p, y, right := want.T["p"], want.T["y"], 0
				for i := range p.Rows {
					if mat.ArgMax(p.Row(i)) == mat.ArgMax(y.Row(i)) {
						right++
					}
				}
				for _, r := range s.Right {
					if r {
						right--
					}
				}
				if len(m.Points.X) == p.Rows && right != 0 || len(s.Right) != len(m.Points.X) {
					t.Errorf("%s: step %d: another number of rows is right", file, s.N)
				}
			}
		}
		checkFindings(t, file, m, v)
		if b, err := json.Marshal(m); err != nil || len(b) > budget+rest {
			t.Errorf("%s: %d bytes, %v", file, len(b), err)
		}
	}
	if explained < 5000 || !testing.Short() && (computed == 0 || missing == 0 || outlines == 0 || classified == 0 || between == 0) {
		t.Errorf("%d explanations, %d tensors computed, %d missing, %d outlines, %d steps with classes, %d tensors of the next step", explained, computed, missing, outlines, classified, between)
	}
}

// checkFindings: a finding leads to its element, and to others that are off.
func checkFindings(t *testing.T, file string, m Model, v audit.Verdict) {
	t.Helper()
	if len(m.Findings) != len(v.Findings) || m.Left != 0 {
		t.Errorf("%s: %d findings of %d", file, len(m.Findings), len(v.Findings))
		return
	}
	net := m.Nets[0]
	for i, f := range m.Findings {
		g := v.Findings[i]
		at := slices.IndexFunc(net.Steps, func(s Step) bool { return s.N == f.Step })
		if at < 0 {
			t.Errorf("%s: step %d is not kept", file, f.Step)
			continue
		}
		d := decode(t, net.Layouts[net.Steps[at].Layout], net.Steps[at])
		value := d.value(t, f.Tensor, f.I, f.J)
		if f.Tensor != g.Tensor || f.Level != g.Level || f.Cause != g.Cause || f.Message.EN != g.Message.String() || f.Off != g.Off || f.Of != g.Elements {
			t.Errorf("%s: %+v of %+v", file, f, g)
		}
		if f.Got != "" && (f.Got != fmt.Sprint(value) || f.Want != fmt.Sprint(g.Expected.At(f.I, f.J)) || g.Expected.Rows == 0) {
			t.Errorf("%s: %s[%d,%d] is %v: %+v, expected %v", file, f.Tensor, f.I, f.J, value, f, g.Want)
		}
		off := map[int]bool{}
		for _, k := range g.Where {
			off[k] = true
		}
		cols := d.tensors[f.Tensor].Cols
		for _, k := range f.Where {
			if !off[k] {
				t.Errorf("%s: %+v marks element %d", file, f, k)
			}
			d.value(t, f.Tensor, k/cols, k%cols)
			delete(off, k)
		}
		for k := range off {
			if _, ok := d.number[called(f.Tensor, k/cols, k%cols)]; ok {
				t.Errorf("%s: %+v does not mark element %d", file, f, k)
			}
		}
		if len(g.Where) > 0 && len(f.Where) == 0 {
			t.Errorf("%s: %+v marks nothing", file, f)
		}
	}
}

// A thing is an entry of a trace that a test writes.
type thing = npy.Entry

// written writes a trace of our own network after change has seen its entries.
func written(t *testing.T, file, flags string, change func(entries map[string]mat.Matrix) []thing) audit.Trace {
	t.Helper()
	all := map[string]mat.Matrix{}
	for _, s := range plainly(config(t, flags), nil) {
		for _, name := range s.Names() {
			if !strings.HasPrefix(name, "v") {
				all[fmt.Sprintf("%d.%s", s.Number, name)] = s.T[name].Clone()
			}
		}
	}
	entries := change(all)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		entries = append(entries, thing{Name: name, Array: npy.FromMatrix(all[name])})
	}
	var b bytes.Buffer
	if err := npy.WriteNPZ(&b, entries, false); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), file)
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return read(t, path)
}

// lr is the entry that most tests need.
var lr = thing{Name: "lr", Array: npy.FromFloat(0.01)}

// Of many findings each kind is listed, and its step kept; the worst rows are,
// wherever they lie.
func TestFindings(t *testing.T) {
	tr := written(t, "many.npz", "-n 250 -max_steps 90", func(all map[string]mat.Matrix) []thing {
		for n := range 90 {
			h := all[fmt.Sprintf("%d.h1", n)]
			h.Set(77, 3, h.At(77, 3)+1)
			if n == 70 {
				for i := 100; i < 150; i++ {
					all["70.p"].Set(i, 0, 0.25+float64(i%50)/1000)
				}
				all["70.p"].Set(127, 0, 1000)
			}
		}
		all["80.dW2"].Set(11, 1, math.NaN())
		return []thing{lr}
	})
	m, v := modelOfTrace(t, tr, Options{})
	if len(v.Findings) < 90 || len(m.Findings) < 15 || len(m.Findings) > mostFindings || m.Left != len(v.Findings)-len(m.Findings) {
		t.Fatalf("%d findings, %d listed, %d left", len(v.Findings), len(m.Findings), m.Left)
	}
	kept := numbers(m.Nets[0])
	for _, f := range m.Findings {
		if !slices.Contains(kept, f.Step) {
			t.Errorf("step %d is not kept", f.Step)
		}
	}
	for _, want := range []struct {
		step, row int
		tensor    string
	}{{0, 77, "h1"}, {70, 100, "p"}, {70, 127, "p"}, {70, 149, "p"}, {80, -1, "dW2"}} {
		at := slices.IndexFunc(m.Findings, func(f Finding) bool { return f.Step == want.step && f.Tensor == want.tensor })
		if at < 0 || !slices.Contains(kept, want.step) {
			t.Errorf("step %d, %s: finding %d, kept are %v", want.step, want.tensor, at, kept)
			continue
		}
		s := m.Nets[0].Steps[slices.Index(kept, want.step)]
		if want.row >= 0 && !slices.Contains(s.Kept, want.row) {
			t.Errorf("step %d: row %d is not among %v", want.step, want.row, s.Kept)
		}
		where := m.Findings[at].Where
		if len(where) == 0 {
			t.Errorf("step %d, %s: nothing is marked", want.step, want.tensor)
		}
		if want.tensor == "p" && !slices.Equal(where, slices.DeleteFunc(upTo(400), func(k int) bool { return k%2 > 0 || k < 200 || k >= 300 || !slices.Contains(s.Kept, k/2) })) {
			t.Errorf("step %d, %s: marked are %v of the rows %v", want.step, want.tensor, where, s.Kept)
		}
	}
}

// The rows most worth looking at are those of the last step.
func TestRowsOfATrace(t *testing.T) {
	const flags = "-n 400 -max_steps 40 -learning_rate 0.5"
	steps := plainly(config(t, flags), nil)
	tr := written(t, "rows.npz", flags, func(all map[string]mat.Matrix) []thing { return []thing{lr} })
	m, _ := modelOfTrace(t, tr, Options{Steps: []int{0, 1, 39}, Samples: []int{123}})
	p, least := steps[39].T["p"], 0
	for i := range p.Rows {
		if math.Abs(p.At(i, 0)-p.At(i, 1)) < math.Abs(p.At(least, 0)-p.At(least, 1)) {
			least = i
		}
	}
	for _, s := range m.Nets[0].Steps {
		if !slices.Contains(s.Kept, least) || !slices.Contains(s.Kept, 123) || len(s.Kept) != 32 || !slices.Equal(s.Kept, m.Nets[0].Steps[0].Kept) {
			t.Errorf("step %d: rows %v; %d and 123 should be among them", s.N, s.Kept, least)
		}
	}
}

// What a trace lacks the page lacks too, and says why.
func TestTraceWithGaps(t *testing.T) {
	for name, keep := range map[string]func(name string) bool{
		"no x":             func(name string) bool { return name != "x" },
		"no y, no loss":    func(name string) bool { return name != "y" && name != "loss" },
		"no W1":            func(name string) bool { return !strings.HasPrefix(name, "W1") },
		"gradients":        func(name string) bool { return name[0] == 'd' },
		"parameters":       func(name string) bool { return name[0] == 'W' || name[0] == 'b' },
		"p alone, and W2":  func(name string) bool { return name == "p" || name == "W2" },
		"no p, no dz2":     func(name string) bool { return name != "p" && name != "dz2" && name != "z2" },
		"the second layer": func(name string) bool { return strings.Contains(name, "2") || name == "h1" },
	} {
		t.Run(name, func(t *testing.T) {
			tr := written(t, "gaps.npz", "-n 50 -max_steps 3", func(all map[string]mat.Matrix) []thing {
				for entry := range all {
					if _, tensor, _ := strings.Cut(entry, "."); !keep(tensor) {
						delete(all, entry)
					}
				}
				return nil
			})
			m, _ := modelOfTrace(t, tr, Options{})
			for _, s := range m.Nets[0].Steps {
				want, err := tr.Numbered(s.N)
				if err != nil {
					t.Fatal(err)
				}
				d := decode(t, m.Nets[0].Layouts[s.Layout], s)
				d.follows(t, want, func(tensor string) mat.Matrix { return want.T[tensor] })
				for _, tensor := range append(spec.ParamNames(2), spec.Order(2, spec.Settings{})...) {
					x, there := d.tensors[tensor]
					if _, recorded := tr.Steps[s.N].T[tensor]; recorded && !there {
						t.Errorf("step %d: %s was recorded", s.N, tensor)
					}
					if !there && s.Missing[tensor].Empty() && !isNext(tensor) && want.T[tensor].Rows > 0 {
						t.Errorf("step %d: %s is missing for no reason", s.N, tensor)
					}
					if there && !x.Explained && (len(x.Notes) == 0 || !strings.Contains(x.Notes[0].EN, "needs")) {
						t.Errorf("step %d: %s: %q", s.N, tensor, x.Notes)
					}
				}
				if (len(s.Row) == 0) != (name == "no x" || len(m.Points.X) == 0) {
					t.Errorf("step %d: rows at %v of %d points", s.N, s.Row, len(m.Points.X))
				}
			}
			if len(m.Layers) != 3 || m.Layers[2] != 2 || name != "the second layer" && name != "p alone, and W2" && m.Layers[1] != 20 {
				t.Errorf("layers %v", m.Layers)
			}
		})
	}
	// With a learning rate there is more: the last step has no next one.
	tr := written(t, "rate.npz", "-n 50 -max_steps 2", func(all map[string]mat.Matrix) []thing {
		for entry := range all {
			if strings.Contains(entry, "_n") {
				delete(all, entry)
			}
		}
		return nil
	})
	without, _ := modelOfTrace(t, tr, Options{})
	tr.Rate = 0.25
	with, _ := modelOfTrace(t, tr, Options{})
	if s := without.Nets[0].Steps[1]; s.Rate != 0 || !strings.Contains(s.Missing["W1_new"].EN, "learning_rate") {
		t.Errorf("%v %v", s.Rate, s.Missing)
	}
	if s := with.Nets[0].Steps[1]; s.Rate != 0.25 || !s.Missing["W1_new"].Empty() {
		t.Errorf("%v %v", s.Rate, s.Missing)
	}
}

// Rows, losses and steps of traces in small batches.
func TestTraceOfBatches(t *testing.T) {
	flags := "-n 60 -max_steps 40 -batch_size 9"
	tr := written(t, "batches.npz", flags, func(map[string]mat.Matrix) []thing { return []thing{lr} })
	m, _ := modelOfTrace(t, tr, Options{})
	if len(m.Points.X) != 48 || len(m.Nets[0].Steps) != 40 || !m.Planar {
		t.Errorf("%d points, %d steps", len(m.Points.X), len(m.Nets[0].Steps))
	}
	steps := plainly(config(t, flags), nil)
	for k, s := range m.Nets[0].Steps {
		x := steps[s.N].T["x"]
		if len(s.Row) != x.Rows || len(s.Right) > 0 {
			t.Fatalf("step %d: %v, %v", s.N, s.Row, s.Right)
		}
		for i, n := range s.Row {
			if math.Abs(x.At(i, 0)-m.Points.X[n]) > 1e-4 || steps[s.N].T["y"].At(i, m.Points.Class[n]) != 1 {
				t.Errorf("step %d: row %d is not point %d", s.N, i, n)
			}
		}
		if c := m.Nets[0].Curve; c.Step[k] != s.N || math.Abs(c.Loss[k]-steps[s.N].T["loss"].At(0, 0)) > 1e-5 {
			t.Errorf("step %d: loss %v at %d", s.N, c.Loss[k], c.Step[k])
		}
	}
	// A sum over the batch is shown a row too.
	sum, _ := modelOfTrace(t, written(t, "sum.npz", flags+" -reduction sum -learning_rate 1e-3", func(map[string]mat.Matrix) []thing { return []thing{lr} }), Options{})
	if l := sum.Nets[0].Curve.Loss[0]; math.Abs(l-m.Nets[0].Curve.Loss[0]) > 1e-5 {
		t.Errorf("%v a row where the mean has %v", l, m.Nets[0].Curve.Loss[0])
	}
	some, _ := modelOfTrace(t, tr, Options{Steps: []int{3, 5}})
	if got := numbers(some.Nets[0]); !slices.Equal(got, []int{3, 5}) {
		t.Errorf("steps %v", got)
	}
	for want, o := range map[string]Options{"has no step 77": {Steps: []int{77}}, "no batch has a row 9; the largest has 9 rows": {Samples: []int{9}}} {
		if _, err := Trace(tr, audit.Verdict{}, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Whatever a trace calls itself is text; numbers that are none do no harm.
func TestHostileTrace(t *testing.T) {
	const script, turned = `</script><script>alert(1)</script>`, "\u202egnp.exe"
	long := strings.Repeat("a", 60_000)
	tr := written(t, "<img src=x onerror=alert(1)>\u202e.npz", "-n 30 -max_steps 3", func(all map[string]mat.Matrix) []thing {
		all["0.x"].Set(2, 0, math.NaN())
		all["1.x"].Set(3, 1, math.Inf(-1))
		all["1.loss"].Set(0, 0, math.Inf(1))
		all["2.W1"].Set(0, 0, math.NaN())
		list := []thing{lr, {Name: script, Array: npy.FromFloat(1)}, {Name: "0." + turned, Array: npy.FromFloat(1)}, {Name: long, Array: npy.FromFloat(1)}}
		for i := range 300 {
			list = append(list, thing{Name: fmt.Sprint("junk ", i), Array: npy.FromFloat(1)})
		}
		return list
	})
	m, _ := modelOfTrace(t, tr, Options{})
	note := m.Nets[0].Note.EN
	if len(note) > 6000 || !strings.Contains(note, "more notes are left out") {
		t.Errorf("a note of %d bytes: %s", len(note), note)
	}
	// A name that was cut where it was read stands in a note that is whole in Chinese.
	zh := m.Nets[0].Note.ZH
	if cut := `… (60000 letters)" 不是某一步的张量，已略去；`; !strings.Contains(zh, cut) || !strings.Contains(zh, `条目 "aaaa`) || strings.Contains(zh, "entry") {
		t.Errorf("the Chinese note: %s", zh)
	}
	if m.Nets[0].Name.EN != "<img src=x onerror=alert(1)>\u202e.npz" {
		t.Errorf("name %q", m.Nets[0].Name)
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Nets   []struct{ Name struct{ EN string } }
		Points struct{ X []*float64 }
	}
	if err := json.Unmarshal(b, &back); err != nil || back.Nets[0].Name.EN != m.Nets[0].Name.EN || strings.Contains(string(b), "<img") {
		t.Errorf("%v, %q", err, back.Nets[0].Name.EN)
	}
	if len(back.Points.X) != 26 { // the two rows that were changed are others
		t.Errorf("%d points", len(back.Points.X))
	}
	for _, v := range m.Points.Frame {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("frame %v", m.Points.Frame)
		}
	}
}

package audit

import (
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// changed is a right trace with tensors of its steps changed.
func changed(change func(number int, T spec.Tensors)) Trace {
	trace := wayTrace(way{})
	for i := range trace.Steps {
		change(i, trace.Steps[i].T)
	}
	return trace
}

// normalized is a trace as it is read.
func normalized(t *testing.T, trace Trace) Trace {
	t.Helper()
	for i := range trace.Steps {
		if err := trace.normalize(&trace.Steps[i]); err != nil {
			t.Fatal(err)
		}
	}
	return trace
}

func shift(m mat.Matrix, by float64, d mat.Matrix) mat.Matrix {
	r := m.Clone()
	for k := range r.Data {
		r.Data[k] += by * d.Data[k]
	}
	return r
}

func causes(v Verdict) (list []string) {
	for _, f := range v.Findings {
		if !slices.Contains(list, f.Cause) {
			list = append(list, f.Cause)
		}
	}
	return list
}

// TestSignsThatBelongTogether: y − p with an update that adds it is right, one of
// the two alone is not.
func TestSignsThatBelongTogether(t *testing.T) {
	turned := func(_ int, T spec.Tensors) {
		for _, name := range []string{"dz2", "dW2", "db2", "dh1", "dz1", "dW1", "db1"} {
			T[name] = shift(T[name], -2, T[name])
		}
	}
	if v := Compare(changed(turned)); v.Verdict != "clean" || !slices.ContainsFunc(noteTexts(v), func(s string) bool { return strings.Contains(s, "y − p") }) {
		t.Errorf("%v %v", causes(v), v.Notes)
	}
	if v := Compare(changed(func(_ int, T spec.Tensors) { T["dz2"] = shift(T["dz2"], -2, T["dz2"]) })); !slices.Contains(causes(v), "dz-sign") {
		t.Errorf("the sign of the gradient alone: %v", causes(v))
	}
}

func noteTexts(v Verdict) (list []string) {
	for _, n := range v.Notes {
		list = append(list, n.String())
	}
	return list
}

// TestStaleOnAnyScale: the gradient applied once more between two steps is named
// whatever the rate.
func TestStaleOnAnyScale(t *testing.T) {
	v := Compare(changed(func(i int, T spec.Tensors) {
		if i == 2 {
			for _, name := range spec.ParamNames(2) {
				T[name+"_next"] = shift(T[name+"_new"], -0.1/64, T["d"+name])
			}
		}
	}))
	if len(v.Findings) != 4 || v.Findings[0].Cause != "stale-gradient-again" || !strings.Contains(v.Findings[0].Message.String(), "0.015625 times") {
		t.Errorf("%v", v.Findings)
	}
}

// TestSecondFault: a mistake in the gradient does not hide that the loss is a
// mean beside the gradient of a sum.
func TestSecondFault(t *testing.T) {
	trace := changed(func(_ int, T spec.Tensors) {
		dz := mat.New(12, 2)
		for k, p := range T["p"].Data {
			dz.Data[k] = p + spec.Epsilon - T["y"].Data[k]
		}
		T["dz2"], T["dW2"], T["db2"], T["dh1"] = dz, spec.DW(T["h1"], dz), spec.DB(dz), spec.DH(dz, T["W2"])
		T["dz1"] = spec.DReLU(T["dh1"], T["z1"])
		T["dW1"], T["db1"] = spec.DW(T["x"], T["dz1"]), spec.DB(T["dz1"])
		for _, name := range spec.ParamNames(2) {
			T[name+"_new"] = spec.Update(T[name], 0.1, T["d"+name])
			delete(T, name+"_next")
		}
	})
	trace.Steps = trace.Steps[:1]
	if list := causes(Compare(trace)); !slices.Contains(list, "dz-plus-1e-7") || !slices.Contains(list, "mean-loss-sum-gradient") {
		t.Errorf("%v", list)
	}
}

// TestLayouts: each tensor is read as it is stored, and one that cannot be what
// it is called is told and left out.
func TestLayouts(t *testing.T) {
	turn := func(all bool) Trace {
		return changed(func(_ int, T spec.Tensors) {
			for name, m := range T {
				if n, _ := spec.ParseName(name); name != "loss" && (all || name != "x" && name != "y" && n.Kind != "p") {
					T[name] = m.Transpose()
				}
			}
		})
	}
	for _, all := range []bool{true, false} {
		if v := Compare(normalized(t, turn(all))); v.Verdict != "clean" || len(v.Unjudged) > 0 {
			t.Errorf("all turned %v: %v %v", all, causes(v), v.Unjudged)
		}
	}
	for _, c := range []struct {
		name  string
		m     mat.Matrix
		cause string
	}{{"dh1", mat.New(12, 18), ""}, {"db2", mat.New(1, 1), "bias-gradient-total"}} {
		v := Compare(normalized(t, changed(func(_ int, T spec.Tensors) { T[c.name] = c.m })))
		if len(v.Findings) == 0 || v.Findings[0].Tensor != c.name || v.Findings[0].Cause != c.cause || !strings.Contains(v.Findings[0].Message.String(), "was left out") || v.Judged < 40 {
			t.Errorf("%s: %v, %d judged", c.name, v.Findings, v.Judged)
		}
	}
}

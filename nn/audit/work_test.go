package audit

import (
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/nn/spec"
)

// What no mistake gives is told of a large network as well, without trying every
// pair of mistakes on it, and that not all were tried is said.
func TestWorkIsBounded(t *testing.T) {
	rng := nprand.New(3)
	normal := func(rows, cols int) mat.Matrix {
		m := mat.New(rows, cols)
		rng.FillStandardNormal(m.Data)
		return m
	}
	trace := Trace{File: "t.npz", Rate: 0.1, Reduction: "mean"}
	s := Step{T: spec.Tensors{"x": normal(60, 784), "y": mat.New(60, 10)}}
	for i := range 60 {
		s.T["y"].Set(i, i%10, 1)
	}
	for k, size := range [][2]int{{784, 64}, {64, 10}} {
		for name, m := range map[string]mat.Matrix{"W": normal(size[0], size[1]), "b": mat.New(1, size[1])} {
			s.T[spec.Name(name, k+1)] = m
			new := m.Clone()
			for i, v := range m.Data {
				new.Data[i] = v*0.99 - 0.001*float64(i%7)
			}
			s.T[spec.Name(name, k+1)+"_new"] = new
		}
	}
	trace.Steps = []Step{s}
	before := mostWork
	mostWork = 1e9
	defer func() { mostWork = before }()
	v := Compare(trace)
	if len(v.Findings) == 0 || len(v.Notes) == 0 || !strings.Contains(v.Notes[0].String(), "were not tried") {
		t.Errorf("findings %v, notes %v", v.Findings, v.Notes)
	}
}

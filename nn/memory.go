package nn

import (
	"glassbox/mat"
	"glassbox/mat/step"
)

// memory is how the parameters of a network lie in memory, with what training
// keeps beside each of them.
type memory struct {
	places []place
	spans  []span
	fused  *step.Net // nil for networks that are better served by their layers

	velocity, next []float64 // with momentum, one a parameter; and room for the next
}

// A place is where the numbers of a layer begin.
type place struct{ w, b, dW, dB *float64 }

func placeOf(l *Linear) place {
	return place{&l.W.Data[0], &l.B.Data[0], &l.DW.Data[0], &l.DB.Data[0]}
}

// A span is parameters that lie one behind the other, as many as do so: all those
// of a network that NewMLP made, as a single row.
type span struct{ w, d mat.Matrix }

// holds reports whether the layers of m are still where they were: someone may
// have put other matrices in their place.
func (s *memory) holds(m *MLP) bool {
	for k, l := range m.Linears {
		if s.places[k] != placeOf(l) {
			return false
		}
	}
	return true
}

// arrange finds out how m lies.
func (s *memory) arrange(m *MLP) {
	s.places, s.spans, s.fused = nil, nil, nil
	var params, grads []mat.Matrix
	var layers []step.Layer
	for _, l := range m.Linears {
		s.places = append(s.places, placeOf(l))
		params, grads = append(params, l.W, l.B), append(grads, l.DW, l.DB)
		w, ok := joined(l.W, l.B)
		d, alike := joined(l.DW, l.DB)
		if ok && alike {
			in, out := l.W.Rows, l.W.Cols
			layers = append(layers, step.Layer{W: mat.Of(in+1, out, w.Data...), D: mat.Of(in+1, out, d.Data...)})
		}
	}
	if len(layers) == len(m.Linears) {
		s.fused = step.New(layers)
	}
	w, ok := joined(params...)
	d, alike := joined(grads...)
	if ok && alike {
		s.spans = []span{{w, d}}
		return
	}
	for i := range params {
		s.spans = append(s.spans, span{params[i], grads[i]})
	}
}

// joined returns the numbers of matrices that lie one behind the other in
// memory as one row, and whether they do.
func joined(list ...mat.Matrix) (mat.Matrix, bool) {
	n := 0
	for _, m := range list {
		n += m.Rows * m.Cols
	}
	if cap(list[0].Data) < n {
		return mat.Matrix{}, false
	}
	all := list[0].Data[:n]
	at := 0
	for _, m := range list {
		if m.Stride != m.Cols || &m.Data[0] != &all[at] {
			return mat.Matrix{}, false
		}
		at += m.Rows * m.Cols
	}
	return mat.Of(1, n, all...), true
}

// within reports whether every parameter is.
func (s *memory) within(limit float64) bool {
	for _, p := range s.spans {
		if !mat.Within(p.w, limit) {
			return false
		}
	}
	return true
}

// update steps every parameter down its gradient.
func (s *memory) update(rate, momentum float64) {
	if momentum == 0 {
		for _, p := range s.spans {
			mat.Step(p.w, rate, p.d)
		}
		return
	}
	s.prepareVelocity()
	at := 0
	for _, p := range s.spans {
		// momentum·v + d is d − (−momentum·v), rounded alike.
		n := p.d.Rows * p.d.Cols
		v, next := mat.Of(p.d.Rows, p.d.Cols, s.velocity[at:at+n]...), mat.Of(p.d.Rows, p.d.Cols, s.next[at:at+n]...)
		next.CopyFrom(p.d)
		mat.Step(next, -momentum, v)
		mat.Step(p.w, rate, next)
		at += n
	}
	s.velocity, s.next = s.next, s.velocity
}

// prepareVelocity makes the velocities, all 0, when they are first needed.
func (s *memory) prepareVelocity() {
	if s.velocity != nil {
		return
	}
	n := 0
	for _, p := range s.spans {
		n += p.w.Rows * p.w.Cols
	}
	s.velocity, s.next = make([]float64, n), make([]float64, n)
}

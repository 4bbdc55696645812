package program

import (
	"math"
	"math/rand/v2"
	"path"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/nn/graph"
)

// A probe rejects no value that makes an expression right, as near as it has to
// be, and tells of most others that they do not.
func TestProbe(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for _, name := range []string{"seen/attention", "seen/lstm_batch", "seen/vae"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newView(recorded(t, python, path.Base(name), source(t, name)).WholeUpdates())
			params, _, _ := v.parameters(v.n)
			s := v.newStep(v.align(params), 1, len(params), map[int]bool{}, nil)
			s.setLoss(s.chooseLoss())
			r := rand.New(rand.NewPCG(1, 2))
			random := func(shape []int) *array {
				a := graph.NewArray(shape...)
				for i := range a.Data {
					a.Data[i] = r.NormFloat64()
				}
				return a
			}
			made, rejected, wrong := 0, 0, 0
			for _, top := range s.back {
				// No derivative is known: the expression goes all the way back.
				e := s.express(top, s.value(top), top, 1, &matches{}, true, math.MaxInt)
				if e.want == nil || len(e.want.Data) < 2 {
					continue
				}
				for _, n := range e.nodes {
					changes := []change{{node: n, slot: -1, from: -1, with: random(s.shapes[n])}}
					changes[0].fn = func([]*array) *array { return changes[0].with }
					for j, q := range s.in[n] {
						changes = append(changes, change{node: n, slot: j, from: -1, with: random(s.shapes[q])}, change{node: -1, slot: -1, from: q, with: random(s.shapes[q])})
					}
					for _, ch := range changes {
						y := e.run(ch)
						if y == nil || !finite(y) || r.IntN(3) > 0 {
							continue
						}
						e.probes = nil // they are of what is wanted
						e.want = y.Clone()
						for i := range e.want.Data {
							e.want.Data[i] += 0.9 * e.tol * y.MaxAbs() * float64(2*r.IntN(2)-1)
						}
						if made++; near(y, e.want, e.tol) && e.cannot(ch) {
							t.Errorf("%s of %s, operand %d: the right value is rejected", s.op[n], s.text(top), ch.slot)
						}
						ch.with = random(ch.with.Shape)
						if ch.fn != nil {
							ch.fn = func([]*array) *array { return ch.with }
						}
						if z := e.run(ch); z != nil && !near(z, e.want, e.tol) {
							wrong++
							rejected += b2i(e.cannot(ch))
						}
					}
				}
			}
			if made < 100 || 2*rejected < wrong {
				t.Errorf("%d changes, %d of %d wrong ones were rejected", made, rejected, wrong)
			}
		})
	}
}

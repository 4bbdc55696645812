package nn_test

import (
	"fmt"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/nn"
	"glassbox/nn/faults"
	"glassbox/nn/spec"
)

// The fast operations have the bits of the plain loops, also under every fault
// of the catalogue, and in prediction.
func TestOpsAreSpecs(t *testing.T) {
	right := faults.Fault{Name: "right"}
	for n, f := range append(faults.InStep, right) {
		for _, sizes := range [][]int{{2, 20, 2}, {3, 5, 9, 4}} {
			for _, filler := range fillers[:2] {
				L := len(sizes) - 1
				rng := nprand.New(uint32(n))
				x, y, _ := batch(rng, 100, sizes[0], sizes[L])
				for i := range x.Data {
					x.Data[i] = filler.data(rng, x.Data[i])
				}
				mlp := nn.NewMLP(sizes[0], sizes[1:L], sizes[L])
				mlp.Init(rng, nn.He)
				set := spec.Settings{Rate: 0.05, Momentum: []float64{0, 0.9}[n%2], Mean: n%3 == 0}
				fast, plain := spec.NewNet(mlp.Params(), set), spec.NewNet(mlp.Params(), set)
				fast.Ops, fast.Predicts = nn.Ops(), nn.Ops()
				faults.Put(fast, f)
				faults.Put(plain, f)
				for step, rows := range []int{100, 1, 33, 7, 1, 100} {
					for _, net := range []*spec.Net{fast, plain} {
						net.Forward(x.RowRange(0, rows), y.RowRange(0, rows))
						net.Backward()
					}
					same(t, step, f.Name+": predicted p", fast.Predict(x), plain.Predict(x))
					fast.Update()
					plain.Update()
					if len(fast.Tensors()) != len(plain.Tensors()) {
						t.Fatalf("%s: %d tensors, spec has %d", f.Name, len(fast.Tensors()), len(plain.Tensors()))
					}
					for name, want := range plain.Tensors() {
						same(t, step, fmt.Sprintf("%s, %v, %s: %s", f.Name, sizes, filler.name, name), fast.Tensors()[name], want)
					}
				}
			}
		}
	}
}

// Each operation makes a matrix of its own: what a step has stays until the next.
func TestOpsOwnWhatTheyReturn(t *testing.T) {
	rng := nprand.New(1)
	x, y, _ := batch(rng, 40, 2, 2)
	mlp := nn.NewMLP(2, []int{6, 6}, 2)
	mlp.Init(rng, nn.He)
	net := spec.NewNet(mlp.Params(), spec.Settings{Rate: 0.1})
	net.Ops = nn.Ops()
	net.Forward(x, y)
	net.Backward()
	seen := map[*float64]string{}
	for name, m := range net.Tensors() {
		if other, ok := seen[&m.Data[0]]; ok {
			t.Errorf("%s and %s share their numbers", name, other)
		}
		seen[&m.Data[0]] = name
	}
	before := map[string]mat.Matrix{}
	for name, m := range net.Tensors() {
		before[name] = m.Clone()
	}
	net.Predict(x)
	for name, m := range before {
		same(t, 0, name, net.Tensors()[name], m)
	}
}

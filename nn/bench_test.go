package nn_test

import (
	"testing"

	"glassbox/mat/nprand"
	"glassbox/moons"
	"glassbox/nn"
)

// The step of the coursework, 2-20-2 on 800 points.
// testdata/reference/bench_step.py times NumPy at the same work.
func benchmarkStep(b *testing.B, next func(rng *nprand.RandomState) nn.Sampler) {
	rng := nprand.New(42)
	mlp := nn.NewMLP(2, []int{20}, 2)
	mlp.Init(rng, nn.He)
	s := nn.NewSGD(mlp, 0.01, 0, true)
	sample := next(rng)
	b.ReportAllocs()
	for b.Loop() {
		s.Forward(sample())
		s.Backward()
		s.Update()
		s.NonFinite()
	}
}

func BenchmarkStepFullBatch(b *testing.B) {
	x, labels := moons.Make(800, 0.05, nprand.New(42))
	y := moons.OneHot(labels, 2)
	benchmarkStep(b, func(*nprand.RandomState) nn.Sampler { return nn.FullBatch(x, y) })
}

func BenchmarkStepMiniBatch32(b *testing.B) {
	x, labels := moons.Make(800, 0.05, nprand.New(42))
	y := moons.OneHot(labels, 2)
	benchmarkStep(b, func(rng *nprand.RandomState) nn.Sampler { return nn.MiniBatches(x, y, 32, rng) })
}

func BenchmarkStepSingleSample(b *testing.B) {
	x, labels := moons.Make(800, 0.05, nprand.New(42))
	y := moons.OneHot(labels, 2)
	benchmarkStep(b, func(rng *nprand.RandomState) nn.Sampler { return nn.OneSample(x, y, rng) })
}

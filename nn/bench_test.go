package nn_test

import (
	"context"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
	"glassbox/nn"
)

// A training step with everything that Train does for it, the drawing of the
// rows included. cmd/bench measures the same work beside other people's.
func benchmarkTrain(b *testing.B, hidden []int, x, y mat.Matrix, sampler func(rng *nprand.RandomState) nn.Sampler) {
	rng := nprand.New(42)
	mlp := nn.NewMLP(x.Cols, hidden, y.Cols)
	mlp.Init(rng, nn.He)
	s := nn.NewSGD(mlp, 0.01, 0, true)
	next := sampler(rng)
	train := func(steps int) {
		if _, err := nn.Train(context.Background(), s, next, steps, 1, nn.Hooks{}); err != nil {
			b.Fatal(err)
		}
	}
	train(2)
	b.ReportAllocs()
	b.ResetTimer()
	train(b.N)
}

// eachStep runs f with every way to take rows of the 800 of make_moons.
func eachStep(b *testing.B, f func(b *testing.B, x, y mat.Matrix, sampler func(rng *nprand.RandomState) nn.Sampler)) {
	x, labels := moons.Make(800, 0.05, nprand.New(42))
	y := moons.OneHot(labels, 2)
	b.Run("full-batch", func(b *testing.B) {
		f(b, x, y, func(*nprand.RandomState) nn.Sampler { return nn.FullBatch(x, y) })
	})
	b.Run("mini-batch-32", func(b *testing.B) {
		f(b, x, y, func(rng *nprand.RandomState) nn.Sampler { return nn.MiniBatches(x, y, 32, rng) })
	})
	b.Run("single-sample", func(b *testing.B) {
		f(b, x, y, func(rng *nprand.RandomState) nn.Sampler { return nn.OneSample(x, y, rng) })
	})
}

func BenchmarkStep(b *testing.B) {
	eachStep(b, func(b *testing.B, x, y mat.Matrix, sampler func(rng *nprand.RandomState) nn.Sampler) {
		benchmarkTrain(b, []int{20}, x, y, sampler)
	})
}

func BenchmarkStepDeep(b *testing.B) {
	eachStep(b, func(b *testing.B, x, y mat.Matrix, sampler func(rng *nprand.RandomState) nn.Sampler) {
		benchmarkTrain(b, []int{20, 10}, x, y, sampler)
	})
}

// The same steps layer by layer, as they are made for someone who looks.
func BenchmarkStepLayers(b *testing.B) {
	eachStep(b, func(b *testing.B, x, y mat.Matrix, sampler func(rng *nprand.RandomState) nn.Sampler) {
		rng := nprand.New(42)
		mlp := nn.NewMLP(2, []int{20}, 2)
		mlp.Init(rng, nn.He)
		s := nn.NewSGD(mlp, 0.01, 0, true)
		next := sampler(rng)
		b.ReportAllocs()
		for b.Loop() {
			s.Forward(next())
			s.Backward()
			s.Update()
			s.NonFinite()
		}
	})
}

// Networks whose time is in the products.
func BenchmarkStepWide(b *testing.B) {
	rng := nprand.New(1)
	for _, c := range []struct {
		name   string
		hidden []int
		rows   int
	}{
		{"784-256-10/batch-64", []int{256}, 64},
		{"784-256-10/batch-800", []int{256}, 800},
		{"784-1024-1024-10/batch-64", []int{1024, 1024}, 64},
	} {
		x, y, _ := batch(rng, c.rows, 784, 10)
		b.Run(c.name, func(b *testing.B) {
			benchmarkTrain(b, c.hidden, x, y, func(*nprand.RandomState) nn.Sampler { return nn.FullBatch(x, y) })
		})
	}
}

// Evaluation of the coursework's 1000 points and of as many as a picture has.
func BenchmarkPredict(b *testing.B) {
	for _, rows := range []int{1000, 40000} {
		b.Run(map[int]string{1000: "1000", 40000: "40000"}[rows], func(b *testing.B) {
			x, _ := moons.Make(rows, 0.05, nprand.New(42))
			mlp := nn.NewMLP(2, []int{20}, 2)
			mlp.Init(nprand.New(42), nn.He)
			s := nn.NewSGD(mlp, 0.01, 0, true)
			b.ReportAllocs()
			for b.Loop() {
				s.Predict(x)
			}
		})
	}
}

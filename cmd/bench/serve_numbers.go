package main

import (
	"fmt"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
)

// newProduct is a product of numbers that every peer has.
func newProduct(s shape) (job, error) {
	type multiply = func(dst, a, b mat.Matrix)
	mul, ok := map[string]multiply{"ab": mat.Mul, "atb": mat.MulTA, "abt": mat.MulBT}[s.op]
	if !ok {
		return job{}, fmt.Errorf("no product %q", s.op)
	}
	a, b, c := mat.New(s.m, s.k), mat.New(s.k, s.n), mat.New(s.m, s.n)
	if s.op == "atb" {
		a = mat.New(s.k, s.m)
	}
	if s.op == "abt" {
		b = mat.New(s.n, s.k)
	}
	fill(a.Data, 1)
	fill(b.Data, 2)
	run := func(reps int) {
		for range reps {
			mul(c, a, b)
		}
	}
	return job{run: run, check: func(steps int) (sum, weighted float64) {
		run(steps)
		for i, v := range c.Data {
			sum += v
			weighted += float64(v * float64(i%7))
		}
		return sum, weighted
	}}, nil
}

// fill sets v to the numbers in [−1/2, 1/2) that the peers multiply as well.
func fill(v []float64, seed uint32) {
	for i := range v {
		v[i] = float64(uint32(i)*2654435761+seed)/(1<<32) - 0.5
	}
}

func newExp(n int) job {
	x, dst := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i] = -20 + 25*float64(i)/float64(max(n-1, 1))
	}
	run := func(reps int) {
		for range reps {
			mat.ExpSlice(dst, x)
		}
	}
	return job{run: run, check: func(steps int) (sum, first float64) {
		run(steps)
		for _, v := range dst {
			sum += v
		}
		return sum, dst[0]
	}}
}

func newMoons(n int) job {
	rng := nprand.New(42)
	var x mat.Matrix
	var labels []int
	run := func(reps int) {
		for range reps {
			x, labels = moons.Make(n, 0.05, rng)
		}
	}
	return job{run: run, check: func(steps int) (sum, inner float64) {
		run(steps)
		for i, label := range labels {
			sum += x.At(i, 0) + x.At(i, 1)
			inner += float64(x.At(i, 0) * float64(label))
		}
		return sum, inner
	}}
}

func newNormals(n int) job {
	rng := nprand.New(42)
	var list []float64
	run := func(reps int) {
		for range reps {
			list = make([]float64, n)
			for i := range list {
				list[i] = rng.StandardNormal()
			}
		}
	}
	return job{run: run, check: func(steps int) (sum, last float64) {
		run(steps)
		for _, v := range list {
			sum += v
		}
		return sum, list[n-1]
	}}
}

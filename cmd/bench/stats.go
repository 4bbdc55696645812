package main

import (
	"math"
	"slices"
)

// quantile returns the q-quantile of v, 0 ≤ q ≤ 1: linear between the two
// nearest of the sorted numbers, as numpy.quantile does by default. It is a NaN
// for no numbers.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(v))
	at := q * float64(len(s)-1)
	i := min(int(at), len(s)-1)
	j := min(i+1, len(s)-1)
	return s[i] + (at-float64(i))*(s[j]-s[i])
}

func median(v []float64) float64 { return quantile(v, 0.5) }

// noise returns half the distance between the quartiles of v over its median:
// about half of the numbers lie within that share of the median.
func noise(v []float64) float64 {
	return (quantile(v, 0.75) - quantile(v, 0.25)) / 2 / median(v)
}

// over returns a[i]/b[i] for the rounds that both have.
func over(a, b []float64) []float64 {
	r := make([]float64, min(len(a), len(b)))
	for i := range r {
		r[i] = a[i] / b[i]
	}
	return r
}

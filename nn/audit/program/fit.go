package program

import "math"

// leastSquares gives the coefficients of the columns whose sum is nearest to
// the target, and the largest difference in units of the target's largest
// element; ok is false where something is not finite. A column that the
// others give already gets 0.
func leastSquares(columns [][]float64, target []float64) (x []float64, off float64, ok bool) {
	n := len(columns)
	x = make([]float64, n)
	scale := make([]float64, n)
	q := make([][]float64, n)
	r := make([][]float64, n)
	for j, c := range columns {
		for _, v := range c {
			scale[j] = max(scale[j], math.Abs(v))
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, math.Inf(1), false
			}
		}
		if scale[j] == 0 {
			scale[j] = 1
		}
		q[j], r[j] = make([]float64, len(c)), make([]float64, n)
		for i, v := range c {
			q[j][i] = v / scale[j]
		}
	}
	dot := func(a, b []float64) float64 {
		s := 0.0
		for i, v := range a {
			s += v * b[i]
		}
		return s
	}
	zero := make([]bool, n)
	for j := range q {
		before := math.Sqrt(dot(q[j], q[j]))
		for range 2 { // twice is enough
			for k := range j {
				if zero[k] {
					continue
				}
				d := dot(q[k], q[j])
				r[k][j] += d
				for i := range q[j] {
					q[j][i] -= d * q[k][i]
				}
			}
		}
		l := math.Sqrt(dot(q[j], q[j]))
		if l <= 1e-11*before || l == 0 {
			zero[j] = true
			continue
		}
		r[j][j] = l
		for i := range q[j] {
			q[j][i] /= l
		}
	}
	rest := append([]float64(nil), target...)
	y := make([]float64, n)
	for range 2 {
		for j := range q {
			if zero[j] {
				continue
			}
			d := dot(q[j], rest)
			y[j] += d
			for i := range rest {
				rest[i] -= d * q[j][i]
			}
		}
	}
	for j := n - 1; j >= 0; j-- {
		if zero[j] {
			continue
		}
		s := y[j]
		for k := j + 1; k < n; k++ {
			s -= r[j][k] * x[k] * scale[k]
		}
		x[j] = s / r[j][j] / scale[j]
	}
	top, worst := 0.0, 0.0
	for i, t := range target {
		if math.IsNaN(t) || math.IsInf(t, 0) {
			return nil, math.Inf(1), false
		}
		s := t
		for j, c := range columns {
			s -= x[j] * c[i]
		}
		top, worst = max(top, math.Abs(t)), max(worst, math.Abs(s))
	}
	return x, worst / (top + 1e-300), true
}

// joined puts arrays one after the other.
func joined(list []*array) []float64 {
	n := 0
	for _, a := range list {
		n += len(a.Data)
	}
	out := make([]float64, 0, n)
	for _, a := range list {
		out = append(out, a.Data...)
	}
	return out
}

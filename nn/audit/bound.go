package audit

import (
	"math"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// A value is a tensor and, element by element, how far the number that a right
// program made may be from it.
type value struct {
	V, E mat.Matrix
}

// recorded is what a program had in hand: nothing is uncertain about it.
func recorded(m mat.Matrix) value { return value{m, mat.New(m.Rows, m.Cols)} }

func newValue(rows, cols int) value { return value{mat.New(rows, cols), mat.New(rows, cols)} }

// Unit roundoffs of the two precisions that are recorded.
const (
	u64 = 0x1p-53
	u32 = 0x1p-24
)

// gamma is Higham's γ_k with the rounding of our own reference on top.
func gamma(k int, u float64) float64 {
	ku := float64(k) * u
	k64 := float64(k) * u64
	if ku >= 0.5 {
		return math.Inf(1)
	}
	return ku/(1-ku) + k64/(1-k64)
}

// tiny is what underflow may take from a result of k operations.
func tiny(k int, u float64) float64 {
	if u == u32 {
		return float64(k) * 0x1p-149
	}
	return float64(k) * math.SmallestNonzeroFloat64
}

// product fills v with chains of n terms a(i,k)·b(k,j), as each program may
// order them, and an optional addend.
func product(v value, n int, u float64, term func(i, j, k int) (a, ea, b, eb float64), addend func(j int) (c, ec float64)) value {
	for i := range v.V.Rows {
		for j := range v.V.Cols {
			s, size, carried := 0.0, 0.0, 0.0
			for k := range n {
				a, ea, b, eb := term(i, j, k)
				s = math.FMA(a, b, s)
				size += math.Abs(a * b)
				carried += math.Abs(a)*eb + ea*math.Abs(b) + ea*eb
			}
			terms := n
			if addend != nil {
				c, ec := addend(j)
				s += c
				size += math.Abs(c)
				carried += ec
				terms++
			}
			v.V.Set(i, j, s)
			v.E.Set(i, j, gamma(terms+1, u)*size+carried*(1+gamma(terms+1, u))+tiny(terms+1, u))
		}
	}
	return v
}

// linear is z = h·W + b.
func linear(h, W, b value, u float64) value {
	return product(newValue(h.V.Rows, W.V.Cols), h.V.Cols, u,
		func(i, j, k int) (float64, float64, float64, float64) {
			return h.V.At(i, k), h.E.At(i, k), W.V.At(k, j), W.E.At(k, j)
		},
		func(j int) (float64, float64) { return b.V.At(0, j), b.E.At(0, j) })
}

// weightGradient is dW = hᵀ·dz.
func weightGradient(h, dz value, u float64) value {
	return product(newValue(h.V.Cols, dz.V.Cols), h.V.Rows, u,
		func(i, j, k int) (float64, float64, float64, float64) {
			return h.V.At(k, i), h.E.At(k, i), dz.V.At(k, j), dz.E.At(k, j)
		}, nil)
}

// biasGradient is db = Σ rows of dz.
func biasGradient(dz value, u float64) value {
	return product(newValue(1, dz.V.Cols), dz.V.Rows, u,
		func(_, j, k int) (float64, float64, float64, float64) {
			return 1, 0, dz.V.At(k, j), dz.E.At(k, j)
		}, nil)
}

// passedBack is dh = dz·Wᵀ.
func passedBack(dz, W value, u float64) value {
	return product(newValue(dz.V.Rows, W.V.Rows), dz.V.Cols, u,
		func(i, j, k int) (float64, float64, float64, float64) {
			return dz.V.At(i, k), dz.E.At(i, k), W.V.At(j, k), W.E.At(j, k)
		}, nil)
}

// relu is h = max(z, 0), or slope·z below 0.
func relu(z value, slope, u float64) value {
	h := newValue(z.V.Rows, z.V.Cols)
	for i := range h.V.Rows {
		for j, v := range z.V.Row(i) {
			e := z.E.At(i, j)
			if v <= 0 {
				v = slope*v + 0 // never −0
				e += math.Abs(v) * 2 * u
			}
			h.V.Set(i, j, v)
			h.E.Set(i, j, e)
		}
	}
	return h
}

// reluGradient is dz = dh where z > 0, else slope·dh. Where the sign of z is
// not certain both are right.
func reluGradient(dh, z value, slope, u float64) value {
	dz := newValue(dh.V.Rows, dh.V.Cols)
	for i := range dz.V.Rows {
		for j, g := range dh.V.Row(i) {
			e := dh.E.At(i, j)
			v, at := z.V.At(i, j), z.E.At(i, j)
			if math.Abs(v) <= at && at > 0 {
				e += math.Abs(g) * (1 + math.Abs(slope))
			}
			if !(v > 0) {
				if math.IsNaN(g) || math.IsInf(g, 0) {
					e = math.Inf(1) // NaN·0 is NaN where the mask is multiplied
				}
				g *= slope
				e += math.Abs(g) * 2 * u
			}
			dz.V.Set(i, j, g)
			dz.E.Set(i, j, e)
		}
	}
	return dz
}

// NumPy's exp and log may be off by up to 4 ulp, 8 u; ours by 1.
const elementary = 10

// softmax is p, row by row. Its relative error is that of the exponentials,
// where the rounding of z − max counts |z − max| times, of their sum and of
// the division.
func softmax(z value, u float64) value {
	p := value{spec.SoftMax(z.V), mat.New(z.V.Rows, z.V.Cols)}
	C := z.V.Cols
	for i := range p.V.Rows {
		zi := z.V.Row(i)
		top := mat.ArgMax(zi)
		var sum, weighted float64
		rel := make([]float64, C)
		for j, v := range zi {
			d := math.Abs(v - zi[top])
			// Without the shift exp(z) has no such rounding, with it |z| has none.
			rel[j] = math.Expm1(d*u*2 + z.E.At(i, j) + z.E.At(i, top) + elementary*u)
			sum += p.V.At(i, j)
			weighted += p.V.At(i, j) * rel[j]
		}
		of := weighted/sum + gamma(C, u)
		for j := range zi {
			v := p.V.At(i, j)
			p.E.Set(i, j, v*((1+rel[j])*(1+of)/(1-min(of, 0.5))*(1+4*u)-1)+tiny(C+2, u))
		}
	}
	return p
}

// logits is dz = (p − y)/n. The difference itself is nearly exact, but the same
// gradient may have come from −y/p through the softmax's Jacobian, whose
// roundings are relative to p and y.
func logits(p, y value, n, u float64) value {
	dz := newValue(p.V.Rows, p.V.Cols)
	for i := range dz.V.Rows {
		for j, v := range p.V.Row(i) {
			d := (v - y.V.At(i, j)) / n
			dz.V.Set(i, j, d)
			dz.E.Set(i, j, (math.Abs(d)*3+8*(math.Abs(v)+math.Abs(y.V.At(i, j)))/n)*(u+u64)+p.E.At(i, j)/n+tiny(2, u))
		}
	}
	return dz
}

// divided is v/n.
func divided(v value, n, u float64) value {
	r := newValue(v.V.Rows, v.V.Cols)
	for i := range r.V.Rows {
		for j, x := range v.V.Row(i) {
			r.V.Set(i, j, x/n)
			r.E.Set(i, j, v.E.At(i, j)/n+math.Abs(x/n)*2*(u+u64)+tiny(1, u))
		}
	}
	return r
}

// updated is w − c·d, where c itself may be off by ec.
func updated(w, d value, c, ec, u float64) value {
	r := newValue(w.V.Rows, w.V.Cols)
	for i := range r.V.Rows {
		for j, x := range w.V.Row(i) {
			g := d.V.At(i, j)
			step := c * g
			r.V.Set(i, j, x-step)
			r.E.Set(i, j, (math.Abs(x-step)+4*math.Abs(step))*(u+u64)+w.E.At(i, j)+
				math.Abs(c)*d.E.At(i, j)+ec*math.Abs(g)+tiny(2, u))
		}
	}
	return r
}

package kernel

import "math"

// Two is a network from two features through a layer of hidden units to two
// classes, in which a sample passes through all layers in registers:
//
//	h[r,i] = relu(x[r,0]·W[0,i] + x[r,1]·W[1,i] + W[2,i])
//	z[r,c] = Σi h[r,i]·U[i,c] + U[units,c]
//	p[r,c] = e[r,c] / (e[r,0] + e[r,1]), e[r,c] = Exp(z[r,c] − max(z[r,0], z[r,1]))
//
// where W and U have the biases as their last rows: the products are chains of
// fused multiply-adds from 0 in ascending order, and a bias is added at the
// end. h is never stored; the way back computes it again, in less time than
// loading it would take.
//
// Rows follow each other without a gap. All numbers must be finite, and so must
// be every sum.
type Two struct {
	X  []float64 // rows×2
	Y  []float64 // rows×2, or nil
	Z  []float64 // rows×2: what Forward sets and Backward reads
	W  []float64 // 3×units
	U  []float64 // (units+1)×2
	DW []float64 // 3×units
	DU []float64 // (units+1)×2

	Rows, Units int     // 1 at least
	N           float64 // what Forward divides by, with Mean
	Mean        bool
	On          bool    // Backward goes on with the chains in DW and DU
	Rate, Limit float64 // of Step
}

// Forward sets Z = p without Y, Z = p − Y with it, and with Mean too
// Z = (p − Y)/N.
func (t *Two) Forward() { t.inParts((*Two).forward) }

// Backward sets, from dz in Z, the gradients of U and W:
//
//	DU[i,c] = Σr h[r,i]·dz[r,c],  DU[units,c] = Σr dz[r,c]
//	dh[r,i] = Σc dz[r,c]·U[i,c] where h[r,i] > 0, else 0
//	DW[k,i] = Σr x[r,k]·dh[r,i],  DW[2,i] = Σr dh[r,i]
//
// as chains from 0, or with On from what is there; a sum without products is
// one of plain additions.
func (t *Two) Backward() { t.inParts((*Two).backward) }

// Step takes a single sample forward, without Mean, and back, and W and U a
// step down: less Rate times their gradients, the product rounded first. It
// reports whether all of them are within ±Limit then. Z, DW and DU are left
// alone.
func (t *Two) Step() (within bool) { return t.step() }

// inParts calls f with as many rows at a time as make some tens of
// microseconds.
func (t *Two) inParts(f func(*Two)) {
	if t.Rows*t.Units <= twoTerms {
		f(t)
		return
	}
	p, rows := *t, max(24, twoTerms/t.Units/24*24)
	for i := 0; i < t.Rows; i += rows {
		p.Rows, p.X, p.Z = min(rows, t.Rows-i), t.X[2*i:], t.Z[2*i:]
		if t.Y != nil {
			p.Y = t.Y[2*i:]
		}
		f(&p)
		p.On = true
	}
}

// twoTerms is how many hidden numbers one call makes at most: each takes part
// in about eight products.
const twoTerms = callTerms / 8

// unit returns hidden unit i of a sample.
func (t *Two) unit(i int, x0, x1 float64) float64 {
	h := FMA(x1, t.W[t.Units+i], FMA(x0, t.W[i], 0)) + t.W[2*t.Units+i]
	if h <= 0 {
		h = 0
	}
	return h
}

// behind returns dh of hidden unit i with the number h.
func (t *Two) behind(i int, h, dz0, dz1 float64) float64 {
	if !(h > 0) {
		return 0
	}
	return FMA(dz1, t.U[2*i+1], FMA(dz0, t.U[2*i], 0))
}

// twoForwardGo is the loop of Forward.
func twoForwardGo(t *Two) {
	for r := range t.Rows {
		z0, z1 := 0.0, 0.0
		for i := range t.Units {
			h := t.unit(i, t.X[2*r], t.X[2*r+1])
			z0, z1 = FMA(h, t.U[2*i], z0), FMA(h, t.U[2*i+1], z1)
		}
		z0, z1 = z0+t.U[2*t.Units], z1+t.U[2*t.Units+1]
		m := max(z0, z1)
		e0, e1 := Exp(z0-m), Exp(z1-m)
		z0, z1 = e0/(e0+e1), e1/(e0+e1)
		if t.Y != nil {
			z0, z1 = z0-t.Y[2*r], z1-t.Y[2*r+1]
			if t.Mean {
				z0, z1 = z0/t.N, z1/t.N
			}
		}
		t.Z[2*r], t.Z[2*r+1] = z0, z1
	}
}

// twoBackwardGo is the loop of Backward.
func twoBackwardGo(t *Two) {
	n := t.Units
	if !t.On {
		clear(t.DW[:3*n])
		clear(t.DU[:2*n+2])
	}
	for r := range t.Rows {
		x0, x1, dz0, dz1 := t.X[2*r], t.X[2*r+1], t.Z[2*r], t.Z[2*r+1]
		for i := range n {
			h := t.unit(i, x0, x1)
			dh := t.behind(i, h, dz0, dz1)
			t.DU[2*i], t.DU[2*i+1] = FMA(h, dz0, t.DU[2*i]), FMA(h, dz1, t.DU[2*i+1])
			t.DW[i], t.DW[n+i] = FMA(x0, dh, t.DW[i]), FMA(x1, dh, t.DW[n+i])
			t.DW[2*n+i] += dh
		}
		t.DU[2*n] += dz0
		t.DU[2*n+1] += dz1
	}
}

// twoStepGo is the loop of Step.
func twoStepGo(t *Two) (within bool) {
	var dz [2]float64
	f := *t
	f.Rows, f.Z, f.Mean = 1, dz[:], false
	twoForwardGo(&f)
	within = true
	down := func(w *float64, d float64) {
		*w -= float64(t.Rate * d)
		if !(math.Abs(*w) <= t.Limit) {
			within = false
		}
	}
	n := t.Units
	for i := range n {
		h := t.unit(i, t.X[0], t.X[1])
		dh := t.behind(i, h, dz[0], dz[1])
		down(&t.W[i], FMA(t.X[0], dh, 0))
		down(&t.W[n+i], FMA(t.X[1], dh, 0))
		down(&t.W[2*n+i], 0+dh)
		down(&t.U[2*i], FMA(h, dz[0], 0))
		down(&t.U[2*i+1], FMA(h, dz[1], 0))
	}
	down(&t.U[2*n], 0+dz[0])
	down(&t.U[2*n+1], 0+dz[1])
	return within
}

package mat

import (
	"fmt"
	"math"
	"sync"
)

// The three products are one: C = op(A)·op(B), where op reads a matrix as it
// stands or transposed. Element (i, j) is the chain
//
//	s = 0; for k ascending: s = fma(op(A)[i,k], op(B)[k,j], s)
//
// with one rounding a term. Tiles run over i and j only and a block of k goes
// on with the chain that the block before left in C, so no tiling can change
// a bit. fma(0, 0, −0) is +0 and 0·Inf is NaN, so nothing is padded along k.

// Mul sets dst = a·b: M×N = M×K · K×N. dst must not overlap a or b.
func Mul(dst, a, b Matrix) {
	if a.Cols != b.Rows || dst.Rows != a.Rows || dst.Cols != b.Cols {
		panic(fmt.Sprintf("mat.Mul: dst %s = a %s · b %s", dst.Shape(), a.Shape(), b.Shape()))
	}
	if overlap(dst.Data, a.Data) || overlap(dst.Data, b.Data) {
		panicOverlap("mat.Mul", dst, a, b)
	}
	mul(dst, a.Cols, operand{a.Data, a.Stride, 1}, operand{b.Data, b.Stride, 1})
}

// MulTA sets dst = aᵀ·b: M×N = (K×M)ᵀ · K×N, the weight gradient dW = hᵀ·dz.
// dst must not overlap a or b.
func MulTA(dst, a, b Matrix) {
	if a.Rows != b.Rows || dst.Rows != a.Cols || dst.Cols != b.Cols {
		panic(fmt.Sprintf("mat.MulTA: dst %s = (a %s)ᵀ · b %s", dst.Shape(), a.Shape(), b.Shape()))
	}
	if overlap(dst.Data, a.Data) || overlap(dst.Data, b.Data) {
		panicOverlap("mat.MulTA", dst, a, b)
	}
	mul(dst, a.Rows, operand{a.Data, 1, a.Stride}, operand{b.Data, b.Stride, 1})
}

// MulBT sets dst = a·bᵀ: M×N = M×K · (N×K)ᵀ, the gradient dh = dz·Wᵀ.
// dst must not overlap a or b.
func MulBT(dst, a, b Matrix) {
	if a.Cols != b.Cols || dst.Rows != a.Rows || dst.Cols != b.Rows {
		panic(fmt.Sprintf("mat.MulBT: dst %s = a %s · (b %s)ᵀ", dst.Shape(), a.Shape(), b.Shape()))
	}
	if overlap(dst.Data, a.Data) || overlap(dst.Data, b.Data) {
		panicOverlap("mat.MulBT", dst, a, b)
	}
	mul(dst, a.Cols, operand{a.Data, a.Stride, 1}, operand{b.Data, 1, b.Stride})
}

// An operand is a matrix read in either direction: element (r, c) is
// data[r*rs+c*cs].
type operand struct {
	data   []float64
	rs, cs int
}

// The tile holds tileM×tileN chains in registers. A block of B, blockK×blockN,
// stays in the second-level cache; a sliver of A, blockK×tileM, in the first.
const (
	tileM, tileN   = 4, 2
	blockK, blockN = 256, 128

	// Below this many elements both operands lie in the first-level cache
	// and packing them costs more than it saves.
	packFrom = 8192
)

func mul(dst Matrix, K int, a, b operand) {
	M, N := dst.Rows, dst.Cols
	if M == 0 || N == 0 {
		return
	}
	if K == 0 {
		for i := range M {
			clear(dst.Row(i))
		}
		return
	}
	switch {
	case K <= 4 && b.cs == 1:
		mulRows(dst, K, a, b)
	case K*N <= packFrom || M < 2*tileM:
		mulDirect(dst, K, a, b)
	default:
		mulPacked(dst, K, a, b)
	}
}

// mulRows serves short chains, where setting up a tile costs more than it
// saves: it goes along each row of dst, two terms of the chains at a time.
func mulRows(dst Matrix, K int, a, b operand) {
	for i := range dst.Rows {
		c := dst.Row(i)
		x, y := a.data[i*a.rs], b.data[:len(c)]
		if K == 1 {
			for j := range c {
				c[j] = math.FMA(x, y[j], 0)
			}
			continue
		}
		x1, y1 := a.data[i*a.rs+a.cs], b.data[b.rs:][:len(c)]
		for j := range c {
			c[j] = math.FMA(x1, y1[j], math.FMA(x, y[j], 0))
		}
		for k := 2; k < K; k++ {
			x, y := a.data[i*a.rs+k*a.cs], b.data[k*b.rs:][:len(c)]
			for j := range c {
				c[j] = math.FMA(x, y[j], c[j])
			}
		}
	}
}

// mulDirect reads both operands where they lie.
func mulDirect(dst Matrix, K int, a, b operand) {
	M, N := dst.Rows, dst.Cols
	i := 0
	for ; i+tileM <= M; i += tileM {
		c0, c1, c2, c3 := dst.Row(i), dst.Row(i+1), dst.Row(i+2), dst.Row(i+3)
		j := 0
		for ; j+tileN <= N; j += tileN {
			var s00, s01, s10, s11, s20, s21, s30, s31 float64
			p, q := i*a.rs, j*b.cs
			for range K {
				a0, a1, a2, a3 := a.data[p], a.data[p+a.rs], a.data[p+2*a.rs], a.data[p+3*a.rs]
				b0, b1 := b.data[q], b.data[q+b.cs]
				s00, s01 = math.FMA(a0, b0, s00), math.FMA(a0, b1, s01)
				s10, s11 = math.FMA(a1, b0, s10), math.FMA(a1, b1, s11)
				s20, s21 = math.FMA(a2, b0, s20), math.FMA(a2, b1, s21)
				s30, s31 = math.FMA(a3, b0, s30), math.FMA(a3, b1, s31)
				p, q = p+a.cs, q+b.rs
			}
			c0[j], c0[j+1] = s00, s01
			c1[j], c1[j+1] = s10, s11
			c2[j], c2[j+1] = s20, s21
			c3[j], c3[j+1] = s30, s31
		}
		for ; j < N; j++ {
			var s0, s1, s2, s3 float64
			p, q := i*a.rs, j*b.cs
			for range K {
				b0 := b.data[q]
				s0, s1 = math.FMA(a.data[p], b0, s0), math.FMA(a.data[p+a.rs], b0, s1)
				s2, s3 = math.FMA(a.data[p+2*a.rs], b0, s2), math.FMA(a.data[p+3*a.rs], b0, s3)
				p, q = p+a.cs, q+b.rs
			}
			c0[j], c1[j], c2[j], c3[j] = s0, s1, s2, s3
		}
	}
	for ; i < M; i++ {
		mulRow(dst.Row(i), K, i, a, b)
	}
}

// mulRow computes row i of the product, four chains at a time, then two.
func mulRow(c []float64, K, i int, a, b operand) {
	j := 0
	for ; j+4 <= len(c); j += 4 {
		var s0, s1, s2, s3 float64
		p, q := i*a.rs, j*b.cs
		for range K {
			x := a.data[p]
			s0, s1 = math.FMA(x, b.data[q], s0), math.FMA(x, b.data[q+b.cs], s1)
			s2, s3 = math.FMA(x, b.data[q+2*b.cs], s2), math.FMA(x, b.data[q+3*b.cs], s3)
			p, q = p+a.cs, q+b.rs
		}
		c[j], c[j+1], c[j+2], c[j+3] = s0, s1, s2, s3
	}
	if j+2 <= len(c) {
		var s0, s1 float64
		p, q := i*a.rs, j*b.cs
		for range K {
			x := a.data[p]
			s0, s1 = math.FMA(x, b.data[q], s0), math.FMA(x, b.data[q+b.cs], s1)
			p, q = p+a.cs, q+b.rs
		}
		c[j], c[j+1] = s0, s1
		j += 2
	}
	if j < len(c) {
		var s float64
		p, q := i*a.rs, j*b.cs
		for range K {
			s = math.FMA(a.data[p], b.data[q], s)
			p, q = p+a.cs, q+b.rs
		}
		c[j] = s
	}
}

// packs holds scratch for mulPacked, so that a training step allocates nothing.
var packs = sync.Pool{New: func() any { return new(pack) }}

type pack struct {
	a [blockK * tileM]float64
	b [blockK * blockN]float64
}

// mulPacked copies a block of B and slivers of A into the order in which the
// tile reads them. Rows and columns that a tile has too many are zeros there
// and are not stored.
func mulPacked(dst Matrix, K int, a, b operand) {
	buf := packs.Get().(*pack)
	defer packs.Put(buf)
	M, N := dst.Rows, dst.Cols
	for k0 := 0; k0 < K; k0 += blockK {
		kn := min(blockK, K-k0)
		for j0 := 0; j0 < N; j0 += blockN {
			jn := min(blockN, N-j0)
			packPanels(buf.b[:], tileN, kn, jn, b.data[k0*b.rs+j0*b.cs:], b.cs, b.rs)
			for i0 := 0; i0 < M; i0 += tileM {
				in := min(tileM, M-i0)
				packPanels(buf.a[:], tileM, kn, in, a.data[i0*a.rs+k0*a.cs:], a.rs, a.cs)
				for j := 0; j < jn; j += tileN {
					tile(dst, i0, j0+j, k0 == 0, buf.a[:kn*tileM], buf.b[j*kn:(j+tileN)*kn])
				}
			}
		}
	}
}

// packPanels copies n lanes of length kn into panels of width w: lane r of a
// panel at step k lands at panel[k*w+r]. Lane r, step k is src[r*lane+k*step].
func packPanels(dst []float64, w, kn, n int, src []float64, lane, step int) {
	for r0 := 0; r0 < n; r0 += w {
		panel := dst[r0*kn : (r0+w)*kn]
		for r := range w {
			if r0+r >= n {
				for k := range kn {
					panel[k*w+r] = 0
				}
				continue
			}
			p := (r0 + r) * lane
			for k := range kn {
				panel[k*w+r] = src[p]
				p += step
			}
		}
	}
}

// tile goes on with the chains of the tileM×tileN elements of dst at (i, j);
// the first block starts them at +0.
func tile(dst Matrix, i, j int, first bool, a, b []float64) {
	var s [tileM][tileN]float64
	in, jn := min(tileM, dst.Rows-i), min(tileN, dst.Cols-j)
	if !first {
		for r := range in {
			copy(s[r][:], dst.Row(i + r)[j:j+jn])
		}
	}
	s00, s01, s10, s11 := s[0][0], s[0][1], s[1][0], s[1][1]
	s20, s21, s30, s31 := s[2][0], s[2][1], s[3][0], s[3][1]
	for len(a) >= tileM && len(b) >= tileN {
		b0, b1 := b[0], b[1]
		s00, s01 = math.FMA(a[0], b0, s00), math.FMA(a[0], b1, s01)
		s10, s11 = math.FMA(a[1], b0, s10), math.FMA(a[1], b1, s11)
		s20, s21 = math.FMA(a[2], b0, s20), math.FMA(a[2], b1, s21)
		s30, s31 = math.FMA(a[3], b0, s30), math.FMA(a[3], b1, s31)
		a, b = a[tileM:], b[tileN:]
	}
	s = [tileM][tileN]float64{{s00, s01}, {s10, s11}, {s20, s21}, {s30, s31}}
	for r := range in {
		copy(dst.Row(i + r)[j:j+jn], s[r][:])
	}
}

package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// specials are the numbers on which a careless kernel differs from its loop.
var specials = []float64{
	0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(),
	math.SmallestNonzeroFloat64, -0x1p-1060, math.MaxFloat64, -math.MaxFloat64, 1, -1,
}

// numbers returns n random numbers, one in rare of them special, that begin at
// any of the places which a register may begin at.
func numbers(rng *rand.Rand, n, rare int) []float64 {
	off := rng.IntN(8)
	s := make([]float64, off+n)[off:]
	for i := range s {
		s[i] = rng.NormFloat64()
		if rare > 0 && rng.IntN(rare) == 0 {
			s[i] = specials[rng.IntN(len(specials))]
		}
	}
	return s
}

// same reports whether two numbers have the same bits; one NaN is like another.
func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
}

// differ returns the first place where two slices differ, or −1.
func differ(a, b []float64) int {
	for i := range a {
		if !same(a[i], b[i]) {
			return i
		}
	}
	return -1
}

// place returns where an operand of a result lies: rows at a distance, with
// numbers between and behind them that are not its own.
func place(rng *rand.Rand, rows, cols, rare int) (s []float64, row int) {
	row = cols + rng.IntN(3)
	return numbers(rng, (rows+1)*row+3, rare), row
}

// placeInput is place for an input: what is not its own is NaN, for nobody to
// count in, not even times 0.
func placeInput(rng *rand.Rand, rows, cols, rare int) (s []float64, row int) {
	s, row = place(rng, rows, cols, rare)
	for i := range s {
		if i >= rows*row || i%row >= cols {
			s[i] = math.NaN()
		}
	}
	return s, row
}

// plainProduct is the definition: c is m×n at distance cRow.
func plainProduct(c []float64, cRow, m, n, k int, a, b Operand, on bool) {
	for i := range m {
		for j := range n {
			s := 0.0
			if on {
				s = c[i*cRow+j]
			}
			for t := range k {
				s = math.FMA(a.Data[i*a.Row+t*a.Col], b.Data[t*b.Row+j*b.Col], s)
			}
			c[i*cRow+j] = s
		}
	}
}

// checkProduct holds all ways to lay out a product against the definition, with
// every set that sets names.
func checkProduct(t *testing.T, rng *rand.Rand, m, n, k, rare int) {
	t.Helper()
	lay := func(rows, cols int) (out [2]Operand) { // the same numbers in rows and in columns
		s, row := placeInput(rng, rows, cols, rare)
		u, col := placeInput(rng, cols, rows, 0)
		for i := range rows {
			for j := range cols {
				u[j*col+i] = s[i*row+j]
			}
		}
		return [2]Operand{{s, row, 1}, {u, 1, col}}
	}
	as, bs := lay(m, k), lay(k, n)
	c, cRow := place(rng, m, n, rare)
	got := make([]float64, len(c))
	var kept [][]float64
	for _, in := range append(as[:], bs[:]...) {
		kept = append(kept, slices.Clone(in.Data))
	}
	before := Active()
	defer Use(before)
	for _, on := range []bool{false, true} {
		want := append([]float64(nil), c...)
		plainProduct(want, cRow, m, n, k, as[0], bs[0], on)
		for _, s := range Sets() {
			Use(s)
			for i, a := range as {
				for j, b := range bs {
					copy(got, c)
					Product(got, cRow, m, n, k, a, b, on)
					if at := differ(got, want); at >= 0 {
						t.Fatalf("%v: %d×%d, k = %d, A turned %v, B turned %v, on %v, specials %d: c[%d,%d] = %x, want %x",
							s, m, n, k, i == 1, j == 1, on, rare, at/cRow, at%cRow, got[at], want[at])
					}
				}
			}
		}
	}
	for i, in := range append(as[:], bs[:]...) {
		if differ(in.Data, kept[i]) >= 0 {
			t.Fatalf("%d×%d, k = %d: input %d was modified", m, n, k, i)
		}
	}
}

// checkEndings holds products that end in ReLU or its gradient against the
// product and the loop after each other.
func checkEndings(t *testing.T, rng *rand.Rand, m, n, k, rare int) {
	t.Helper()
	a, aRow := placeInput(rng, m, k, rare)
	b, bRow := placeInput(rng, k, n, rare)
	c, cRow := place(rng, m, n, rare)
	h, hRow := placeInput(rng, m, n, 3)
	if rng.IntN(3) > 0 {
		hRow = cRow
		h = append(h, make([]float64, max(0, len(c)-len(h)))...)
	}
	opA, opB := Operand{a, aRow, 1}, Operand{b, bRow, 1}
	chains := append([]float64(nil), c...)
	plainProduct(chains, cRow, m, n, k, opA, opB, false)
	wantReLU, wantWhere := append([]float64(nil), chains...), append([]float64(nil), chains...)
	reluGo(&Grid{Dst: wantReLU, A: wantReLU, DstRow: cRow, ARow: cRow, Rows: m, Cols: n})
	reluGradGo(&Grid{Dst: wantWhere, A: wantWhere, B: h, DstRow: cRow, ARow: cRow, BRow: hRow, Rows: m, Cols: n})
	before := Active()
	defer Use(before)
	for _, s := range Sets() {
		Use(s)
		got := append([]float64(nil), c...)
		ProductReLU(got, cRow, m, n, k, opA, opB)
		if at := differ(got, wantReLU); at >= 0 {
			t.Fatalf("%v: ReLU of %d×%d, k = %d, specials %d: c[%d,%d] = %x, want %x", s, m, n, k, rare, at/cRow, at%cRow, got[at], wantReLU[at])
		}
		got = append([]float64(nil), c...)
		ProductWhere(got, cRow, m, n, k, opA, opB, h, hRow)
		if at := differ(got, wantWhere); at >= 0 {
			t.Fatalf("%v: %d×%d, k = %d where h > 0, specials %d: c[%d,%d] = %x, want %x", s, m, n, k, rare, at/cRow, at%cRow, got[at], wantWhere[at])
		}
		// In place of h.
		got = append([]float64(nil), h...)
		ProductWhere(got, hRow, m, n, k, opA, opB, got, hRow)
		for i := range m {
			if at := differ(got[i*hRow:][:n], wantWhere[i*cRow:][:n]); at >= 0 {
				t.Fatalf("%v: %d×%d, k = %d in place of h, specials %d: c[%d,%d] is not right", s, m, n, k, rare, i, at)
			}
		}
	}
}

func TestProductEndings(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 15))
	for m := 0; m <= 20; m++ {
		for n := 0; n <= 40; n++ {
			for _, k := range []int{0, 1, 2, 3, 7} {
				checkEndings(t, rng, m, n, k, 5*((m+n+k)%3))
			}
		}
	}
	checkEndings(t, rng, 50, 120, 130, 100)
	checkEndings(t, rng, 300, 100, 80, 0)
	checkEndings(t, rng, 30, 500, 200, 0)
	checkEndings(t, rng, 3, scratchC+1, 3, 0)
}

func TestProductSmall(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	terms := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 24, 25, 27, 33}
	sizes := terms
	if !testing.Short() { // each size of C; the terms, which have no edges, beside the counts they are taken in
		sizes = nil
		for n := range 41 {
			sizes = append(sizes, n)
		}
	}
	for _, m := range sizes {
		for _, n := range sizes {
			for _, k := range terms {
				checkProduct(t, rng, m, n, k, 7*((m+n+k)%3))
			}
		}
	}
}

func around(n int) []int { return []int{n - 1, n, n + 1} }

// Every blocking gives the chains, whichever this CPU takes.
func TestProductInBlocks(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	defer func(before blocking) { blocks = before }(blocks)
	for _, blocks = range []blocking{blocksOfOthers, blocksOfIntel} {
		if blocks.k*blocks.m > len(scratch{}) || blocks.k*blocks.n > len(panels{}) {
			t.Fatalf("%+v do not fit", blocks)
		}
		for _, n := range around(blocks.n) {
			for _, k := range around(blocks.k) {
				checkProduct(t, rng, 17, n, k, 300)
			}
		}
		for _, m := range around(blocks.m) {
			checkProduct(t, rng, m, 60, 2*blocks.k+1, 0)
		}
		checkProduct(t, rng, 2*blocks.m, 2*blocks.n+5, 70, 0)
		checkProduct(t, rng, 5, 2*blocks.n+24, 600, 0)
	}
}

// A processor that takes AVX-512 in halves, and one that does not.
func TestProductInHalves(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	defer func(before bool) { halves = before }(halves)
	for _, halves = range []bool{false, true} {
		for n := 1; n <= 28; n++ {
			for _, m := range []int{1, 7, 8, 21} {
				checkProduct(t, rng, m, n, 1+rng.IntN(40), 20*(n%2))
				checkEndings(t, rng, m, n, 1+rng.IntN(40), 20*(n%2))
			}
		}
	}
}

func TestProductAtTheCuts(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range around(directB / 96) { // B stays where it is, or does not
		checkProduct(t, rng, 19, n, 96, 100)
	}
	for _, m := range append(around(16), around(narrowRows)...) {
		checkProduct(t, rng, m, 130, 100, 0)
	}
	for n := 1; n <= narrowest+1; n++ {
		checkProduct(t, rng, 100, n, 33, 20)
	}
	for _, s := range [][3]int{
		{2, 20, 800}, {20, 2, 800}, {800, 20, 2}, {800, 2, 20}, {1, 1, 5000}, {3, 300, 3000},
	} {
		checkProduct(t, rng, s[0], s[1], s[2], 0)
	}
	if testing.Short() {
		return
	}
	SetThreads(2)
	defer SetThreads(0)
	checkProduct(t, rng, 700, 650, 600, 0) // long: several parts for each thread
	for _, k := range around(callTerms / (20 * 100)) {
		checkProduct(t, rng, 100, 20, k, 0)
	}
	checkProduct(t, rng, scratchC/2+1, 2, 24, 0)
	checkProduct(t, rng, 2, callTerms/24, 3, 0)
	for range 10 {
		checkProduct(t, rng, 1+rng.IntN(200), 1+rng.IntN(300), 1+rng.IntN(600), 1000*rng.IntN(2))
	}
}

// Whatever the number of threads, and whoever computes which part.
func TestProductOnThreads(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	defer SetThreads(SetThreads(0))
	for _, n := range []int{1, 2, 3, 8} {
		SetThreads(n)
		checkThreads(t, rng, 243, 244, 245)
		checkThreads(t, rng, 1000, 20, 640)
		checkThreads(t, rng, 40, 500, 660)
		checkThreads(t, rng, 3, 10_000, 430)
	}
}

func checkThreads(t *testing.T, rng *rand.Rand, m, n, k int) {
	t.Helper()
	if m*n*k < parallelTerms {
		t.Fatalf("%d×%d, k = %d runs on one thread in any case", m, n, k)
	}
	a, b := Operand{numbers(rng, m*k, 0), k, 1}, Operand{numbers(rng, k*n, 0), n, 1}
	want, got := make([]float64, m*n), make([]float64, m*n)
	p := product{want, n, m, n, k, a, b, false}
	p.serial()
	for range 3 { // with helpers and, to compare, without
		clear(got)
		Product(got, n, m, n, k, a, b, false)
		if at := differ(got, want); at >= 0 {
			t.Fatalf("%d threads, %d×%d, k = %d: c[%d,%d] = %x, want %x", Threads(), m, n, k, at/n, at%n, got[at], want[at])
		}
	}
}

// Threads that are of no use rest, longer each time, and are tried again.
func TestTrial(t *testing.T) {
	var tr trial
	var rests []int
	take := func(together time.Duration) {
		tr.wasParallel(together)
		rests = append(rests, tr.rest)
		for tr.rest > 0 {
			tr.wasSerial(1000)
		}
	}
	for _, together := range []time.Duration{600, 600, 990, 1200, 990, 500, 990, 2000, 2000, 2000, 2000, 2000, 2000} {
		take(together)
	}
	if want := []int{1, 0, 1, 3, 7, 0, 1, 3, 7, 15, 31, 31, 31}; !slices.Equal(rests, want) {
		t.Errorf("rests of %v, want %v", rests, want)
	}
}

// Two callers at once: one has the threads, the other computes alone.
func TestProductsAtOnce(t *testing.T) {
	defer SetThreads(SetThreads(4))
	t.Run("group", func(t *testing.T) {
		for i := range 4 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				rng := rand.New(rand.NewPCG(7, uint64(i)))
				for range 5 {
					checkThreads(t, rng, 240, 240, 240)
				}
			})
		}
	})
}

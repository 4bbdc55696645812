package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// operations are the Grid's, each with its loop. A column operation keeps its
// result in one row; one that turns has rows and columns exchanged.
var operations = []struct {
	name      string
	fast      func(Grid)
	loop      func(*Grid)
	oneB      bool // b is one row
	inPlace   bool // dst may be a
	sum, turn bool
}{
	{name: "AddRow", fast: Grid.AddRow, loop: addRowGo, oneB: true, inPlace: true},
	{name: "SumRows", fast: Grid.SumRows, loop: sumRowsGo, sum: true},
	{name: "ReLU", fast: Grid.ReLU, loop: reluGo, inPlace: true},
	{name: "ReLUGrad", fast: Grid.ReLUGrad, loop: reluGradGo, inPlace: true},
	{name: "SubDiv", fast: Grid.SubDiv, loop: subDivGo, inPlace: true},
	{name: "Step", fast: Grid.Step, loop: stepGo},
	{name: "Exp", fast: Grid.Exp, loop: expGo, inPlace: true},
	{name: "SoftMax", fast: Grid.SoftMax, loop: softMaxGo, inPlace: true},
	{name: "Transpose", fast: Grid.Transpose, loop: transposeGo, turn: true},
}

func TestGrids(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	eachSet(t, func(t *testing.T) {
		heights := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 16, 17} // around those that are taken at once
		if testing.Short() {
			heights = []int{0, 1, 3, 6, 9, 16}
		}
		for _, rows := range heights {
			for cols := range 41 {
				checkGrids(t, rng, rows, cols, 9*(cols%2))
			}
		}
		for _, cols := range []int{callNumbers - 1, callNumbers, callNumbers + 1, 2*callNumbers + 5} {
			checkGrids(t, rng, 1, cols, 50)
			checkGrids(t, rng, 3, cols, 0)
			checkGrids(t, rng, cols, 1, 50)
		}
		checkGrids(t, rng, callNumbers/32, 33, 100)
		checkGrids(t, rng, 300, 256, 0)
	})
}

func checkGrids(t *testing.T, rng *rand.Rand, rows, cols, rare int) {
	t.Helper()
	for _, o := range operations {
		for _, gaps := range []bool{false, true} {
			a, aRow := placeInput(rng, rows, cols, rare)
			b, bRow := placeInput(rng, rows, cols, rare)
			dstRows, dstCols := rows, cols
			if o.turn {
				dstRows, dstCols = cols, rows
			}
			if o.sum {
				dstRows = 1
			}
			dst, dstRow := place(rng, dstRows, dstCols, rare)
			if !gaps {
				aRow, bRow, dstRow = cols, cols, dstCols
			}
			g := Grid{Dst: dst, A: a, B: b, DstRow: dstRow, ARow: aRow, BRow: bRow, Rows: rows, Cols: cols, X: 0.1}
			if o.oneB {
				g.BRow = 0
			}
			for _, g.On = range []bool{false, true} {
				if g.On && !o.sum {
					break // they know no On
				}
				checkGrid(t, o.name, o.fast, o.loop, g, false)
				if o.inPlace {
					checkGrid(t, o.name+" in place", o.fast, o.loop, g, true)
				}
			}
		}
	}
	a, aRow := placeInput(rng, rows, cols, 0)
	for _, limit := range []float64{0, 1, 4, math.Inf(1), math.NaN(), -1} {
		for _, v := range specials {
			if rows*cols > 0 {
				a[rng.IntN(rows)*aRow+rng.IntN(cols)] = v
			}
			g := Grid{A: a, ARow: aRow, Rows: rows, Cols: cols, X: limit}
			if got, want := g.Within(), withinGo(&g); got != want {
				t.Fatalf("Within(%v), %d×%d, with %v: %v, want %v", limit, rows, cols, v, got, want)
			}
		}
	}
}

func checkGrid(t *testing.T, name string, fast func(Grid), loop func(*Grid), g Grid, inPlace bool) {
	t.Helper()
	run := func(f func(Grid)) (dst []float64) {
		h := g
		if inPlace {
			h.A = slices.Clone(g.A)
			h.Dst, h.DstRow = h.A, h.ARow
		} else {
			h.Dst = slices.Clone(g.Dst)
		}
		f(h)
		return h.Dst
	}
	a, b := slices.Clone(g.A), slices.Clone(g.B)
	got := run(fast)
	changed := differ(a, g.A) >= 0 || differ(b, g.B) >= 0
	copy(g.A, a)
	copy(g.B, b)
	want := run(func(g Grid) { loop(&g) })
	if at := differ(got, want); at >= 0 {
		t.Fatalf("%s, %d×%d, distances %d %d %d, on %v: dst[%d] = %x, the loop gives %x", name, g.Rows, g.Cols, g.DstRow, g.ARow, g.BRow, g.On, at, got[at], want[at])
	}
	if changed {
		t.Fatalf("%s, %d×%d: an input was modified", name, g.Rows, g.Cols)
	}
}

// Exp in lanes over all its range: ends, halves between integers times ln 2,
// denormal results, NaN payloads.
func TestExpLanes(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 11))
	var x []float64
	for n := -1080; n <= 1026; n++ {
		for _, d := range []float64{-1e-9, 0, 1e-9, 0.5} {
			x = append(x, (float64(n)+d)*math.Ln2)
		}
	}
	for range 20000 {
		x = append(x, -760+1480*rng.Float64(), rng.NormFloat64(), math.Float64frombits(rng.Uint64()))
	}
	x = append(x, specials...)
	want := make([]float64, len(x))
	for i, v := range x {
		want[i] = Exp(v)
	}
	eachSet(t, func(t *testing.T) {
		got := make([]float64, len(x))
		ExpSlice(got, x)
		if at := differ(got, want); at >= 0 {
			t.Fatalf("exp(%x) = %x, want %x", x[at], got[at], want[at])
		}
	})
}

// Panels as wide as a register and as a tile, the last one not full.
func TestPanels(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 13))
	eachSet(t, func(t *testing.T) {
		_, tileN := Active().tile()
		for _, w := range []int{laneCount(), tileN} {
			for _, rows := range []int{0, 1, 2, 7} {
				for cols := range 3*w + 1 {
					a, aRow := placeInput(rng, rows, cols, 5)
					dst := numbers(rng, rows*(cols+w)+3, 0)
					checkGrid(t, fmt.Sprint("panels of ", w), func(g Grid) { g.panels() }, panelsGo,
						Grid{Dst: dst, DstRow: w, A: a, ARow: aRow, Rows: rows, Cols: cols}, false)
				}
			}
		}
	})
}

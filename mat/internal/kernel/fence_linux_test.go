package kernel

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"unsafe"
)

// A fence is memory between two pages that nobody may touch.
type fence []float64

func newFence(t *testing.T) fence {
	t.Helper()
	page := syscall.Getpagesize()
	mem, err := syscall.Mmap(-1, 0, 4*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(mem) })
	for _, p := range [][]byte{mem[:page], mem[3*page:]} {
		if err := syscall.Mprotect(p, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return unsafe.Slice((*float64)(unsafe.Pointer(&mem[page])), 2*page/8)
}

// at returns rows at a distance, as short as can be, at one end of the memory.
func (f fence) at(rng *rand.Rand, rows, cols, row int, end bool) []float64 {
	n := (rows-1)*row + cols
	s := f[:n:n]
	if end {
		s = f[len(f)-n:]
	}
	copy(s, numbers(rng, n, 0))
	return s
}

// No kernel reads or writes beside its operands, even where it would not use
// what it reads: the page may not be there.
func TestFences(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 15))
	c, a, b := newFence(t), newFence(t), newFence(t)
	eachSet(t, func(t *testing.T) {
		for rows := 1; rows <= 11; rows++ {
			for cols := 1; cols <= 26; cols++ {
				for _, end := range []bool{false, true} {
					fenceGrids(t, rng, c, a, b, rows, cols, end)
					fenceProducts(t, rng, c, a, b, rows, cols, 1+rng.IntN(9), end)
					fenceProducts(t, rng, c, a, b, cols, rows, 1+rng.IntN(9), end)
				}
			}
		}
	})
}

func fenceGrids(t *testing.T, rng *rand.Rand, c, a, b fence, rows, cols int, end bool) {
	t.Helper()
	g := Grid{
		A: a.at(rng, rows, cols, cols+1, end), ARow: cols + 1, B: b.at(rng, rows, cols, cols+2, end), BRow: cols + 2,
		Rows: rows, Cols: cols, X: 4,
	}
	g.Within()
	for _, o := range operations {
		dstRows, dstCols := rows, cols
		switch {
		case o.turn:
			dstRows, dstCols = cols, rows
		case o.sum:
			dstRows = 1
		}
		g.DstRow = dstCols + 1
		g.Dst = c.at(rng, dstRows, dstCols, g.DstRow, end)
		want := g
		want.Dst = slices.Clone(g.Dst)
		o.loop(&want)
		o.fast(g)
		if at := differ(g.Dst, want.Dst); at >= 0 {
			t.Fatalf("%s, %d×%d: dst[%d] = %x, the loop gives %x", o.name, rows, cols, at, g.Dst[at], want.Dst[at])
		}
	}
}

func fenceProducts(t *testing.T, rng *rand.Rand, c, a, b fence, m, n, k int, end bool) {
	t.Helper()
	inA, inB := a.at(rng, m, k, k, end), b.at(rng, k, n, n, end)
	for _, opA := range []Operand{{inA, k, 1}, {inA, 1, m}} {
		for _, opB := range []Operand{{inB, n, 1}, {inB, 1, k}} {
			for _, on := range []bool{false, true} {
				row := n + rng.IntN(2)
				got := c.at(rng, m, n, row, end)
				want := slices.Clone(got)
				plainProduct(want, row, m, n, k, opA, opB, on)
				Product(got, row, m, n, k, opA, opB, on)
				if at := differ(got, want); at >= 0 {
					t.Fatalf("%d×%d, k = %d, on %v: c[%d] = %x, want %x", m, n, k, on, at, got[at], want[at])
				}
			}
		}
	}
}

func TestFencesOfTwo(t *testing.T) {
	rng := rand.New(rand.NewPCG(20, 21))
	var fences [7]fence
	for i := range fences {
		fences[i] = newFence(t)
	}
	eachSet(t, func(t *testing.T) {
		for units := 1; units <= 26; units++ {
			for rows := 1; rows <= 26; rows++ {
				for _, end := range []bool{false, true} {
					p := someTwo(rng, units, rows)
					p.Y = numbers(rng, 2*rows, 0)
					for i, f := range p.fields() {
						*f = fences[i].at(rng, 1, len(*f), 0, end)
					}
					p.Forward()
					p.Backward()
					p.Step()
				}
			}
		}
	})
}
